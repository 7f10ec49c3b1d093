"""A network is a list of layers. Forward walks it from first to last, backward from last to first."""

import textwrap
from collections.abc import Sequence

import numpy as np

from ..shapes import ShapeError, check_floats, check_not_empty, message, whole
from .container import Container, numbered
from .fusion import fuse
from .layer import Layer
from .summary import summary


class Sequential(Container):
    """Layers one after the other:  y = layer_n(... layer_1(layer_0(x))).

    Backward is the chain rule: each layer takes the gradient of its output and returns the gradient of its input. That input
    is the output of the layer before it.

    Shapes: those of the layers; every layer must accept what the one before it returns.
    Raises: ShapeError, DtypeError before any layer computes; TypeError for anything that is not a layer, ValueError for an
    empty list or for a layer object that is in it twice.
    """

    def __init__(self, layers: Layer | Sequence[Layer], *more):
        self.hold(numbered("Sequential", layers, more))
        self.layers = tuple(self.children().values())
        self.blocks = fuse(self.layers)                            # the same layers; some neighbours compute together

    def forward(self, x):
        for block in self.blocks:
            x = block.forward(x)
        return x

    def backward(self, dy):
        for block in reversed(self.blocks):
            dy = block.backward(dy)
        return dy

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

    def predict(self, x: np.ndarray, batch_size: int = 256) -> np.ndarray:
        """The outputs for x in eval mode, `batch_size` images at a time. Then the model is as it was before the call.

        Shapes: x (N, ...) -> y (N, ...). Raises: ShapeError, DtypeError, ValueError if x holds NaN or infinity.
        """
        who = "Sequential.predict"
        whole(who, "batch_size", batch_size, 1)
        check_floats(who, x=x)
        check_not_empty(who, "x", x.shape)
        if x.ndim == 0:
            raise ShapeError(message(who, "x (N, ...)", "a single number ()"))
        if not np.isfinite(x).all():
            bad = np.argwhere(~np.isfinite(x))
            raise ValueError(message(who, "finite x", f"{len(bad)} NaN or infinite entries, the first in x[{bad[0][0]}]"))
        # eval() drops what a forward pass saved. So all attributes are put back: predict may come between forward and backward.
        before = [(layer, dict(vars(layer))) for layer in self.all_layers()]
        self.eval()
        try:
            return np.concatenate([self.forward(x[n:n + batch_size]) for n in range(0, len(x), batch_size)])
        finally:
            for layer, attributes in before:
                vars(layer).clear()
                vars(layer).update(attributes)

    def summary(self, x_shape: tuple[int, ...]):
        """A table of every layer: output shape, parameters, multiply-adds for one image.

        Shapes: x_shape without the batch axis, such as (28, 28, 1). Raises: ShapeError if a layer does not fit.
        """
        return summary(self, x_shape)

    def all_layers(self):
        """This layer, its layers, and the fused layers."""
        yield from super().all_layers()
        yield from (block for block in self.blocks if block not in self.layers)

    def __getitem__(self, i):
        return self.layers[i]

    def __len__(self):
        return len(self.layers)

    def __repr__(self):
        return "Sequential([\n" + textwrap.indent("".join(f"{layer!r},\n" for layer in self.layers), "    ") + "])"
