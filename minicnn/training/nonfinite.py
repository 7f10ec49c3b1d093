"""Where numbers went bad."""

import copy

import numpy as np


def first_nonfinite(model, x):
    """The place where NaN or infinity first appears on the way from x through the model, as a sentence; or None.

    Looks at x, then layer by layer at the parameters and the output. Works on a copy: the model stays as it is.

    Shapes: x as the model takes it.
    """
    if not np.isfinite(x).all():
        return f"the input x: {_count(x)}"
    for name, parameter in model.parameters().items():
        if not np.isfinite(parameter.value).all():
            return f"parameter {name}: {_count(parameter.value)} (an earlier step spoilt it)"
    with np.errstate(all="ignore"):
        for place, layer, y in copy.deepcopy(model).trace(x):
            if not np.isfinite(y).all():
                return f"the output of {place}: {_count(y)}"
    return None


def _count(array):
    bad = ~np.isfinite(array)
    return f"{bad.sum()} of {array.size} entries are NaN or infinite, the first at {np.argwhere(bad)[0].tolist()}"
