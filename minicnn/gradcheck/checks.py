"""The public checks, of a pair of functions, of a layer or container, of a loss: each makes a Problem and compares."""

import copy

import numpy as np

from ..layers.protocol import forget
from ..shapes import message, shape_text
from .compare import Problem, check
from .looks import drawn_parameter
from .rule import rule_for

FACTS = ("kernel_size", "stride", "padding", "rate")               # settings that hints know how to use


def check_op(forward, backward, inputs, rng=0, title="", dtype=np.float64, again="", **facts):
    """Check a pair of pure functions:  forward(**inputs) -> y,  backward(dy, **inputs) -> {name: gradient}.

    inputs: name -> float64 array. Every one must get a gradient; every entry is checked, for L = sum(dy * y) with a random
    dy drawn by `rng` (a seed or a Generator). Float32 inputs are refused unless dtype=np.float32: differences then have two
    digits. `facts` such as kernel_size, stride, padding or rate help the hints; `again` is a command that repeats the check.

    Shapes: a gradient has the shape of its input. Returns a Report.
    Raises: ShapeError, DtypeError, and what the functions raise.
    """
    return check(op_problem(forward, backward, inputs, rng, title, dtype, again, **facts))


def op_problem(forward, backward, inputs, rng=0, title="", dtype=np.float64, again="", **facts):
    """What check_op compares."""
    if not inputs:
        raise ValueError(message("check_op", "at least one input", "none", "what is differentiated must be in inputs"))
    rule = rule_for("check_op", dtype, inputs)
    inputs = {name: np.array(array) for name, array in inputs.items()}
    dy = _upstream(rng, forward(**{name: a.copy() for name, a in inputs.items()}), dtype)
    title = title or getattr(forward, "__name__", "op")
    return Problem(title, forward, backward, inputs, dy, rule, facts, alone=True, again=again)


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
    if x is not None:
        rule_for("check_layer", dtype, {"x": x})
    again = again or f"check_layer({' '.join(repr(layer).split())}, {shape_text(x_shape)}, {_seed(rng)})"
    title = repr(layer) + ("" if layer.training else " in eval mode")
    rng = np.random.default_rng(rng)
    forward, backward, values = passes(layer, dtype)
    drawn = ("x",) if x is None else ()
    x = rng.standard_normal(x_shape).astype(dtype) if x is None else np.array(x)
    values = _drawn(values, x, forward, rng)
    inputs = {"x": x} | values
    dy = _upstream(rng, forward(**{name: a.copy() for name, a in inputs.items()}), dtype)
    facts = {name: value for name, value in vars(layer).items() if name in FACTS}
    return Problem(title, forward, backward, inputs, dy, rule_for("check_layer", dtype, inputs), facts,
                   alone=not layer.children(), again=again, drawn=drawn, parameters=tuple(values))


def _drawn(values, x, forward, rng):
    """Parameters at drawn values: at the ones and zeros they start with, a forgotten factor or term would not show."""
    drawn = {name: drawn_parameter(value, rng) for name, value in values.items()}
    with np.errstate(all="ignore"):
        return drawn if np.isfinite(forward(x.copy(), **drawn)).all() else values


def check_loss(loss, logits, labels, dtype=np.float64, again="", **settings):
    """Check loss(logits, labels, **settings) -> (loss, dlogits) at every entry of the logits.

    Shapes: logits and labels as the loss takes them. Returns a Report.
    Raises: ShapeError, DtypeError.
    """
    return check(loss_problem(loss, logits, labels, dtype, again, **settings))


def loss_problem(loss, logits, labels, dtype=np.float64, again="", **settings):
    """What check_loss compares."""
    rule = rule_for("check_loss", dtype, {"logits": logits})
    title = f"{loss.__name__}({', '.join(settings)})"
    return Problem(
        title, lambda logits: np.array(loss(logits, labels, **settings)[0], dtype),
        lambda dy, logits: {"logits": loss(logits, labels, **settings)[1]}, {"logits": np.array(logits)}, np.ones((), dtype),
        rule, {}, linear=False, again=again)


def passes(layer, dtype):
    """forward(x, **parameters) and backward(dy, x, **parameters) of a copy of a layer, and its parameters: name -> array.

    As pure as functions: generators and running statistics are put back to where they stood before each pass.
    """
    layer = _copied(layer, dtype)
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
        for holder, name, array in statistics:                     # a new array: a layer may keep its x here
            setattr(holder, name, array.copy())
        return np.array(layer.forward(x))

    def backward(dy, x, **values):
        forward(x, **values)
        return {"x": layer.backward(dy)} | {name: p.grad for name, p in parameters.items()}

    return forward, backward, {name: p.value.copy() for name, p in parameters.items()}


def _copied(layer, dtype):
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


def _upstream(rng, y, dtype):
    return np.random.default_rng(rng).standard_normal(np.shape(y)).astype(dtype)


def _seed(rng):
    return "rng=" + (repr(rng) if isinstance(rng, int) else "the same rng")
