"""Layers that send x into several branches.

If forward sends x into several branches, backward adds the branches' gradients: x influences the loss through each of them.
If forward adds the branches' results, backward gives each branch the whole dy. If forward concatenates them, each branch gets
its own slice of dy.
"""

from collections.abc import Sequence

import numpy as np

from .. import ops
from ..shapes import ShapeError, message, shape_text
from .activations import ReLU
from .container import Container, numbered
from .fusion import GROUPS, ResidualReLU
from .layer import Layer
from .sequential import Sequential


def as_layer(layer):
    """A list of layers as a Sequential; a layer as it is."""
    return Sequential(layer) if isinstance(layer, (list, tuple)) else layer


class Residual(Container):
    """A body and a shortcut around it:  y = body(x) + shortcut(x). If shortcut is None, it is x itself.

    Backward: dx = the gradient through the body + the gradient through the shortcut. A shortcut that is x itself
    returns dy unchanged. This is one reason why the first layers of deep residual networks still learn.

    Shapes: body and shortcut give one shape. A list of layers is taken as a Sequential.
    Raises: ShapeError if the two shapes differ, and what the layers raise.
    Source: He, Zhang, Ren, Sun, 'Deep Residual Learning for Image Recognition', 2015, eq. 1 and 2.
    """

    def __init__(self, body: Layer | Sequence[Layer], shortcut: Layer | Sequence[Layer] | None = None):
        self.body = as_layer(body)
        self.shortcut = None if shortcut is None else as_layer(shortcut)
        self.hold({"body": self.body} | ({} if shortcut is None else {"shortcut": self.shortcut}))

    def forward(self, x):
        return ops.add(*self.both(x))

    def backward(self, dy):
        return self.gradients(dy)

    def both(self, x):
        """body(x) and shortcut(x)."""
        around = x if self.shortcut is None else self.shortcut.forward(x)
        return self.body.forward(x), around

    def gradients(self, dy):
        """dx, from the gradient of the sum."""
        around = dy if self.shortcut is None else self.shortcut.backward(dy)
        return ops.add(self.body.backward(dy), around)

    def output_shape(self, x_shape, who="Residual"):
        y_shape = self.body.output_shape(x_shape, f"{who}.body")
        around = x_shape if self.shortcut is None else self.shortcut.output_shape(x_shape, f"{who}.shortcut")
        if tuple(y_shape) != tuple(around):
            raise ShapeError(message(
                who, f"its body to give the shape of its shortcut, {shape_text(around)}", shape_text(y_shape),
                "a shortcut=Conv2D(..., kernel_size=1) of the body's stride and filters makes them equal"))
        return y_shape

    def trace(self, x, who="Residual"):
        around = x if self.shortcut is None else (yield from self.shortcut.trace(x, f"{who}.shortcut"))
        y = ops.add((yield from self.body.trace(x, f"{who}.body")), around)
        yield who, self, y
        return y

    def __repr__(self):
        return f"Residual({self.body!r}" + (")" if self.shortcut is None else f", shortcut={self.shortcut!r})")


GROUPS[Residual, ReLU] = ResidualReLU                              # here, because fusion.py cannot import this file


class Concat(Container):
    """Branches side by side on one input; their channels are concatenated:  y = [b_0(x), b_1(x), ...].

    Backward: each branch gets the part of dy that belongs to its channels, and the branches' gradients are added.

    Shapes: x (N, ...) -> y (N, ..., sum of the branches' channels); all axes but the last agree.
    Raises: ShapeError if they do not, and what the layers raise.
    Source: Szegedy et al., 'Going Deeper with Convolutions', 2014, figure 2.
    """

    def __init__(self, branches: Sequence[Layer | Sequence[Layer]], *more):
        named = numbered("Concat", branches, more)
        self.hold({name: as_layer(branch) for name, branch in named.items()})
        self.branches = list(self.children().values())

    def forward(self, x):
        parts = [branch.forward(x) for branch in self.branches]
        self.channels = [part.shape[-1] for part in parts]
        return np.concatenate(parts, axis=-1)

    def backward(self, dy):
        parts = np.split(dy, np.cumsum(self.channels)[:-1], axis=-1)
        return sum(branch.backward(part) for branch, part in zip(self.branches, parts))

    def output_shape(self, x_shape, who="Concat"):
        shapes = [branch.output_shape(x_shape, f"{who}[{k}]") for k, branch in enumerate(self.branches)]
        for k, shape in enumerate(shapes):
            if tuple(shape[:-1]) != tuple(shapes[0][:-1]):
                raise ShapeError(message(
                    who, f"branches that agree in all axes but the last: {shape_text(shapes[0])} of branch 0",
                    f"{shape_text(shape)} of branch {k}", 'the same stride, and padding="same", in every branch'))
        return (*shapes[0][:-1], sum(shape[-1] for shape in shapes))

    def trace(self, x, who="Concat"):
        parts = []
        for k, branch in enumerate(self.branches):
            parts.append((yield from branch.trace(x, f"{who}[{k}]")))
        y = np.concatenate(parts, axis=-1)
        yield who, self, y
        return y

    def __repr__(self):
        return f"Concat({self.branches!r})"
