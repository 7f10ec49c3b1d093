"""Learning-rate schedules: the learning rate as a function of the step.

A schedule is a formula, `rate(t)`. A new schedule sets optimizer.lr to rate(0). Call its `step()` after each
optimizer.step(): it sets the next rate. The definitions are PyTorch's (StepLR, CosineAnnealingLR, OneCycleLR).
"""

import math

import numpy as np

from ..ops.checks import is_number
from ..shapes import message, shown, whole
from .optimizers import Optimizer, same_kind


class Schedule:
    """The base class: it counts steps in `t` and sets the optimizer's `lr`.

    Raises: ShapeError, DtypeError, ValueError for sizes out of range.
    """

    def __init__(self, optimizer: Optimizer):
        _rate_of(type(self).__name__, optimizer)
        self.optimizer, self.t = optimizer, 0
        optimizer.lr = self.rate(0)

    def step(self):
        """Set the rate for the optimizer's next step."""
        self.t += 1
        self.optimizer.lr = self.rate(self.t)

    def rate(self, t: int) -> float:
        """The learning rate of step t, counted from 0."""
        raise TypeError(message(type(self).__name__, "a method rate(t)", "the base class's"))

    def state(self):
        """Everything a checkpoint needs: arrays and numbers by name."""
        return {"kind": np.array(type(self).__name__), "t": np.array(self.t)}

    def load_state(self, state):
        """Take back what state() gave."""
        same_kind(self, state)
        if state["t"] < 0:
            raise ValueError(message(type(self).__name__, "t >= 0", state["t"]))
        self.t = int(state["t"])


class StepDecay(Schedule):
    """Multiply the rate by `factor` every `every` steps:  rate = base * factor ** (t // every)."""

    def __init__(self, optimizer: Optimizer, every: int, factor: float = 0.1):
        self.base, self.every, self.factor = _rate_of("StepDecay", optimizer), whole("StepDecay", "every", every, 1), factor
        if not (is_number(factor) and 0 < factor <= 1):
            raise ValueError(message("StepDecay", "factor in (0, 1]", shown(factor)))
        super().__init__(optimizer)

    def rate(self, t):
        whole("StepDecay.rate", "t", t, 0)
        return self.base * self.factor ** (t // self.every)


class Cosine(Schedule):
    """Go down along half a cosine wave, and then stay at `low`.

        rate = low + (base - low) * (1 + cos(pi * t / total_steps)) / 2

    Source: Loshchilov, Hutter, 'SGDR', 2016, eq. 5, without restarts.
    """

    def __init__(self, optimizer: Optimizer, total_steps: int, low: float = 0.0):
        self.base, self.low = _rate_of("Cosine", optimizer), low
        self.total_steps = whole("Cosine", "total_steps", total_steps, 1)
        if not (is_number(low) and 0 <= low <= optimizer.lr):
            raise ValueError(message("Cosine", f"low in [0, lr = {optimizer.lr}]", shown(low)))
        super().__init__(optimizer)

    def rate(self, t):
        whole("Cosine.rate", "t", t, 0)
        return _half_wave(self.base, self.low, min(t / self.total_steps, 1))


class OneCycle(Schedule):
    """Warm up from highest / 25 to `highest`, then anneal to highest / 250,000, both along half a cosine wave.

    The optimizer's own lr is the highest rate. `warm_up` is the fraction of total_steps during which the rate grows.
    Source: Smith, Topin, 'Super-Convergence', 2017; the form with cosines is PyTorch's default.
    """

    def __init__(self, optimizer: Optimizer, total_steps: int, warm_up: float = 0.3):
        self.highest, self.warm_up = _rate_of("OneCycle", optimizer), warm_up
        self.total_steps = whole("OneCycle", "total_steps", total_steps, 2)
        if not (is_number(warm_up) and 0 < warm_up < 1):
            raise ValueError(message("OneCycle", "warm_up in (0, 1)", shown(warm_up)))
        super().__init__(optimizer)

    def rate(self, t):
        whole("OneCycle.rate", "t", t, 0)
        top, end = self.warm_up * self.total_steps - 1, self.total_steps - 1
        start = self.highest / 25
        if t < top:
            return _half_wave(start, self.highest, t / top)
        return _half_wave(self.highest, start / 1e4, min((t - top) / (end - top), 1))


def _rate_of(who, optimizer):
    """The learning rate of an optimizer, or an error for anything else."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(message(who, "an optimizer", shown(optimizer), "the optimizer comes first: Adam(model.parameters())"))
    return optimizer.lr


def _half_wave(start, end, fraction):
    """From `start` (fraction 0) to `end` (fraction 1) along half a cosine wave."""
    return end + (start - end) * (1 + math.cos(math.pi * fraction)) / 2
