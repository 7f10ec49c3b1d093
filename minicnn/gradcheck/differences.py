"""The numeric side: central differences, twice, with an error bar, and what a kink does to them.

    D(h) = (L(t + h) - L(t - h)) / (2 h) = L'(t) + O(h**2),      numeric = (4 D(h/2) - D(h)) / 3 = L'(t) + O(h**4)

along a line through the inputs, where  L = sum(dy * y).  The error bar is |D(h) - D(h/2)| and the rounding of y. That is
more than enough for a smooth L, and just enough where the second derivative jumps, as an ELU's does at 0. What forward
rounds on its way, as in (x + 1e8) - 1e8, the bar cannot know.

A kink (a ReLU's 0, two pixels that tie for a maximum) has no derivative. For a smooth L the bend (the slope on the right
minus the slope on the left) is proportional to h. If halving h does not halve the bend, a kink is within reach, or L curves
too much for this h, or the step left the domain (log at 1e-6). Then h is divided by 16, until rounding would drown the answer.
"""

from typing import NamedTuple

import numpy as np

SHRINKS = tuple(16**k for k in range(8))


class Slope(NamedTuple):
    """The derivative of L along a line, its error bar, whether a kink is in reach, and the slopes on both sides."""

    value: float
    bar: float
    kink: bool
    left: float
    right: float
    noise: float


def slope(at, dy, middle, h, rule, shrinks=SHRINKS):
    """The Slope of  L(t) = sum(dy * at(t))  at t = 0, with middle = at(0).

    Outputs are subtracted before they are summed, so that those which do not move cancel exactly.
    """
    for shrink in shrinks:
        D, bend, noise = _central(at, dy, middle, h / shrink)
        D_half, bend_half, _ = _central(at, dy, middle, h / shrink / 2)
        kink = abs(bend - 2 * bend_half) > rule.bend * abs(D) + noise
        kink |= not np.isfinite(D + D_half)                        # the step left the domain
        kink |= abs(D_half - D) > rule.unclear * abs(D) + noise    # or so curved that the error bar says nothing
        if not kink or noise > rule.unclear * abs(D):
            break
    value = (4 * D_half - D) / 3
    return Slope(value, abs(D_half - D) + noise, bool(kink), value - bend / 2, value + bend / 2, noise)


def _central(at, dy, middle, h):
    """D(h), the bend, and the rounding in them."""
    right, left = at(h), at(-h)
    moved = (right != middle) | (left != middle)
    size = np.abs(middle) + 1                                      # inside of forward stand numbers near 1, as in log(1 + tiny)
    unseen = np.abs(dy * size).max(initial=0)                      # what does not move may move by less than a rounding
    noise = 16 * np.finfo(middle.dtype).eps * (np.abs(dy * size * moved).sum(dtype=np.float64) + unseen) / h
    difference, second = np.subtract(right, left, dtype=np.float64), np.subtract(right, middle, dtype=np.float64)
    second -= np.subtract(middle, left, dtype=np.float64)
    return (dy * difference).sum() / (2 * h), (dy * second).sum() / h, noise


def entry_slopes(forward, x, dy, rule, entries=None):
    """The Slope at every entry of x (or at those where the boolean array `entries` is True): index -> Slope."""
    middle = forward(x)
    chosen = np.ndindex(x.shape) if entries is None else map(tuple, np.argwhere(entries))
    return {index: slope(lambda t, index=index: forward(moved(x, index, t)), dy, middle, step_at(x[index], rule), rule)
            for index in chosen}


def step_at(value, rule):
    """The first step: about rule.step * max(1, |value|), a power of two, so value + h is exact for large values too."""
    return 2.0 ** np.round(np.log2(rule.step * max(1.0, abs(float(value)))))


def moved(x, index, t):
    """A copy of x with t added at one entry."""
    x = x.copy()
    x[index] += t
    return x
