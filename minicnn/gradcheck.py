"""Believe no derivative that was not compared with a finite difference.

The upstream gradient dy is random, and what is differentiated is  L = sum(dy * y).  For every entry of the input and
of each parameter, one at a time and in float64, the central difference

    D(h) = (L(x + h) - L(x - h)) / (2 h) = L'(x) + O(h**2)

is taken twice, and  numeric = (4 D(h/2) - D(h)) / 3  cancels the h**2 term (Richardson). With h = 1e-4 * max(1, |x|)
that leaves an error of about h**4 = 1e-16 from truncation and 1e-16 / h = 1e-12 from rounding.

The relative error of an entry is |analytic - numeric| / max(|analytic|, |numeric|, floor), where the floor is a
thousandth of the largest |numeric| of the array: the rounding in L has L's size, not the entry's. All numeric
gradients zero, or one not finite, is a failure: such a check would prove nothing.

A kink (a ReLU's 0, two pixels that tie for a maximum) has no derivative. For a smooth L the bend, the right slope less
the left slope, is proportional to h; where halving h does not halve it there is a kink in reach, and h is divided by
ten, up to three times. An entry that still bends is counted, and any value between its two slopes is right; many of
them are a failure.

What is given to the passes is read-only: one that writes to x, dy or a parameter is stopped by an error of NumPy's.
"""

import copy
import math
from typing import NamedTuple

import numpy as np

from .shapes import check_floats

TOLERANCE = 1e-6
STEP = 1e-4
KINKS_ALLOWED = 0.01


class Row(NamedTuple):
    """The verdict on one array: its largest relative error, where, and both gradients there."""

    name: str
    shape: tuple
    error: float
    worst: tuple
    analytic: float
    numeric: float
    kinks: int
    problem: str

    @property
    def ok(self):
        return not self.problem

    @property
    def size(self):
        return math.prod(self.shape)


class Report:
    """What a check found: `.ok`, `.rows`, and str() of it a table."""

    def __init__(self, title, rows):
        self.title, self.rows = title, rows

    @property
    def ok(self):
        return all(row.ok for row in self.rows)

    @property
    def error(self):
        """The largest relative error of all arrays."""
        return max(row.error for row in self.rows)

    def lines(self):
        """A line per array, and one more for each that failed."""
        for row in self.rows:
            kinks = f", {row.kinks} kinks" if row.kinks else ""
            yield f"d{row.name:<16} {row.shape!s:<18} relative error {row.error:.1e}{kinks}"
            if row.problem:
                yield (f"  {row.problem}; worst at {row.worst}: analytic {row.analytic:.9g}, "
                       f"numeric {row.numeric:.9g}")

    def __str__(self):
        return "\n     ".join([f"{'ok  ' if self.ok else 'FAIL'} {self.title}", *self.lines()])

    __repr__ = __str__


def check_op(forward, backward, inputs, rng=None, title="", tolerance=TOLERANCE, step=STEP):
    """Check a pair of pure functions:  forward(**inputs) -> y,  backward(dy, **inputs) -> {name: gradient}.

    inputs: name -> float64 array, read-only to both functions. Every one must get a gradient; every entry is checked.
    Shapes: a gradient has the shape of its input.
    Raises: ShapeError, DtypeError, and what the functions raise.
    """
    check_floats("check_op", **inputs)
    rng = np.random.default_rng(rng)
    inputs = {name: _frozen(np.array(array, np.float64)) for name, array in inputs.items()}
    dy = _frozen(rng.standard_normal(np.shape(forward(**inputs))))
    return _report(title or getattr(forward, "__name__", "op"), forward, inputs, dy, backward(dy, **inputs), tolerance, step)


def check_layer(layer, x_shape, rng=None, x=None, tolerance=TOLERANCE, step=STEP):
    """Check a layer or a container: the gradient of its input and of each parameter apart, every entry.

    Works on a float64 copy: the layer stays as it is. Random masks are frozen by drawing them from the same state
    each time. x is drawn (normal numbers) unless given. In eval mode the eval formulas are checked.

    Shapes: x_shape with the batch axis, such as (2, 5, 6, 3).
    Raises: ShapeError, DtypeError.
    """
    rng = np.random.default_rng(rng)
    layer = _in_float64(layer)
    parameters, buffers = layer.parameters(), layer.buffers()
    generators = [(g, g.bit_generator.state) for g in layer.generators().values()]
    statistics = {name: array.copy() for name, array in buffers.items()}

    def forward(x, **values):
        for name, value in values.items():
            parameters[name].value = value
        for generator, state in generators:
            generator.bit_generator.state = state
        for name, array in layer.buffers().items():
            array[...] = statistics[name]
        return layer.forward(x)

    inputs = {"x": _frozen(rng.standard_normal(x_shape) if x is None else np.array(x, np.float64))}
    inputs |= {name: _frozen(p.value) for name, p in parameters.items()}
    dy = _frozen(rng.standard_normal(forward(**inputs).shape))
    gradients = {"x": layer.backward(dy)} | {name: p.grad for name, p in parameters.items()}
    title = repr(layer) + ("" if layer.training else " in eval mode")
    return _report(title, forward, inputs, dy, gradients, tolerance, step)


def check_loss(loss, logits, labels, tolerance=TOLERANCE, step=STEP, **settings):
    """Check loss(logits, labels, **settings) -> (loss, dlogits) at every entry of the logits.

    Shapes: logits and labels as the loss takes them.
    Raises: ShapeError, DtypeError.
    """
    check_floats("check_loss", logits=logits)
    inputs = {"logits": _frozen(np.array(logits, np.float64))}
    gradients = {"logits": loss(inputs["logits"], labels, **settings)[1]}
    title = f"{loss.__name__}({', '.join(settings)})"
    return _report(title, lambda logits: np.array(loss(logits, labels, **settings)[0]), inputs, np.ones(()), gradients,
                   tolerance, step)


def _in_float64(layer):
    layer = copy.deepcopy(layer)
    for p in layer.parameters().values():
        p.value = p.value.astype(np.float64)
    for holder in _walk(layer):
        for name, value in vars(holder).items():
            if isinstance(value, np.ndarray) and value.dtype.kind == "f":
                setattr(holder, name, value.astype(np.float64))
    if not layer.caching:
        layer.eval(cache=True)
    return layer


def _walk(layer):
    yield layer
    for child in layer.children().values():
        yield from _walk(child)


def _frozen(array):
    """The array, read-only: a forward or backward pass that writes to what it is given is stopped by NumPy."""
    array.flags.writeable = False
    return array


def _report(title, forward, inputs, dy, gradients, tolerance, step):
    return Report(title, [_row(name, forward, inputs, dy, gradients.get(name), tolerance, step) for name in inputs])


def _row(name, forward, inputs, dy, analytic, tolerance, step):
    x = inputs[name]
    if analytic is None or np.shape(analytic) != x.shape:
        got = "none" if analytic is None else np.shape(analytic)
        problem = f"expected a gradient of shape {x.shape}, got {got}"
        return Row(name, x.shape, np.inf, (), np.nan, np.nan, 0, problem)
    numeric, kinks, noise, bend = numeric_gradient(lambda value: forward(**{**inputs, name: value}), x, dy, step)
    smooth = ~kinks
    scale = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), 1e-3 * np.abs(numeric[smooth]).max(initial=0))
    beyond = np.abs(analytic - numeric) - np.where(smooth, 0, np.abs(bend) / 2)      # at a kink: outside of both slopes
    error = np.maximum(beyond, 0) / np.where(scale > 0, scale, 1)
    worst = np.unravel_index(np.argmax(np.where(np.isnan(error), np.inf, error)), x.shape)
    problem = ""
    if not (np.isfinite(numeric).all() and np.isfinite(analytic).all()):
        problem = "a gradient is not finite"
    elif (np.abs(numeric[smooth]) <= noise[smooth]).all():
        problem = "all numeric gradients are zero, so nothing was checked: y does not depend on it (a bias before batch norm?)"
    elif error[worst] > tolerance:
        problem = f"{(error > tolerance).sum()} of {x.size} entries differ by more than {tolerance:g}"
    elif kinks.sum() > max(KINKS_ALLOWED * x.size, 1):
        problem = f"{kinks.sum()} of {x.size} entries stand on a kink"
    return Row(name, x.shape, float(error[worst]), tuple(int(i) for i in worst), float(analytic[worst]),
               float(numeric[worst]), int(kinks.sum()), problem)


def numeric_gradient(forward, x, dy, step=STEP):
    """The gradient of sum(dy * forward(x)) by differences at every entry of x; which entries stand on a kink; the rounding;
    and the bend, right slope less left slope.

    Outputs are subtracted before they are summed, so that those which do not depend on the entry cancel exactly.
    """
    numeric, noise, bend = np.zeros(x.shape), np.zeros(x.shape), np.zeros(x.shape)
    kinks = np.zeros(x.shape, bool)
    middle = forward(x)
    for index in np.ndindex(x.shape):
        for shrink in (1, 10, 100, 1000):
            h = step * max(1.0, abs(x[index])) / shrink
            slope, bend[index], noise[index] = _differences(forward, x, index, dy, middle, h)
            slope_half, bend_half, _ = _differences(forward, x, index, dy, middle, h / 2)
            numeric[index] = (4 * slope_half - slope) / 3
            kinks[index] = abs(bend[index] - 2 * bend_half) > 1e-7 * abs(slope) + noise[index]
            if not kinks[index]:
                break
    return numeric, kinks, noise, bend


def _differences(forward, x, index, dy, middle, h):
    """The central slope of L at one entry, the right slope less the left slope, and the rounding in them."""
    right, left = forward(_moved(x, index, h)), forward(_moved(x, index, -h))
    moved = (right != middle) | (left != middle)
    noise = 16 * np.finfo(float).eps * np.abs(dy * middle * moved).sum() / h
    return (dy * (right - left)).sum() / (2 * h), (dy * (right - 2 * middle + left)).sum() / h, noise


def _moved(x, index, h):
    x = x.copy()
    x[index] += h
    return x
