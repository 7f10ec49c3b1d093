"""The gradient check on a learner's backward pass."""

import inspect

import numpy as np

from ..gradcheck import check_op
from ..ops import reference
from .faults import Fault
from .results import call_text, check_result

FACTS = ("kernel_size", "stride", "padding", "rate")               # settings that the hints of the gradient check know


def check_gradients(task, name, inputs, forward=None, backward=None, forbid=(), settings=None, rng=0) -> None:
    """Raise a Fault with the gradient check's report unless the learner's backward pass `name` agrees with finite differences.

    inputs: a dict from names to float64 arrays, each of which gets a gradient, in the order in which `name` returns them.
    forward(**inputs) -> y, or a tuple whose first entry is y, is the forward pass (default: the reference of the op; the
    learner's own is task.function(...)). The learner's function gets what the names of its parameters say: dy, an input, a
    setting, `y` from forward, `x_shape`, `mean` and `var` from forward. For other parameters pass
    backward(learned, dy, **inputs), which calls learned(...) and returns the gradients.
    """
    settings = settings or {}
    learned = task.function(name, forbid)
    if forward is None:
        forward = getattr(reference, name.removesuffix("_backward"))
    ahead = only(forward, settings)

    def first(**values):
        y = ahead(**values)
        return y[0] if isinstance(y, tuple) else y

    def back(dy, **values):
        if backward:
            return _named(learned, backward(learned, dy, **values), values, f"{name}({call_text('', values)[1:-1]}, ...)")
        arguments = arguments_of(learned, dy, values, settings, ahead)
        return _named(learned, learned(**arguments), values, call_text(name, arguments))

    y = np.asarray(first(**{key: a.copy() for key, a in inputs.items()}))
    dy = np.random.default_rng(rng).standard_normal(y.shape)
    back(dy, **inputs)                                             # shapes first: their faults are clearer
    report = check_op(first, back, inputs, rng, name, **{key: value for key, value in settings.items() if key in FACTS})
    if not report.ok:
        call = "" if backward else f"\n    the call: {call_text(name, arguments_of(learned, dy, inputs, settings, ahead))}"
        lines = ["analytic is your number, numeric is the difference",
                 *(line for line in report.lines() if not line.startswith("again"))]
        raise Fault(f"{learned.where}: it disagrees with finite differences of the forward pass\n    " +
                    "\n    ".join(lines) + call)


def only(function, settings):
    """function with those of the settings that it takes."""
    taken = {key: value for key, value in settings.items() if key in inspect.signature(_plain(function)).parameters}
    return lambda **values: function(**values, **taken)


def _plain(function):
    return getattr(function, "function", function)


def arguments_of(learned, dy, values, settings, ahead):
    """What a backward pass is called with, by the names of its parameters: dy, an input, a setting, or a result of forward."""
    arguments = {}
    for parameter in inspect.signature(learned.function).parameters.values():
        key = parameter.name
        if key == "dy":
            arguments[key] = dy
        elif key in values:
            arguments[key] = values[key]
        elif key in settings:
            arguments[key] = settings[key]
        elif key == "x_shape":
            arguments[key] = values["x"].shape
        elif key == "y":
            arguments[key] = ahead(**values)
        elif key in ("mean", "var"):
            arguments[key] = ahead(**values)[("y", "mean", "var").index(key)]
        elif parameter.default is parameter.empty:
            raise TypeError(f"check_gradients does not know what to pass as {key} of {learned.name}")
    return arguments


def _named(learned, found, inputs, call):
    """{input: gradient}, each with the shape of its input, or a Fault."""
    if isinstance(found, dict):
        found = tuple(found.get(key) for key in inputs)
    parts = found if isinstance(found, tuple) else (found,)
    if len(parts) != len(inputs):
        wanted = ", ".join(f"d{key}" for key in inputs)
        raise Fault(f"{learned.where} returned {len(parts)} results, expected {len(inputs)}: return {wanted}")
    return {key: check_result(learned.where, f"d{key}", part, inputs[key], call, inputs)
            for key, part in zip(inputs, parts)}
