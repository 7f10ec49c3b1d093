"""Arrays that a layer's forward pass reads and that nobody checks, because they are no Parameters.

A weight in a plain NumPy array gets no gradient, no optimizer changes it, and a check of the parameters passes. An array that
never changes, or that forward updates (running statistics), is declared in the class: `constant_names`, `buffer_names`.
"""

import numpy as np

from ..shapes import shape_text
from .evidence import Hint
from .passes import copied


def unchecked_arrays(layer, x):
    """A Hint for each float array that forward reads, in training or in eval mode, and that is declared nowhere."""
    for route, path in list(_undeclared(layer)):
        if any(_reads(layer, route, path, x, training) for training in (layer.training, not layer.training)):
            holder = _at(layer, route)
            array, name = holder.buffers()[path], ".".join((*route, path))
            yield Hint("raw array", f"forward reads the array {name} {shape_text(array.shape)}, which is no Parameter: its "
                                    "gradient is not checked, and no optimizer changes it. Make it a Parameter, or name it in "
                                    f"{type(holder).__name__}.constant_names (in buffer_names if forward updates it)")


def _undeclared(layer, route=()):
    """(names of the layers on the way, path of the array in the last of them) of each float array that is not declared."""
    children, declared = layer.children(), {*layer.buffer_names, *layer.constant_names}
    theirs = {id(array) for child in children.values() for array in child.buffers().values()}
    for path, array in layer.buffers().items():
        if array.dtype.kind == "f" and array.size and id(array) not in theirs and path.split(".")[0] not in declared:
            yield route, path
    for name, child in children.items():
        yield from _undeclared(child, (*route, name))


def _at(layer, route):
    for name in route:
        layer = layer.children()[name]
    return layer


def _reads(layer, route, path, x, training):
    """Whether y changes when the array changes."""
    results = []
    for change in (False, True):
        twin = copied(layer, x.dtype)
        for each in twin.all_layers():
            each.training = training
        if change:
            array = _at(twin, route).buffers()[path]
            array.flags.writeable = True
            array += 0.37 * array + 0.1
        try:
            with np.errstate(all="ignore"):
                results.append(np.array(twin.forward(x.copy())))
        except Exception:                                          # forward cannot run in this mode, or refuses the new values
            return change
    return not np.array_equal(*results, equal_nan=True)
