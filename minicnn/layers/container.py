"""The base class of Sequential, Residual and Concat: a layer that has named layers inside."""

from ..shapes import message
from .layer import Layer


class Container(Layer):
    """A layer whose children have names. Each layer object may be in it once."""

    def hold(self, children):
        """Keep the named layers. Raise for anything that is not a layer, and for a layer object that is here already.

        A layer that is used twice would overwrite what it saved the first time, and backward would be wrong without an error.
        """
        seen, who = {}, self._who()
        for path, layer in walk(children):
            if not isinstance(layer, Layer):
                fix = "call it: " + layer.__name__ + "(...)" if isinstance(layer, type) else ""
                raise TypeError(message(f"{who}[{path}]", "a layer", repr(layer), fix))
            if id(layer) in seen:
                raise ValueError(message(f"{who}[{path}]", "each layer object once",
                                         f"{layer!r} again, which is also [{seen[id(layer)]}]", "make a second layer"))
            seen[id(layer)] = path
        self._children = children

    def _parts(self):
        return self._children

    def child_inputs(self, x_shape):
        return ((name, layer, x_shape) for name, layer in self.children().items())


def walk(children, prefix=""):
    """(path, layer) of the named layers and of all layers inside them."""
    for name, layer in children.items():
        yield prefix + name, layer
        if isinstance(layer, Layer):
            yield from walk(layer.children(), f"{prefix}{name}.")


def numbered(who, layers):
    """A list of layers as a dict: the names are '0', '1', ..."""
    layers = list(layers) if isinstance(layers, (list, tuple)) else [layers]
    if not layers:
        raise ValueError(message(who, "at least one layer", "none"))
    return {str(i): layer for i, layer in enumerate(layers)}
