"""The public checks, of a pair of functions, of a layer or container, of a loss: each makes a Problem and compares."""

import numpy as np

from ..layers.container import Container
from ..layers.layer import Layer, check_is_layer
from ..ops.checks import float_type, generator
from ..shapes import DtypeError, check_not_empty, message, shape_text, shown
from .arrays import unchecked_arrays
from .compare import check
from .evidence import Hint
from .looks import drawn_parameter
from .passes import loss_passes, name_of, op_backward, passes, real
from .problem import Problem
from .rule import rule_for

FACTS = ("kernel_size", "stride", "padding", "rate")               # settings that hints know how to use


def check_op(forward, backward, inputs, rng=0, title="", dtype=np.float64, again="", **facts):
    """Check a pair of pure functions:  forward(**inputs) -> y,  backward(dy, **inputs) -> {name: gradient}.

    backward may also return a tuple of gradients in the order of the inputs, as the functions of minicnn.ops do.

    inputs: name -> float64 array. Every one must get a gradient; every entry is checked, for L = sum(dy * y) with a random
    dy drawn by `rng` (a seed or a Generator). Float32 inputs are refused unless dtype=np.float32: differences then have two
    digits. `facts` such as kernel_size, stride, padding or rate help the hints; `again` is a command that repeats the check.

    Shapes: a gradient has the shape of its input. Returns a Report.
    Raises: ShapeError, DtypeError, TypeError (backward returns something else), and what the functions raise.
    """
    return check(op_problem(forward, backward, inputs, rng, title, dtype, again, **facts))


def op_problem(forward, backward, inputs, rng=0, title="", dtype=np.float64, again="", **facts):
    """What check_op compares."""
    if not (callable(forward) and callable(backward)):
        got = f"{type(forward).__name__} and {type(backward).__name__}"
        raise TypeError(message("check_op", "two functions, forward and backward", got))
    if not isinstance(inputs, dict):
        raise DtypeError(message("check_op", "inputs, a dict of name -> array", type(inputs).__name__))
    if not all(isinstance(name, str) for name in inputs):
        raise DtypeError(message("check_op", "names of inputs, such as 'x'", shown(list(inputs))))
    if not inputs:
        raise ValueError(message("check_op", "at least one input", "none", "what is differentiated must be in inputs"))
    rule = rule_for("check_op", dtype, inputs)
    for name, array in inputs.items():
        check_not_empty("check_op", name, array.shape)
    inputs = {name: np.array(array) for name, array in inputs.items()}
    rng = generator("check_op", rng)
    dy = _upstream(rng, real("check_op", "forward", forward(**{name: a.copy() for name, a in inputs.items()})), dtype)
    backward = op_backward(backward, tuple(inputs))
    return Problem(title or name_of(forward), forward, backward, inputs, dy, rule, facts, alone=True, again=again)


def check_layer(layer, x_shape, rng=0, x=None, dtype=np.float64, again=""):
    """Check a layer or a container: the gradient of its input and of each parameter apart, every entry.

    Works on a copy in float64: the layer stays as it is. Random masks are frozen by drawing them from the same state
    each time. x is drawn (normal numbers) unless given; dy is drawn too. In eval mode the eval formulas are checked.

    Shapes: x_shape with the batch axis, such as (2, 5, 6, 3). Returns a Report.
    Raises: ShapeError, DtypeError (also for a float32 x, unless dtype=np.float32).
    """
    return check(layer_problem(layer, x_shape, rng, x, dtype, again))


def layer_problem(layer, x_shape, rng=0, x=None, dtype=np.float64, again=""):
    """What check_layer compares."""
    check_is_layer("check_layer", layer)
    check_not_empty("check_layer", "x", x_shape)
    dtype = float_type("check_layer", dtype)
    if x is not None:
        rule_for("check_layer", dtype, {"x": x})
    again = again or f"check_layer({' '.join(repr(layer).split())}, {shape_text(x_shape)}, {_seed(rng)})"
    title = repr(layer) + ("" if layer.training else " in eval mode")
    rng = generator("check_layer", rng)
    forward, backward, values = passes(layer, dtype)
    drawn = ("x",) if x is None else ()
    x = rng.standard_normal(x_shape).astype(dtype) if x is None else np.array(x)
    values = _drawn(values, x, forward, rng)
    inputs = {"x": x} | values
    y = real("check_layer", "forward", forward(**{name: a.copy() for name, a in inputs.items()}))
    dy = _upstream(rng, y, dtype)
    mismatch = _output_shape(layer, x.shape, y.shape)
    declared = type(layer).output_shape is not Layer.output_shape  # if it is Layer's, the gradients may still be right
    also = (*unchecked_arrays(layer, x), *([Hint("output_shape", mismatch)] if mismatch and declared else []))
    facts = {name: value for name, value in vars(layer).items() if name in FACTS}
    return Problem(title, forward, backward, inputs, dy, rule_for("check_layer", dtype, inputs), facts,
                   alone=not layer.children(), again=again, drawn=drawn, parameters=tuple(values), also=also,
                   note="" if declared else mismatch)


def _output_shape(layer, x_shape, y_shape):
    """A sentence if output_shape says another shape than forward returns: a Sequential would compute with the wrong one."""
    if isinstance(layer, Container):                               # it asks its layers
        return ""
    said = layer.output_shape(x_shape)
    if isinstance(said, (tuple, list)) and tuple(said) == y_shape:
        return ""
    return (f"forward makes y {shape_text(y_shape)} of x {shape_text(x_shape)}, and output_shape says {shown(said)}: define "
            f"output_shape(self, x_shape, who=None) in {type(layer).__name__}, or a Sequential with it will reject its y")


def _drawn(values, x, forward, rng):
    """Parameters at drawn values: at the ones and zeros they start with, a forgotten factor or term would not show."""
    drawn = {name: drawn_parameter(value, rng) for name, value in values.items()}
    with np.errstate(all="ignore"):
        return drawn if np.isfinite(forward(x.copy(), **drawn)).all() else values


def check_loss(loss, logits, labels, dtype=np.float64, again="", **settings):
    """Check loss(logits, labels, **settings) -> (loss, dlogits) at every entry of the logits. `loss` is anything callable.

    Shapes: logits and labels as the loss takes them. Returns a Report.
    Raises: ShapeError, DtypeError, TypeError (the loss returns something else), and what the loss raises.
    """
    return check(loss_problem(loss, logits, labels, dtype, again, **settings))


def loss_problem(loss, logits, labels, dtype=np.float64, again="", **settings):
    """What check_loss compares."""
    if not callable(loss):
        raise TypeError(message("check_loss", "a loss, a function of logits and labels", type(loss).__name__))
    if getattr(logits, "dtype", np.dtype(float)).kind in "iub":
        raise DtypeError(message("check_loss", "logits of float64", f"{logits.dtype} {shape_text(np.shape(logits))}",
                                 "the order is check_loss(loss, logits, labels)"))
    rule = rule_for("check_loss", dtype, {"logits": logits})
    check_not_empty("check_loss", "logits", logits.shape)
    forward, backward = loss_passes(loss, labels, settings, dtype)
    facts = {"labels": labels} if isinstance(labels, np.ndarray) else {}
    return Problem(f"{name_of(loss)}({', '.join(settings)})", forward, backward, {"logits": np.array(logits)},
                   np.ones((), dtype), rule, facts, linear=False, again=again)


def _upstream(rng, y, dtype):
    return np.random.default_rng(rng).standard_normal(np.shape(y)).astype(dtype)


def _seed(rng):
    return "rng=" + (repr(rng) if isinstance(rng, int) else "the same rng")
