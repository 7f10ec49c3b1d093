"""Averaged weights: the last weights of a training jump around a minimum, and their average usually has a lower loss."""

import contextlib

import numpy as np

from ..layers.layer import Layer, check_is_layer
from ..ops.checks import in_range
from ..shapes import message
from .optimizers import check_state


class AveragedWeights:
    """An exponential moving average of a model's parameters:  a = d * a + (1 - d) * w  after each optimizer step.

    At step t, d = min(decay, (1 + t) / (10 + t)), so the first weights soon count little. Buffers are not averaged: batch
    norm's running statistics are averages already.

    Raises: ValueError for a decay outside [0, 1).
    Source: Polyak, Juditsky, 1992; the warm-up of d is TensorFlow's ExponentialMovingAverage(num_updates).
    """

    def __init__(self, model: Layer, decay: float = 0.999):
        check_is_layer("AveragedWeights", model)
        in_range("AveragedWeights", decay=decay)
        self.parameters, self.decay, self.t = model.parameters(), float(decay), 0
        self.average = {name: p.value.copy() for name, p in self.parameters.items()}

    def update(self):
        """Move each average a little towards the present value of its parameter."""
        self.t += 1
        d = min(self.decay, (1 + self.t) / (10 + self.t))
        for name, p in self.parameters.items():
            self.average[name] += (1 - d) * (p.value - self.average[name])

    @contextlib.contextmanager
    def applied(self):
        """Inside `with average.applied():` the model computes with the averages. Then it has its own weights again."""
        own = {name: p.value for name, p in self.parameters.items()}
        try:
            for name, p in self.parameters.items():
                p.value = self.average[name].copy()
            yield
        finally:
            for name, p in self.parameters.items():
                p.value = own[name]

    def state(self):
        """What a checkpoint needs: the averages by name, and the count of updates."""
        return {f"average/{name}": array for name, array in self.average.items()} | {"t": np.array(self.t)}

    def load_state(self, state):
        """Take back what state() gave; the checkpoint has compared names, shapes and dtypes."""
        check_state(self, state)
        if state["t"] < 0:
            raise ValueError(message("AveragedWeights", "t >= 0", state["t"]))
        self.t = int(state["t"])
        self.average = {name: state[f"average/{name}"].copy() for name in self.average}
