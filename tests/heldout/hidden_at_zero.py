"""Wrong only at exact zeros."""

import numpy as np

from minicnn import Layer, Parameter

from .hidden_by_calls import _case


class Length(Layer):
    """The length of each pair of features; 0 has the gradient 0."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.pairs = x.reshape(len(x), -1, 2)
        self.y = np.sqrt((self.pairs**2).sum(axis=2))
        return self.y

    def backward(self, dy):
        y = self.y if self.bug else np.where(self.y > 0, self.y, 1)
        return (dy[:, :, None] * self.pairs / y[:, :, None]).reshape(len(dy), -1)


class Sinc(Layer):
    """sin(x) / x, and 1 at x = 0."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.x, self.safe = x, np.where(x == 0, 1, x)
        self.y = np.where(x == 0, 1, np.sin(self.safe) / self.safe)
        return self.y

    def backward(self, dy):
        slope = (np.cos(self.x) - self.y) / (self.x if self.bug == "divides by zero" else self.safe)
        return dy * (np.where(self.x == 0, 1, slope) if self.bug == "one at zero" else slope)


class RootPower(Layer):
    """|x|**1.5."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.x = x
        return np.abs(x) ** 1.5

    def backward(self, dy):
        if self.bug:
            return dy * 1.5 * np.abs(self.x) ** 1.5 / self.x
        return dy * 1.5 * np.sign(self.x) * np.sqrt(np.abs(self.x))


class TwoSlopes(Layer):
    """A learned slope on each side: a max(x, 0) + b min(x, 0)."""

    def __init__(self, bug=None):
        self.a, self.b, self.bug = Parameter(np.ones(3)), Parameter(np.full(3, 0.5)), bug

    def forward(self, x):
        self.x = x
        return self.a.value * np.maximum(x, 0) + self.b.value * np.minimum(x, 0)

    def backward(self, dy):
        x = self.x
        self.a.grad, self.b.grad = (dy * np.maximum(x, 0)).sum(axis=0), (dy * np.minimum(x, 0)).sum(axis=0)
        below = x < 0 if self.bug == "neither at zero" else x <= 0
        above = x >= 0 if self.bug == "both at zero" else x > 0
        return dy * (self.a.value * above + self.b.value * below)


class ZeroGate(Layer):
    """x max(x, 0): its derivative at 0 is 0; the wrong twin divides y by x."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        self.x, self.y = x, x * np.maximum(x, 0)
        return self.y

    def backward(self, dy):
        return dy * (2 * self.y / self.x if self.bug else 2 * np.maximum(self.x, 0))


ROWS = (3, 4)
CASES = [
    _case(
        "length of zero", Length, "0 / 0", ROWS, "overflow", "0 / 0 where both features are 0.", domain="zeros", also=("kink",)
    ),
    _case("sinc of zero", Sinc, "divides by zero", ROWS, "overflow", "0 / 0 at x = 0.", domain="zeros", also=("kink",)),
    _case(
        "sinc slope at zero",
        Sinc,
        "one at zero",
        ROWS,
        "kink",
        "The slope at 0 is said to be 1, the value.",
        domain="zeros",
        also=("wrong variable",),
    ),
    _case("root power of zero", RootPower, "0 / 0", ROWS, "overflow", "0 / 0 at x = 0.", domain="zeros", also=("kink",)),
    _case(
        "two slopes, both", TwoSlopes, "both at zero", ROWS[:1] + (3,), "kink", "At 0 both slopes are added.", domain="zeros"
    ),
    _case(
        "two slopes, neither",
        TwoSlopes,
        "neither at zero",
        ROWS[:1] + (3,),
        "kink",
        "At 0 neither slope is used.",
        domain="zeros",
        also=("gradient missing",),
    ),
    _case("y / x at zero", ZeroGate, "0 / 0", ROWS, "overflow", "0 / 0 at x = 0.", domain="zeros", also=("kink",)),
]
