"""The contract of a layer.

    forward(x) -> y        compute, and keep in `self.cache` what backward will need
    backward(dy) -> dx     the chain rule: dL/dy in, dL/dx out; assigns `grad` of the layer's parameters
    output_shape(x_shape, who)   the shape of y, or an error that says what would fit; without it, y is like x

A layer of your own writes these and inherits the rest: parameters, modes, checks. `backward` assigns
gradients, it never adds to older ones, so there is nothing to zero between steps.
"""

import numpy as np

from ..shapes import check_floats, check_not_empty, check_shape, message
from .parameter import Parameter


class Layer:
    """Base of all layers; a stateless layer needs no __init__.

    `training` chooses between the two behaviours of dropout and batch norm; `caching` says whether forward keeps
    what backward needs. `train()` sets both, `eval()` clears both, `eval(cache=True)` clears `training` alone: for a
    gradient with respect to the input, or a frozen batch norm inside a network that learns.
    """

    training = True
    caching = True
    cache = None
    _passed = None                                                 # shape and dtype of the last x that passed check()

    # ---- for a forward pass

    def check(self, x):
        """Raise ShapeError or DtypeError, before anything is computed, unless this layer can take x."""
        if type(x) is np.ndarray and (x.shape, x.dtype) == self._passed:
            return                                                 # as the last time
        who = type(self).__name__
        check_floats(who, x=x)
        self.output_shape(x.shape, who)
        self._passed = x.shape, x.dtype

    def keep(self, y, *needed):
        """What forward assigns to `self.cache`: y's shape, to check dy against, and what backward needs."""
        return (y.shape, *needed) if self.caching else None

    # ---- for a backward pass

    def take(self, dy):
        """What forward kept for backward; it can be taken once.

        Raises: RuntimeError where there is none, ShapeError or DtypeError where dy does not have y's shape.
        """
        who = f"{type(self).__name__}.backward"
        if self.cache is None:
            raise RuntimeError(message(
                who, "a forward pass before it", "none since the last backward" if self.caching else "eval mode",
                "call forward(x) first" if self.caching else "call train(), or eval(cache=True), and forward(x) first"))
        y_shape, *needed = self.cache
        check_floats(who, dy=dy)
        if dy.shape != y_shape:
            check_shape(who, "dy", dy.shape, y_shape, "dy has the shape of the forward pass's y")
        self.cache = None
        return needed

    # ---- what it holds

    def children(self):
        """Name -> layer, for each layer that this one holds as an attribute."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Layer)}

    def parameters(self):
        """Name -> Parameter, in the order of the forward pass; names are stable paths such as '0.w'."""
        return self._named(Parameter)

    def generators(self):
        """Name -> numpy Generator, for layers that draw random numbers."""
        return self._named(np.random.Generator)

    def buffers(self):
        """Name -> array that forward updates and nothing learns (batch norm's running statistics)."""
        return self._named(np.ndarray)

    def _named(self, kind):
        own = {name: value for name, value in vars(self).items() if isinstance(value, kind)}
        inner = {f"{child}.{name}": value
                 for child, layer in self.children().items() for name, value in layer._named(kind).items()}
        return own | inner

    # ---- modes

    def train(self):
        """Training mode, here and in all layers below. Returns the layer."""
        return self._mode(True, True)

    def eval(self, cache=False):
        """Evaluation mode, here and below; nothing is cached unless `cache`. Returns the layer."""
        return self._mode(False, cache)

    def _mode(self, training, caching):
        self.training, self.caching, self.cache, self._passed = training, caching, None, None
        for layer in self.children().values():
            layer._mode(training, caching)
        return self

    # ---- shapes, and a walk for summaries and diagnosis

    def output_shape(self, x_shape, who=None):
        """The shape of y for an x of this shape. `who` is how errors call this layer, its place included."""
        check_not_empty(who or type(self).__name__, "x", x_shape)
        return x_shape

    def child_inputs(self, x_shape):
        """(name, layer, shape of its input) for each child whose input is known: containers say."""
        return ()

    def multiply_adds(self, x_shape):
        """Multiply-and-add operations of one forward pass over x_shape, counting convolutions and products alone."""
        return sum(layer.multiply_adds(shape) for _, layer, shape in self.child_inputs(x_shape))

    def trace(self, x, who=None):
        """A forward pass that yields (place, layer, y) after each layer, inner layers included, and returns y."""
        y = self.forward(x)
        yield who or type(self).__name__, self, y
        return y

    def __repr__(self):
        return f"{type(self).__name__}()"
