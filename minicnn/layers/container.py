"""What Sequential, Residual and Concat share: named layers inside a layer."""

from ..shapes import message
from .layer import Layer


class Container(Layer):
    """What the three containers share: named children, each layer object at most once."""

    def _hold(self, children):
        """Keep the named layers, and refuse what is no layer and a layer object that already stands somewhere here.

        A layer used twice would overwrite its own cache and gradient, so that backward would be silently wrong.
        """
        seen, who = {}, type(self).__name__
        for path, layer in walk(children):
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


def walk(children, prefix=""):
    for name, layer in children.items():
        yield prefix + name, layer
        if isinstance(layer, Layer):
            yield from walk(layer.children(), f"{prefix}{name}.")


def numbered(who, layers):
    layers = list(layers) if isinstance(layers, (list, tuple)) else [layers]
    if not layers:
        raise ValueError(message(who, "at least one layer", "none"))
    return {str(i): layer for i, layer in enumerate(layers)}
