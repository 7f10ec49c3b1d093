"""Layers that send x into several branches."""

import numpy as np

from ..shapes import ShapeError, message, shape_text
from .container import Container, numbered
from .sequential import Sequential


def as_layer(layer):
    return Sequential(layer) if isinstance(layer, (list, tuple)) else layer


class Residual(Container):
    """A body with a way around it:  y = body(x) + shortcut(x), the shortcut being x itself if None.

    Backward: dx = dL/dx through the body + dL/dx through the shortcut. The sum is why gradients do not vanish.

    Shapes: body and shortcut give one shape. A list of layers is taken as a Sequential.
    Raises: ShapeError where the two shapes differ, and what the layers raise.
    Source: He, Zhang, Ren, Sun, 'Deep Residual Learning for Image Recognition', 2015, eq. 1 and 2.
    """

    def __init__(self, body, shortcut=None):
        self.body = as_layer(body)
        self.shortcut = None if shortcut is None else as_layer(shortcut)
        self._hold({"body": self.body} | ({} if shortcut is None else {"shortcut": self.shortcut}))

    def forward(self, x):
        self.check(x)
        around = x if self.shortcut is None else self.shortcut.forward(x)
        return self.body.forward(x) + around

    def backward(self, dy):
        around = dy if self.shortcut is None else self.shortcut.backward(dy)
        return self.body.backward(dy) + around

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
        y = (yield from self.body.trace(x, f"{who}.body")) + around
        yield who, self, y
        return y

    def __repr__(self):
        return f"Residual({self.body!r}" + (")" if self.shortcut is None else f", shortcut={self.shortcut!r})")


class Concat(Container):
    """Branches side by side on one input, their channels put behind each other:  y = [b_0(x), b_1(x), ...].

    Backward: dy is cut into each branch's channels, and what the branches send back is summed.

    Shapes: x (N, ...) -> y (N, ..., sum of the branches' channels); all axes but the last agree.
    Raises: ShapeError where they do not, and what the layers raise.
    Source: Szegedy et al., 'Going Deeper with Convolutions', 2014, figure 2.
    """

    def __init__(self, branches):
        named = numbered("Concat", branches)
        self._hold({name: as_layer(branch) for name, branch in named.items()})
        self.branches = list(self.children().values())

    def forward(self, x):
        self.check(x)
        parts = [branch.forward(x) for branch in self.branches]
        self.cache = self.keep(y := np.concatenate(parts, axis=-1), [part.shape[-1] for part in parts])
        return y

    def backward(self, dy):
        channels, = self.take(dy)
        parts = np.split(dy, np.cumsum(channels)[:-1], axis=-1)
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
