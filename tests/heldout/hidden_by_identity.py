"""Wrong only if a matrix, angle or kernel is not the identity that it was at birth."""

import numpy as np

from minicnn import Layer, Parameter

from .hidden_by_parameters import _case


class Rotation(Layer):
    """Rotates pairs of features by a learned angle, 0 at birth."""

    def __init__(self, bug=None):
        self.angle, self.bug = Parameter(np.zeros(2)), bug

    def forward(self, x):
        c, s = np.cos(self.angle.value), np.sin(self.angle.value)
        self.a, self.b = x[:, ::2], x[:, 1::2]
        y = np.empty_like(x)
        y[:, ::2], y[:, 1::2] = c * self.a - s * self.b, s * self.a + c * self.b
        return y

    def backward(self, dy):
        c, s = np.cos(self.angle.value), np.sin(self.angle.value)
        da, db = dy[:, ::2], dy[:, 1::2]
        self.angle.grad = (da * (-s * self.a - c * self.b) + db * (c * self.a - s * self.b)).sum(axis=0)
        if self.bug:
            s = -s
        dx = np.empty_like(dy)
        dx[:, ::2], dx[:, 1::2] = c * da + s * db, -s * da + c * db
        return dx


class MixIdentity(Layer):
    """x m, with m the identity at birth."""

    def __init__(self, D=3, bug=None):
        self.m, self.bug = Parameter(np.eye(D)), bug

    def forward(self, x):
        self.x = x
        return x @ self.m.value

    def backward(self, dy):
        self.m.grad = self.x.T @ dy
        return dy @ (self.m.value if self.bug else self.m.value.T)


class DeltaKernel(Layer):
    """A kernel of three that is (0, 1, 0) at birth; circular padding."""

    def __init__(self, bug=None):
        self.w, self.bug = Parameter(np.array([0.0, 1.0, 0.0])), bug

    def forward(self, x):
        self.moved = [np.roll(x, 1 - u, axis=1) for u in range(3)]
        return sum(w * x for w, x in zip(self.w.value, self.moved))

    def backward(self, dy):
        self.w.grad = np.array([(x * dy).sum() for x in self.moved])
        places = (1 - u if self.bug == "not turned back" else u - 1 for u in range(3))
        kernel = [0.0, self.w.value[1], 0.0] if self.bug == "middle alone" else self.w.value
        return sum(w * np.roll(dy, place, axis=1) for w, place in zip(kernel, places))


class IdentityRNN(Layer):
    """h = relu(x[t] + h u), with u the identity at birth; y is the last h."""

    def __init__(self, D=3, bug=None):
        self.u, self.bug = Parameter(np.eye(D)), bug

    def forward(self, x):
        self.hs = [np.zeros_like(x[:, 0])]
        for t in range(x.shape[1]):
            self.hs.append(np.maximum(x[:, t] + self.hs[-1] @ self.u.value, 0))
        return self.hs[-1]

    def backward(self, dy):
        dx = np.zeros((len(dy), len(self.hs) - 1, dy.shape[1]))
        du = np.zeros(self.u.shape)
        for t in reversed(range(dx.shape[1])):
            dx[:, t] = dy * (self.hs[t + 1] > 0)
            du += self.hs[t].T @ dx[:, t]
            dy = dx[:, t] @ {"u not transposed": self.u.value, "without u": np.eye(len(du))}.get(self.bug, self.u.value.T)
        self.u.grad = du
        return dx


ROWS = (3, 3)
LEFT_OUT = "value left out"
CASES = [
    _case("rotation", Rotation, "forward", (3, 4), "transposed", "dx is rotated on, not back.", also=("sign", "flipped")),
    _case("identity transposed", MixIdentity, "not transposed", ROWS, "transposed", "dy m for dy m^T."),
    _case("delta kernel", DeltaKernel, "not turned back", (2, 5), "flipped", "dx uses the kernel in the same direction."),
    _case("delta kernel middle", DeltaKernel, "middle alone", (2, 5), "missing path", "dx uses the kernel's middle alone."),
    _case("identity rnn transposed", IdentityRNN, "u not transposed", (2, 4, 3), "transposed", "dh u for dh u^T."),
    _case("identity rnn without u", IdentityRNN, "without u", (2, 4, 3), LEFT_OUT, "dh is carried back without u."),
]
