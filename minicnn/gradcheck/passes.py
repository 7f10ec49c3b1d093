"""An op, a layer or a loss as two pure functions: forward(**inputs) -> y,  backward(dy, **inputs) -> {name: gradient}."""

import copy

import numpy as np

from ..layers.protocol import forget
from ..shapes import DtypeError, message


def real(who, what, value):
    """`value` as it is, or a DtypeError: `what` (forward or backward) has to return an array of real numbers."""
    try:
        fits = not isinstance(value, tuple) and np.asarray(value).dtype.kind in "fiub"
    except ValueError:                                             # a list of unlike things
        fits = False
    if not fits:
        got = str(value.dtype) if hasattr(value, "dtype") else type(value).__name__
        fix = "check one of its results, such as lambda x: forward(x)[0]" if isinstance(value, tuple) else ""
        raise DtypeError(message(who, f"{what} to return an array of real numbers", got, fix))
    return value


def op_backward(backward, names):
    """A backward that returns a dict. One that returns a tuple in the order of the inputs, as minicnn.ops does, gets names."""
    def named(dy, **inputs):
        gradients = backward(dy, **inputs)
        if isinstance(gradients, dict):
            return {name: None if g is None else real("check_op", "backward", g) for name, g in gradients.items()}
        parts = gradients if isinstance(gradients, (tuple, list)) else (gradients,)
        numbers = all(part is None or isinstance(part, (np.ndarray, np.generic, float)) for part in parts)
        if len(parts) != len(names) or not numbers:
            got = f"{len(parts)} values" if isinstance(gradients, (tuple, list)) else type(gradients).__name__
            raise TypeError(message("check_op", f"backward to return a dict with the gradients of {', '.join(names)}", got,
                                    "such as {'x': dx}; a tuple has to hold one gradient for each input, in their order"))
        return dict(zip(names, parts))
    return named


def loss_passes(loss, labels, settings, dtype):
    """forward(logits) -> loss and backward(dy, logits) -> {"logits": dlogits} of a loss that returns both."""
    def both(logits):
        result = loss(logits, labels, **settings)
        if not (isinstance(result, tuple) and len(result) == 2):
            got = f"{len(result)} values" if isinstance(result, tuple) else type(result).__name__
            raise TypeError(message("check_loss", f"{name_of(loss)} to return (loss, dlogits)", got,
                                    "the loss and its gradient with respect to the logits"))
        if np.size(result[0]) != 1:
            raise TypeError(message("check_loss", f"{name_of(loss)} to return one number and dlogits",
                                    f"a loss of shape {np.shape(result[0])}", "take the mean over the batch"))
        return np.array(result[0], dtype).reshape(()), result[1]

    return lambda logits: both(logits)[0], lambda dy, logits: {"logits": both(logits)[1]}


def name_of(function):
    """The name of a function, of a partial's function, or of the class of a callable object."""
    function = getattr(function, "func", function)
    return getattr(function, "__name__", type(function).__name__)


def passes(layer, dtype):
    """forward(x, **parameters) and backward(dy, x, **parameters) of a copy of a layer, and its parameters: name -> array.

    As pure as functions: generators and running statistics are put back to where they stood before each pass.
    """
    layer = copied(layer, dtype)
    parameters = {}
    for name, p in layer.parameters().items():                     # one that stands in two places is one parameter
        if not any(p is other for other in parameters.values()):
            parameters[name] = p
    generators = [(g, g.bit_generator.state) for g in layer.generators().values()]
    statistics = [(holder, name, array.copy()) for holder in layer.all_layers()
                  for name, array in vars(holder).items() if isinstance(array, np.ndarray)]

    def forward(x, **values):
        for name, value in values.items():
            parameters[name].value = value
        for generator, state in generators:
            generator.bit_generator.state = state
        for holder, name, array in statistics:                     # a new array: a layer may save its x here
            setattr(holder, name, array.copy())
        return np.array(layer.forward(x))

    def backward(dy, x, **values):
        forward(x, **values)
        return {"x": real("check_layer", "backward", layer.backward(dy))} | {name: p.grad for name, p in parameters.items()}

    return forward, backward, {name: p.value.copy() for name, p in parameters.items()}


def copied(layer, dtype):
    """A copy of a layer in another dtype, without what earlier passes saved."""
    layer = copy.deepcopy(layer)
    for holder in layer.all_layers():
        forget(holder)                                             # arrays of an earlier pass are of no use here
        holder.caching = True
    for p in layer.parameters().values():
        p.value = p.value.astype(dtype)
    for holder in layer.all_layers():
        for name, value in vars(holder).items():
            if isinstance(value, np.ndarray) and value.dtype.kind == "f":
                setattr(holder, name, value.astype(dtype))
    return layer
