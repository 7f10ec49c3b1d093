"""Upsampling: layers that make more pixels."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


class Nearest(Layer):
    """Each pixel becomes a block of 2 x 3."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        return x.repeat(2, axis=1).repeat(3, axis=2)

    def backward(self, dy):
        N, OH, OW, C = dy.shape
        if self.bug == "one of the block":
            return dy[:, ::2, ::3]
        if self.bug == "wrong block":
            return dy.reshape(N, 2, OH // 2, 3, OW // 3, C).sum(axis=(1, 3))
        blocks = dy.reshape(N, OH // 2, 2, OW // 3, 3, C)
        return blocks.mean(axis=(2, 4)) if self.bug == "mean" else blocks.sum(axis=(2, 4))


def linear_matrix(size, larger):
    """A (larger, size) matrix: linear interpolation with pixel centres, clamped at the edges."""
    at = np.clip((np.arange(larger) + 0.5) * size / larger - 0.5, 0, size - 1)
    left = np.minimum(at.astype(int), size - 2)
    matrix = np.zeros((larger, size))
    matrix[np.arange(larger), left] = 1 - (at - left)
    matrix[np.arange(larger), left + 1] += at - left
    return matrix


class Bilinear(Layer):
    """Twice the height and width, by linear interpolation along both."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        N, H, W, C = x.shape
        self.rows, self.columns = linear_matrix(H, 2 * H), linear_matrix(W, 2 * W)
        return np.einsum("ih,jw,nhwc->nijc", self.rows, self.columns, x)

    def backward(self, dy):
        rows, columns = self.rows, self.columns
        if self.bug == "edges":
            rows = rows.copy()
            rows[0], rows[-1] = rows[0] / 2, rows[-1] / 2
        if self.bug == "mirrored weights":
            columns = columns[:, ::-1]
        if self.bug == "nearest":
            rows = (rows > 0.5).astype(float)
        return np.einsum("ih,jw,nijc->nhwc", rows, columns, dy)


class LinearByHand(Layer):
    """A sequence, three times as long minus the end: y[3 i + u] = (1 - u/3) x[i] + u/3 x[i + 1]."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.T = x.shape[1]
        y = np.empty((len(x), 3 * (self.T - 1)))
        for u in range(3):
            y[:, u::3] = (1 - u / 3) * x[:, :-1] + u / 3 * x[:, 1:]
        return y

    def backward(self, dy):
        dx = np.zeros((len(dy), self.T))
        for u in range(3):
            t = u / 3
            if self.bug == "assigned":
                dx[:, :-1] += (1 - t) * dy[:, u::3]
                dx[:, 1:] = t * dy[:, u::3]
            elif self.bug == "weights exchanged":
                dx[:, :-1] += t * dy[:, u::3]
                dx[:, 1:] += (1 - t) * dy[:, u::3]
            else:
                dx[:, :-1] += (1 - t) * dy[:, u::3]
                dx[:, 1:] += t * dy[:, u::3]
        return dx


class PixelShuffle(Layer):
    """(N, H, W, 4 C) -> (N, 2 H, 2 W, C): four channels become a block of pixels."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        N, H, W, C = x.shape
        return x.reshape(N, H, W, 2, 2, C // 4).transpose(0, 1, 3, 2, 4, 5).reshape(N, 2 * H, 2 * W, C // 4)

    def backward(self, dy):
        N, OH, OW, C = dy.shape
        blocks = dy.reshape(N, OH // 2, 2, OW // 2, 2, C)
        order = {"channels first": (0, 1, 3, 5, 2, 4), "rows for columns": (0, 1, 3, 4, 2, 5)}.get(self.bug, (0, 1, 3, 2, 4, 5))
        return blocks.transpose(order).reshape(N, OH // 2, OW // 2, 4 * C)


class ZeroInsertion(Layer):
    """Every second pixel is x, the others are zero."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        N, H, W, C = x.shape
        y = np.zeros((N, 2 * H, 2 * W, C))
        y[:, ::2, 1::2] = x
        return y

    def backward(self, dy):
        return dy[:, ::2, ::2] if self.bug else dy[:, ::2, 1::2]


class LearnedShift(Layer):
    """y(t) = x at place t + tanh(s): a learned shift, linear between samples; x continues in a circle."""

    def __init__(self, bug=None):
        self.s, self.bug = Parameter(np.array([0.4])), bug

    def forward(self, x):
        shift = np.tanh(self.s.value[0])
        self.t = shift - np.floor(shift)
        self.here = np.roll(x, -int(np.floor(shift)), axis=1)
        self.next = np.roll(self.here, -1, axis=1)
        return (1 - self.t) * self.here + self.t * self.next

    def backward(self, dy):
        back = int(np.floor(np.tanh(self.s.value[0])))
        dx = np.roll((1 - self.t) * dy, back, axis=1) + np.roll(self.t * dy, back + 1, axis=1)
        slope = self.here - self.next if self.bug == "sign" else self.next - self.here
        tanh_slope = 1 if self.bug == "no tanh" else 1 - np.tanh(self.s.value) ** 2
        self.s.grad = (dy * slope).sum() * tanh_slope * np.ones(1)
        return dx


IMAGE, ROWS = (2, 3, 4, 2), (2, 6)
CASES = [
    flagged("nearest takes one", Nearest, "one of the block", IMAGE, "broadcast not summed", "One of six copies is taken."),
    flagged("nearest mean", Nearest, "mean", IMAGE, "count", "The mean of the block, not its sum.", also=("missing factor",)),
    flagged("nearest wrong block", Nearest, "wrong block", IMAGE, "permuted", "The reshape puts the factor before the size."),
    flagged("bilinear edges", Bilinear, "edges", IMAGE, "border", "The clamped rows at the edge get half."),
    flagged("bilinear mirrored", Bilinear, "mirrored weights", IMAGE, "flipped", "The columns' weights are mirrored."),
    flagged(
        "bilinear as nearest",
        Bilinear,
        "nearest",
        IMAGE,
        "none",
        "Backward is that of another interpolation.",
        also=("wrong variable",),
    ),
    flagged("linear assigned", LinearByHand, "assigned", ROWS, "assigned, not added", "The right neighbours overwrite."),
    flagged("linear weights exchanged", LinearByHand, "weights exchanged", ROWS, "wrong variable", "t for 1 - t."),
    flagged("pixel shuffle channels", PixelShuffle, "channels first", (2, 2, 3, 8), "permuted", "Channels before the block."),
    flagged(
        "pixel shuffle rows",
        PixelShuffle,
        "rows for columns",
        (2, 2, 3, 8),
        "permuted",
        "The block is transposed.",
        also=("transposed",),
    ),
    flagged(
        "zero insertion", ZeroInsertion, "offset", IMAGE, "off by one", "Forward writes to odd columns, backward reads even."
    ),
    flagged("learned shift sign", LearnedShift, "sign", ROWS, "sign", "here - next for next - here."),
    flagged(
        "learned shift tanh",
        LearnedShift,
        "no tanh",
        ROWS,
        "value left out",
        "1 - tanh(s)**2 is missing.",
        also=("missing factor", "activation derivative"),
    ),
]
