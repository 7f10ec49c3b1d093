"""Error against step size: the V whose left arm is rounding and whose right arm is truncation.

A D(h) too large is off by h**2 f''' / 6, one too small by the rounding of L over h. Where the two meet no step is better,
and that error is the best a check can ask for.
"""

from typing import NamedTuple

import numpy as np

from .differences import moved

STEPS = np.logspace(-12, 0, 49)


class StepErrors(NamedTuple):
    """|difference - analytic| at one entry, relative, for every step: of D(h), and of (4 D(h/2) - D(h)) / 3."""

    name: str
    index: tuple
    steps: np.ndarray
    once: np.ndarray
    twice: np.ndarray


def step_errors(problem, name=None, index=None, steps=STEPS):
    """Sweep the step at one entry of one array: by default the largest gradient of the first array.

    Returns StepErrors. Raises: KeyError for a name that the problem does not have.
    """
    name = next(iter(problem.inputs)) if name is None else name
    x, gradient = problem.inputs[name], problem.gradients()[name]
    index = np.unravel_index(np.abs(gradient).argmax(), x.shape) if index is None else index
    index, forward = tuple(int(i) for i in index), problem.along(name)

    def central(h):
        return float((problem.dy * (forward(moved(x, index, h)) - forward(moved(x, index, -h)))).sum()) / (2 * h)

    once = np.array([central(h) for h in steps])
    twice = np.array([(4 * central(h / 2) - D) / 3 for h, D in zip(steps, once)])
    exact = float(gradient[index])
    return StepErrors(name, index, steps, *(np.abs(d - exact) / max(abs(exact), 1e-300) for d in (once, twice)))
