"""Fast mode, for whole networks: differences along random directions, and where they fail, a search for the culprit.

Along a direction v through all inputs and parameters together, two forward passes give  dL/dt = sum(dy * dy/dt), and
backward gives the same number as  <gradient, v>.  One wrong entry among a million is seen if it is not small. Where a
direction fails, each child is tried alone, then each of the child's arrays, and then the array is halved until single
entries are left.
"""

from typing import NamedTuple

import numpy as np

from ..layers.layer import check_is_layer
from ..ops.checks import generator
from ..shapes import ShapeError, check_not_empty, shape_text, whole
from .checks import layer_problem
from .differences import slope
from .hygiene import findings
from .kinks import nudge
from .letters import place

STEPS = (1e-5, 1e-6, 1e-7)                                         # a large step crosses the kinks of thousands of units
TOLERANCE = 1e-5
MOST_ENTRIES, MOST_LAYERS = 3, 3                                   # so many wrong entries and layers are named
SAMPLE = 16                                                        # entries that estimate how much of an array is wrong


class NetworkReport(NamedTuple):
    """`.ok`, and str() of it: the directions that were tried, and where a failure comes from."""

    title: str
    error: float                   # the largest over the directions, relative to the root mean square of <gradient, v>
    directions: int
    culprits: list                 # lines that say which layer, which array, which entries
    again: str

    @property
    def ok(self):
        return not self.culprits

    def lines(self):
        """What was found, where it fails."""
        return [] if self.ok else [*self.culprits, f"again: {self.again}"]

    def __str__(self):
        head = f"{'ok  ' if self.ok else 'FAIL'} {self.title}: relative error {self.error:.1e}, {self.directions} directions"
        return "\n     ".join([head, *self.lines()])

    __repr__ = __str__


def check_network(model, x_shape, rng=0, directions=3):
    """Check a whole network by `directions` random directions, in float64, on a copy; on failure find the layer.

    Misses what check_layer finds (a few entries that are off by little), and takes a few forward passes instead of four
    for every number in it.

    Shapes: x_shape with the batch axis. Returns a NetworkReport. Raises: ShapeError, DtypeError.
    """
    check_is_layer("check_network", model)
    check_not_empty("check_network", "x", x_shape)
    whole("check_network", "directions", directions, 1)
    model.output_shape(tuple(x_shape))                             # an x that does not fit is the caller's error
    seed = rng if isinstance(rng, int) else "the same rng"
    again = f"check_network(model, {shape_text(x_shape)}, rng={seed})"
    try:
        error, culprits = _checked(model, x_shape, generator("check_network", rng), directions)
    except ShapeError as problem:                                  # a layer got what another should not have sent
        error, culprits = np.inf, [f"backward stops: {problem}"]
    return NetworkReport(type(model).__name__, error, directions, culprits, again)


def _checked(model, x_shape, rng, directions):
    """The largest error of all directions, and lines on where it comes from."""
    problem = _problem(model, x_shape, rng)
    culprits = [f"rule broken: {hint.text}" for hint in findings(problem)]
    if not any(gradient is not None and gradient.any() for gradient in problem.gradients().values()):
        culprits.append("all gradients are zero, so nothing was checked")
    error, noise = _worst(problem, rng, directions)
    if not error <= TOLERANCE + noise:                             # a NaN is no pass
        culprits += _search(model, x_shape, rng, directions, type(model).__name__)
    return error, culprits


def _problem(layer, x_shape, rng):
    """What check_layer compares, at nudged inputs: where a bias is exactly 0, a dead input gives a kink."""
    problem = layer_problem(layer, x_shape, rng)
    return problem.at({name: nudge(array, rng) for name, array in problem.inputs.items()})


def _search(layer, x_shape, rng, directions, path):
    """Lines on what is wrong below this layer, or in it where its children are right."""
    deeper, layers = [], 0
    for name, child, shape in reversed(list(layer.child_inputs(x_shape))):     # in the order of backward
        error, noise = _worst(_problem(child, shape, rng), rng, directions)
        if not error <= TOLERANCE + noise:
            layers += 1
            if layers > MOST_LAYERS:
                return [*deeper, f"and more layers before {path}[{name}]"]
            deeper += _search(child, shape, rng, directions, f"{path}[{name}]")
    if deeper:
        return deeper
    problem = _problem(layer, x_shape, rng)
    gradients, found = problem.gradients(), []
    for name, x in problem.inputs.items():
        gradient = gradients.get(name)
        if gradient is None or gradient.shape != x.shape:
            found.append(f"{path} {_short(layer)}: d{name} is missing or has another shape")
            continue
        wrong = _entries(problem, name, gradient, np.arange(x.size), rng)
        if wrong:
            named = ", ".join(place(f"d{name}", np.unravel_index(k, x.shape), problem.inputs) for k in wrong)
            fraction = np.mean([bool(_entries(problem, name, gradient, [k], rng)) for k in rng.choice(x.size, SAMPLE)])
            found.append(f"{path} {_short(layer)}: d{name} is wrong at {named}; "
                         f"{fraction:.0%} of {SAMPLE} entries drawn from it are wrong")
    what = "its own" if layer.children() else "the"
    found = found or [f"{path} {_short(layer)}: {what} backward pass fails for all arrays together"]
    return [*found, f"entry by entry: check_layer({_short(layer)}, {shape_text(_smaller(layer, x_shape))})"]


def _smaller(layer, x_shape):
    """A shape on which every entry can be checked: two small images, if the layer takes them."""
    smaller = (2, *(min(size, 6) for size in x_shape[1:-1]), x_shape[-1])
    try:
        layer.output_shape(smaller)
        return smaller
    except ShapeError:
        return x_shape


def _entries(problem, name, gradient, candidates, rng):
    """Flat indices of wrong entries: halve the candidates, and follow each half that is wrong, up to MOST_ENTRIES."""
    todo, wrong = [candidates], []
    while todo and len(wrong) < MOST_ENTRIES:
        part = todo.pop()
        v = np.zeros(gradient.shape)
        v.flat[part] = rng.standard_normal(len(part))
        error, noise = _error(problem, {name: v}, {name: gradient})
        if error <= TOLERANCE + noise:
            continue
        if len(part) == 1:
            wrong.append(int(part[0]))
        else:
            todo += [part[len(part) // 2:], part[:len(part) // 2]]
    return sorted(wrong)


def _worst(problem, rng, directions):
    """(error, its error bar) of the worst of the random directions through all arrays."""
    gradients = problem.gradients()
    if any(gradients.get(name) is None or gradients[name].shape != x.shape for name, x in problem.inputs.items()):
        return np.inf, 0.0
    return max(_error(problem, {name: rng.standard_normal(x.shape) for name, x in problem.inputs.items()}, gradients)
               for _ in range(directions))


def _error(problem, v, gradients):
    """|difference - <gradient, v>| relative to the size that the sum would have if its terms were independent."""
    def at(t):
        return problem.forward(**{name: x + t * v[name] if name in v else x for name, x in problem.inputs.items()})

    analytic = sum(float((gradients[name] * v[name]).sum()) for name in v)
    size = np.sqrt(sum(float(np.square(gradients[name] * v[name]).sum()) for name in v))
    middle = at(0.0)
    for h in STEPS:
        s = slope(at, problem.dy, middle, h, problem.rule, (1,))
        if not s.kink:                                             # no unit has changed sides on the way
            break
    scale = max(size, abs(s.value), 1e-300)                        # both may be 0: nothing depends on what was moved
    return abs(s.value - analytic) / scale, s.bar / scale


def _short(layer):
    text = " ".join(repr(layer).split())
    return text if len(text) <= 80 else f"{type(layer).__name__}(...)"
