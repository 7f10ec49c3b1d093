"""Where NaN or infinity first appears in a network, and in what an optimizer remembers."""

import copy

import numpy as np

from ..layers.layer import check_is_layer
from ..shapes import NonFiniteError, check_floats, message


def first_nonfinite(model, x: np.ndarray) -> str | None:
    """The place where NaN or infinity first appears on the way from x through the model, as a sentence; or None.

    Looks at x, then at the parameters, then at the output of each layer. Works on a copy: the model is not changed.

    Shapes: x as the model takes it.
    """
    check_is_layer("first_nonfinite", model)
    check_floats("first_nonfinite", x=x)
    if not np.isfinite(x).all():
        return f"the input x: {_count(x)}"
    for name, parameter in model.parameters().items():
        if not np.isfinite(parameter.value).all():
            return f"parameter {name}: {_count(parameter.value)} (an earlier step put them there)"
    with np.errstate(all="ignore"):
        for place, layer, y in copy.deepcopy(model).trace(x):
            if not np.isfinite(y).all():
                return f"the output of {place}: {_count(y)}"
    return None


def check_finite(model, optimizer):
    """Raise NonFiniteError if a parameter or an array that the optimizer remembers holds NaN or infinity.

    The loss does not show this: if Adam's v is infinite, the step is 0, so the weight never changes again.
    """
    parameters = {f"parameter {name}": p.value for name, p in model.parameters().items()}
    for name, array in {**parameters, **optimizer.state()}.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise NonFiniteError(message("training", f"finite numbers in {name} after the step of {type(optimizer).__name__}",
                                         _count(array), "the learning rate is too high"))


def _count(array):
    bad = ~np.isfinite(array)
    return f"{bad.sum()} of {array.size} entries are NaN or infinite, the first at {np.argwhere(bad)[0].tolist()}"
