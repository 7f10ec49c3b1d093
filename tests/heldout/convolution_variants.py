"""Dilated, depthwise, grouped, 1x1, transposed convolution. Sequences are (N, T, C); the kernel is a loop."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


def weights(*shape):
    return Parameter(np.random.default_rng(0).normal(size=shape))


class Dilated(Layer):
    """y[t] = sum over u of x[t + 2 u] w[u] + b."""

    def __init__(self, K=3, C=2, F=3, bug=None):
        self.w, self.b, self.dilation, self.bug = weights(K, C, F), Parameter(np.zeros(F)), 2, bug

    def forward(self, x):
        self.x = x
        self.T = x.shape[1] - self.dilation * (len(self.w.value) - 1)
        return sum(x[:, d : d + self.T] @ w for d, w in zip(self.places(), self.w.value)) + self.b.value

    def places(self, dilation=None):
        return [u * (dilation or self.dilation) for u in range(len(self.w.value))]

    def backward(self, dy):
        dx, dw = np.zeros_like(self.x), np.zeros(self.w.shape)
        for u, d in enumerate(self.places(1 if self.bug == "dx without dilation" else None)):
            dx[:, d : d + self.T] += dy @ self.w.value[u].T
        for u, d in enumerate(self.places(1 if self.bug == "dw without dilation" else None)):
            dw[u] = np.einsum("ntc,ntf->cf", self.x[:, d : d + self.T], dy)
        self.w.grad = dw[::-1] if self.bug == "dw reversed" else dw
        self.b.grad = dy.sum(axis=0).mean(axis=0) if self.bug == "db mean" else dy.sum(axis=(0, 1))
        return dx


class Depthwise(Layer):
    """Each channel has a kernel of its own; zero padding keeps the length."""

    def __init__(self, K=3, C=3, bug=None):
        self.w, self.bug = weights(K, C), bug

    def forward(self, x):
        self.padded = np.pad(x, ((0, 0), (1, 1), (0, 0)))
        T = x.shape[1]
        return sum(self.padded[:, u : u + T] * w for u, w in enumerate(self.w.value))

    def backward(self, dy):
        T, w = dy.shape[1], self.w.value
        dpadded, dw = np.zeros_like(self.padded), np.zeros(w.shape)
        for u in range(len(w)):
            dpadded[:, u : u + T] += dy * (w[len(w) - 1 - u] if self.bug == "dx flipped" else w[u])
            axes = (1,) if self.bug == "first image" else (0, 1)
            product = self.padded[:, u : u + T] * dy
            dw[u] = product.sum(axis=axes)[0] if self.bug == "first image" else product.sum(axis=axes)
        self.w.grad = dw
        return dpadded[:, :-2] if self.bug == "cut at one side" else dpadded[:, 1:-1]


class Grouped(Layer):
    """A 1x1 convolution in two groups of channels: w (groups, C/groups, F/groups)."""

    def __init__(self, C=4, F=6, bug=None):
        self.w, self.bug = weights(2, C // 2, F // 2), bug

    def parts(self, x):
        return x.reshape(*x.shape[:-1], 2, -1)

    def forward(self, x):
        self.x = self.parts(x)
        return np.einsum("...gc,gcf->...gf", self.x, self.w.value).reshape(*x.shape[:-1], -1)

    def backward(self, dy):
        dy = self.parts(dy)
        if self.bug == "groups exchanged":
            dy = dy[..., ::-1, :]
        self.w.grad = np.einsum("nhwgc,nhwgf->gcf", self.x, dy)
        w = self.w.value[[0, 0]] if self.bug == "first group's weights" else self.w.value
        dx = np.einsum("...gf,gcf->...gc", dy, w)
        return dx.reshape(*dx.shape[:-2], -1)


class Pointwise(Layer):
    """A 1x1 convolution with as many filters as channels."""

    def __init__(self, C=3, bug=None):
        self.w, self.bug = weights(C, C), bug

    def forward(self, x):
        self.x = x
        return x @ self.w.value

    def backward(self, dy):
        C = dy.shape[-1]
        rows = self.x.reshape(-1, C)
        self.w.grad = dy.reshape(-1, C).T @ rows if self.bug == "dw transposed" else rows.T @ dy.reshape(-1, C)
        return dy @ (self.w.value if self.bug == "w not transposed" else self.w.value.T)


class Transposed(Layer):
    """y[2 t + u] += x[t] w[u]: a convolution with stride 2, backward."""

    def __init__(self, K=3, C=2, F=2, bug=None):
        self.w, self.b, self.bug = weights(K, C, F), Parameter(np.zeros(F)), bug

    def forward(self, x):
        self.x, T, K = x, x.shape[1], len(self.w.value)
        y = np.zeros((len(x), 2 * T + K - 2, self.w.shape[2]))
        for u, w in enumerate(self.w.value):
            y[:, u : u + 2 * T : 2] += x @ w
        return y + self.b.value

    def backward(self, dy):
        T, dw = self.x.shape[1], np.zeros(self.w.shape)
        dx = np.zeros_like(self.x)
        for u, w in enumerate(self.w.value):
            seen = dy[:, u : u + T] if self.bug == "stride one" else dy[:, u : u + 2 * T : 2]
            dx += seen @ (w if self.bug == "w not transposed" else w.T)
            dw[u] = np.einsum("ntc,ntf->cf", self.x, seen)
        self.w.grad = dw
        self.b.grad = (dy[:, ::2] if self.bug == "db of every second" else dy).sum(axis=(0, 1))
        return dx


SEQUENCE, IMAGE = (2, 7, 2), (2, 2, 3, 4)
CASES = [
    flagged("dilated dx", Dilated, "dx without dilation", SEQUENCE, "off by one", "dx uses neighbours, as without dilation."),
    flagged("dilated dw", Dilated, "dw without dilation", SEQUENCE, "off by one", "dw uses neighbours, as without dilation."),
    flagged("dilated dw reversed", Dilated, "dw reversed", SEQUENCE, "flipped", "dw is stored back to front."),
    flagged("dilated db", Dilated, "db mean", SEQUENCE, "count", "db is a mean over the places."),
    flagged("depthwise dx", Depthwise, "dx flipped", (2, 5, 3), "flipped", "dx is correlated with the flipped kernel."),
    flagged(
        "depthwise first image",
        Depthwise,
        "first image",
        (3, 5, 3),
        "one sample",
        "dw of the first sequence alone.",
        also=("broadcast not summed",),
    ),
    flagged("depthwise padding", Depthwise, "cut at one side", (2, 5, 3), "off by one", "Padding is cut at one end twice."),
    flagged("grouped exchanged", Grouped, "groups exchanged", IMAGE, "permuted", "dy's groups are exchanged."),
    flagged(
        "grouped first weights",
        Grouped,
        "first group's weights",
        IMAGE,
        "wrong variable",
        "Both groups use the first w.",
        also=("off by one",),
    ),
    flagged("pointwise dw", Pointwise, "dw transposed", (2, 2, 3, 3), "transposed", "dy^T x for x^T dy, in a square matrix."),
    flagged("pointwise dx", Pointwise, "w not transposed", (2, 2, 3, 3), "transposed", "dy w for dy w^T."),
    flagged(
        "transposed stride", Transposed, "stride one", (2, 4, 2), "off by one", "dx reads dy at stride 1.", also=("permuted",)
    ),
    flagged("transposed w", Transposed, "w not transposed", (2, 4, 2), "transposed", "dy w[u] for dy w[u]^T."),
    flagged(
        "transposed db",
        Transposed,
        "db of every second",
        (2, 4, 2),
        "missing path",
        "db skips the pixels in between.",
        also=("broadcast not summed",),
    ),
]
