"""A network is a list of layers: forward walks it from first to last, backward from last to first."""

import textwrap

import numpy as np

from ..shapes import check_floats, check_not_empty, message, whole
from .container import Container, numbered, walk
from .conv import Conv2D
from .dense import Dense
from .fusion import backward_steps, forward_steps
from .summary import summary


class Sequential(Container):
    """Layers one after the other:  y = layer_n(... layer_1(layer_0(x))).

    Shapes: those of the layers; every layer must take what the one before it gives.
    Raises: ShapeError, DtypeError before any layer computes; TypeError for what is no layer, ValueError for an empty
    list or a layer object that stands in it twice.
    """

    def __init__(self, layers):
        self._hold(numbered("Sequential", layers))
        self.layers = tuple(self.children().values())
        self.forward_steps, self.backward_steps = forward_steps(self.layers), backward_steps(self.layers)

    def forward(self, x):
        self.check(x)
        for step in self.forward_steps:                            # the layers; fusion.py says which two go as one
            x = step.forward(x)
        return x

    def backward(self, dy, input_gradient=True):
        """dx, for dy of y's shape. Where nobody asks for dx, input_gradient=False saves its computation (dx is None)."""
        for step in reversed(self.backward_steps[1:]):
            dy = step.backward(dy)
        first = self.backward_steps[0]
        if type(first) in (Conv2D, Dense, Sequential):
            return first.backward(dy, input_gradient)
        dx = first.backward(dy)
        return dx if input_gradient else None

    def output_shape(self, x_shape, who="Sequential"):
        for i, layer in enumerate(self.layers):
            x_shape = layer.output_shape(x_shape, f"{who}[{i}] {type(layer).__name__}")
        return x_shape

    def child_inputs(self, x_shape):
        for name, layer in self.children().items():
            yield name, layer, x_shape
            x_shape = layer.output_shape(x_shape)

    def trace(self, x, who="Sequential"):
        for i, layer in enumerate(self.layers):
            x = yield from layer.trace(x, f"{who}[{i}] {type(layer).__name__}")
        return x

    def predict(self, x, batch_size=256):
        """The outputs for x in eval mode, `batch_size` images at a time; modes are put back as they were.

        Shapes: x (N, ...) -> y (N, ...). Raises: ShapeError, DtypeError, ValueError where x holds NaN or infinity.
        """
        who = "Sequential.predict"
        whole(who, "batch_size", batch_size, 1)
        check_floats(who, x=x)
        check_not_empty(who, "x", x.shape)
        if not np.isfinite(x).all():
            bad = np.argwhere(~np.isfinite(x))
            raise ValueError(message(who, "finite x", f"{len(bad)} NaN or infinite entries, the first in x[{bad[0][0]}]"))
        layers = [self, *(layer for _, layer in walk(self.children()))]
        modes = [(layer.training, layer.caching, layer.cache) for layer in layers]
        self.eval()
        try:
            return np.concatenate([self.forward(x[n:n + batch_size]) for n in range(0, len(x), batch_size)])
        finally:
            for layer, mode in zip(layers, modes):
                layer.training, layer.caching, layer.cache = mode
                layer._passed = None                               # it passed in eval mode

    def summary(self, x_shape):
        """A table of every layer: output shape, parameters, multiply-adds for one image.

        Shapes: x_shape without the batch axis, such as (28, 28, 1). Raises: ShapeError where a layer does not fit.
        """
        return summary(self, x_shape)

    def __getitem__(self, i):
        return self.layers[i]

    def __len__(self):
        return len(self.layers)

    def __repr__(self):
        return "Sequential([\n" + textwrap.indent("".join(f"{layer!r},\n" for layer in self.layers), "    ") + "])"
