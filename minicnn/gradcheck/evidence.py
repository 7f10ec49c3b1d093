"""What a hint may look at: both gradients of one array, where they differ, and how to ask backward again."""

from typing import NamedTuple

import numpy as np

from ..shapes import window

ALIKE = 1e-7                                                       # relative to the largest entry: the pattern is there

# The letters of docs/notation.md for the axes of an array, by its name and number of axes.
LETTERS = {("w", 4): "uvcf", ("w", 2): "dk", ("b", 1): "f", ("x", 4): "nijc", ("x", 2): "nd", ("cols", 2): "pe",
           ("logits", 2): "nk", ("gamma", 1): "c", ("beta", 1): "c"}
SIZES = {"u": "KH", "v": "KW", "c": "C", "f": "F", "n": "N", "i": "H", "j": "W", "d": "D", "k": "K"}


class Hint(NamedTuple):
    """`pattern` is a short name by which tests and exhibits know it, `text` says what was seen and what may cause it."""

    pattern: str
    text: str


class Evidence(NamedTuple):
    """`backward(dy)` gives this array's gradient for another dy; `facts` are the settings of the layer."""

    name: str
    analytic: np.ndarray
    numeric: np.ndarray
    wrong: np.ndarray
    inputs: dict
    dy: np.ndarray
    backward: object
    facts: dict

    @property
    def x(self):
        return self.inputs[self.name]

    @property
    def letters(self):
        return letters(self.name, self.x.ndim)

    @property
    def is_parameter(self):
        return self.name not in ("x", "cols", "logits")

    def settled(self):
        """The right entries that say something: there the numeric gradient is not just a small number."""
        return ~self.wrong & (np.abs(self.numeric) > 1e-9 * np.abs(self.numeric).max(initial=0))


def letters(name, ndim):
    """The index letters of an array: 'w', 4 -> 'uvcf'; for a shape that the notation does not know, 'abcd'."""
    return LETTERS.get((name.split(".")[-1], ndim), "abcdefgh"[:ndim])


def place(name, index):
    """An entry with its letters: dw[u=2, v=0, c=1, f=3]."""
    return f"d{name}[" + ", ".join(f"{a}={i}" for a, i in zip(letters(name, len(index)), index)) + "]"


def alike(a, b):
    """Equal to within ALIKE of the largest entry, and not zero."""
    if np.shape(a) != np.shape(b) or np.size(a) == 0:
        return False
    largest = np.abs(b).max()
    return bool(largest > 0 and np.isfinite(a).all() and np.abs(np.subtract(a, b)).max() <= ALIKE * largest)


def times_seen(evidence, padding_only=False):
    """How many windows see each pixel of x, or how many that see padding too; an array like x, or None without windows."""
    x_shape, facts = evidence.x.shape, evidence.facts
    if "kernel_size" not in facts or len(x_shape) != 4 or evidence.is_parameter:
        return None
    kernel = facts["kernel_size"]
    stride = facts.get("stride")
    win = window("gradcheck", x_shape, kernel, kernel if stride is None else stride, facts.get("padding", 0))
    seen = np.zeros((x_shape[1] + win.top + win.bottom, x_shape[2] + win.left + win.right), int)
    inside = np.zeros(seen.shape, bool)
    inside[win.top:win.top + x_shape[1], win.left:win.left + x_shape[2]] = True
    for i, j in np.ndindex(win.OH, win.OW):
        at = (slice(i * win.stride_h, i * win.stride_h + win.KH), slice(j * win.stride_w, j * win.stride_w + win.KW))
        seen[at] += not (padding_only and inside[at].all())
    seen = seen[win.top:win.top + x_shape[1], win.left:win.left + x_shape[2]]
    return np.broadcast_to(seen[None, :, :, None], x_shape)
