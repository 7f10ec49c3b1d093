"""Entries on a kink, such as a ReLU's 0 or two equal maxima: compared beside the kink, and at the kink itself."""

from typing import NamedTuple

import numpy as np

from .differences import slope
from .entries import Verdict, compare_entries, nothing_moves
from .evidence import Hint
from .problem import Problem

NUDGES = 3
OUTPUTS_AT_KINKS, MOST_AT_KINKS = 16, 8


class Beside(NamedTuple):
    problem: Problem               # the one at the nudged inputs, its gradient and verdict
    analytic: np.ndarray
    verdict: Verdict
    failed: np.ndarray
    stuck: int                     # entries that were on a kink at every nudge
    vacuous: bool


def beside(problem, name, unclear):
    """Compare the entries that are unclear again at nudged inputs. What fails there too has failed.

    At a kink there is no derivative, and kinks can cancel so that no bend shows; only beside it is there something to
    compare. Where nothing moved at all (inputs of zeros), the nudge finds out whether something can.
    """
    rng, left = np.random.default_rng(0), unclear.copy()
    for _ in range(NUDGES):
        nudged = problem.at({key: nudge(array, rng) for key, array in problem.inputs.items()})
        analytic = nudged.gradients()[name]
        v = compare_entries(nudged, name, analytic, left)
        if not np.isfinite(v.numeric).all():                       # the nudge left the domain: what failed has failed
            return Beside(nudged, analytic, v, left, 0, False)
        if v.wrong.any():
            v = compare_entries(nudged, name, analytic)
            return Beside(nudged, analytic, v, v.wrong, 0, False)
        vacuous = nothing_moves(v, left & ~v.kink)
        left &= v.kink
        if not left.any():
            break
    return Beside(nudged, analytic, v, np.zeros(left.shape, bool), int(left.sum()), vacuous)


def nudge(array, rng):
    """Every entry moved by about a hundredth of itself, up or down; a 0 by a hundredth of the largest entry, or of 1.

    That is far beyond h, and no entry changes its sign, so log and sqrt stay in their domain.
    """
    size = np.where(array == 0, np.abs(array).max(initial=0) or 1, np.abs(array))
    size = 0.01 * size * rng.uniform(0.5, 1, array.shape) * rng.choice((-1, 1), array.shape)
    return np.asarray(array + size, array.dtype)


def at_kinks(problem, name, v, unclear):
    """(entry, Hint) of a gradient that is wrong at a kink and right beside it, or None.

    An op or a layer alone: the gradient of each output lies between the slopes on both sides. The entries on kinks are moved
    together, so that equal ones stay equal: a tie that is sent to both winners has the slope 2 then, where 1 is right. This
    holds if each output is convex or concave in x, as a maximum or a ReLU is. A loss: the same, entry by entry. A container
    may add a convex and a concave kink, so there an entry is wrong only if all its outputs are smooth.
    """
    if problem.alone and (found := _moved_together(problem, name, unclear)):
        return found
    for index in map(tuple, np.argwhere(v.wrong if problem.linear else unclear)[:MOST_AT_KINKS]):
        only = np.zeros(unclear.shape, bool)
        only[index] = True
        for output, s, ours, between in _outputs(problem, name, only):
            if not between and (not problem.linear or not s.kink):
                return index, _hint(name, output, s, ours)
    return None


def _moved_together(problem, name, kinks):
    for output, s, ours, between in _outputs(problem, name, kinks):
        if not between:
            gradient = np.where(kinks, np.abs(_gradient(problem, name, output)), -1)
            index = np.unravel_index(gradient.argmax(), kinks.shape)
            if (gradient > 0).sum() < 2:
                return index, _hint(name, output, s, ours)
            return index, Hint("ties", f"at y{output} several entries are equal: moved together they change it with slope "
                                       f"{s.value:.4g}, their gradients add up to {ours:.4g}. Does a tie go to more than one "
                                       "winner?")
    return None


def _hint(name, output, s, ours):
    at = f"y{output}" if output else "the loss"
    slopes = f"with the slopes {s.left:.4g} and {s.right:.4g} on its two sides" if s.kink else f"with slope {s.value:.4g}"
    return Hint("kink", f"wrong exactly at a kink or at a special value of {name} (0?), and right beside it: {at} changes "
                        f"{slopes}, and the gradient says {ours:.4g}. Does backward compare (== 0, > 0) as forward does?")


def _outputs(problem, name, kinks):
    """(output, its Slope along the entries on kinks, what backward says, whether that lies between the two sides)."""
    x, forward = problem.inputs[name], problem.along(name)
    h = problem.rule.step
    middle, right, left = forward(x), forward(x + h * kinks), forward(x - h * kinks)
    outputs = np.random.default_rng(0).permutation(np.argwhere((right != middle) | (left != middle)))
    for output in outputs[:OUTPUTS_AT_KINKS].tolist():
        only = np.zeros_like(problem.dy)
        only[tuple(output)] = 1
        s = slope(lambda t: forward(x + t * kinks), only, middle, h, problem.rule, (1, 100))
        ours = float((_gradient(problem, name, output) * kinks).sum())
        slack = problem.rule.tolerance * max(1, abs(s.value)) + s.bar
        low, high = (s.value, s.value) if not s.kink else sorted((s.left, s.right))
        yield output, s, ours, low - slack <= ours <= high + slack


def _gradient(problem, name, output):
    """The gradient of one output alone."""
    only = np.zeros_like(problem.dy)
    only[tuple(output)] = 1
    return problem.gradients(only)[name]
