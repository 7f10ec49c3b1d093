"""Layers made of layers. A network is a list walked forward, then walked back; seeing that order is the lesson.

Where the road forks forward (Residual, Concat), the gradients of the branches are summed backward; where branches
join forward, the gradient is handed to each backward.
"""

import textwrap

import numpy as np

from .fusion import backward_steps, forward_steps
from .layers import Conv2D, Dense, Layer
from .shapes import ShapeError, check_floats, check_not_empty, message, shape_text, whole
from .summary import summary


class _Container(Layer):
    """What the three containers share: named children, each layer object at most once."""

    def _hold(self, children):
        """Keep the named layers, and refuse what is no layer and a layer object that already stands somewhere here.

        A layer used twice would overwrite its own cache and gradient, so that backward would be silently wrong.
        """
        seen, who = {}, type(self).__name__
        for path, layer in _walk(children):
            if not isinstance(layer, Layer):
                fix = "call it: " + layer.__name__ + "(...)" if isinstance(layer, type) else ""
                raise TypeError(message(f"{who}[{path}]", "a layer", repr(layer), fix))
            if id(layer) in seen:
                raise ValueError(message(f"{who}[{path}]", "each layer object once",
                                         f"{layer!r} again, which is also [{seen[id(layer)]}]", "make a second layer"))
            seen[id(layer)] = path
        self._children = children

    def children(self):
        return self._children

    def child_inputs(self, x_shape):
        return ((name, layer, x_shape) for name, layer in self.children().items())


def _walk(children, prefix=""):
    for name, layer in children.items():
        yield prefix + name, layer
        if isinstance(layer, Layer):
            yield from _walk(layer.children(), f"{prefix}{name}.")


def _one(layer):
    return Sequential(layer) if isinstance(layer, (list, tuple)) else layer


def _numbered(who, layers):
    layers = list(layers) if isinstance(layers, (list, tuple)) else [layers]
    if not layers:
        raise ValueError(message(who, "at least one layer", "none"))
    return {str(i): layer for i, layer in enumerate(layers)}


class Sequential(_Container):
    """Layers one after the other:  y = layer_n(... layer_1(layer_0(x))).

    Shapes: those of the layers; every layer must take what the one before it gives.
    Raises: ShapeError, DtypeError before any layer computes; TypeError for what is no layer, ValueError for an empty
    list or a layer object that stands in it twice.
    """

    def __init__(self, layers):
        self._hold(_numbered("Sequential", layers))
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
        layers = [self, *(layer for _, layer in _walk(self.children()))]
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


class Residual(_Container):
    """A body with a way around it:  y = body(x) + shortcut(x), the shortcut being x itself if None.

    Backward: dx = dL/dx through the body + dL/dx through the shortcut. The sum is why gradients do not vanish.

    Shapes: body and shortcut give one shape. A list of layers is taken as a Sequential.
    Raises: ShapeError where the two shapes differ, and what the layers raise.
    Source: He, Zhang, Ren, Sun, 'Deep Residual Learning for Image Recognition', 2015, eq. 1 and 2.
    """

    def __init__(self, body, shortcut=None):
        self.body = _one(body)
        self.shortcut = None if shortcut is None else _one(shortcut)
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


class Concat(_Container):
    """Branches side by side on one input, their channels put behind each other:  y = [b_0(x), b_1(x), ...].

    Backward: dy is cut into each branch's channels, and what the branches send back is summed.

    Shapes: x (N, ...) -> y (N, ..., sum of the branches' channels); all axes but the last agree.
    Raises: ShapeError where they do not, and what the layers raise.
    Source: Szegedy et al., 'Going Deeper with Convolutions', 2014, figure 2.
    """

    def __init__(self, branches):
        named = _numbered("Concat", branches)
        self._hold({name: _one(branch) for name, branch in named.items()})
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
