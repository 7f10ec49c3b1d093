"""What a hint may look at: both gradients of one array, where they differ, and both passes, to ask again elsewhere."""

import functools
from typing import NamedTuple

import numpy as np

from ..shapes import window
from .differences import entry_slopes, moved, step_at
from .letters import letters
from .looks import drawn_parameter

ALIKE = 1e-7                                                       # relative to the largest entry: the pattern is there
LARGEST_JACOBIAN, LARGEST_SIDE = 60_000, 600                       # larger ones take too long for a hint


class Hint(NamedTuple):
    """`pattern` is a short name by which tests and exhibits know it, `text` says what was seen and what may cause it."""

    pattern: str
    text: str


class Evidence:
    """Both gradients of the array `name` of a Problem, and where they differ."""

    def __init__(self, problem, name, analytic, numeric, wrong):
        self.problem, self.name, self.analytic, self.numeric, self.wrong = problem, name, analytic, numeric, wrong
        self.inputs, self.dy, self.facts = problem.inputs, problem.dy, problem.facts

    @property
    def x(self):
        return self.inputs[self.name]

    @property
    def letters(self):
        return letters(self.name, self.x.ndim, self.inputs)

    @property
    def is_parameter(self):
        return self.name in self.problem.parameters or self.name.split(".")[-1] in ("w", "b", "gamma", "beta")

    def backward(self, dy):
        """This array's gradient for another dy."""
        return self.problem.gradients(dy)[self.name]

    def right_entries(self):
        """The right entries that say something: there the numeric gradient is not just a small number."""
        return ~self.wrong & (np.abs(self.numeric) > 1e-9 * np.abs(self.numeric).max(initial=0))

    def at(self, inputs):
        """Evidence for the same array at other inputs, or None where a pass fails or is not finite there."""
        try:
            with np.errstate(all="ignore"):
                problem = self.problem.at(inputs)
                analytic = problem.gradients()[self.name]
                numeric = np.zeros(analytic.shape)
                for index, s in entry_slopes(problem.along(self.name), inputs[self.name], problem.dy, problem.rule).items():
                    numeric[index] = s.value
        except Exception:                                          # inputs that the passes refuse: no evidence
            return None
        if not (np.isfinite(numeric).all() and np.isfinite(analytic).all()):
            return None
        off = np.abs(analytic - numeric)
        wrong = off > 1e-5 * np.maximum(np.abs(analytic), np.abs(numeric)) + 1e-8 * np.abs(numeric).max(initial=0)
        return Evidence(problem, self.name, analytic, numeric, wrong)

    def elsewhere(self, scales=(1, 1)):
        """The same at other inputs: every number moved by up to half of itself, times each of the scales."""
        rng = np.random.default_rng(23)
        for scale in scales:
            inputs = {name: drawn_parameter(array, rng) * (1 if name in self.problem.parameters else scale)
                      for name, array in self.inputs.items()}
            twin = self.at({name: np.asarray(array, self.problem.dtype) for name, array in inputs.items()})
            if twin is not None:
                yield twin

    @functools.cached_property
    def jacobians(self):
        """Jacobians, or None where they would be too large."""
        if not 0 < self.x.size * self.dy.size <= LARGEST_JACOBIAN or max(self.dy.size, self.x.size) > LARGEST_SIDE:
            return None
        return Jacobians(numeric_jacobian(self.problem, self.name), analytic_jacobian(self.problem, self.name))


class Jacobians:
    """dy[o] / dx[k], by differences (`right`) and as backward has it (`ours`): a row per entry of x, a column per y."""

    def __init__(self, right, ours):
        self.right, self.ours = right, ours
        largest = np.abs(right).max(initial=0)
        close = 1e-6 * np.maximum(np.abs(right), np.abs(ours)) + 1e-8 * largest
        self.same = np.abs(right - ours) <= close
        self.there, self.here = np.abs(right) > 1e-7 * largest, np.abs(ours) > 1e-7 * largest


def analytic_jacobian(problem, name):
    """backward for each output alone."""
    columns = []
    for k in range(problem.dy.size):
        dy = np.zeros_like(problem.dy)
        dy.flat[k] = 1
        columns.append(problem.gradients(dy)[name].ravel())
    return np.stack(columns, axis=1)


def numeric_jacobian(problem, name):
    """Differences of y for each entry of x."""
    x, forward, rows = problem.inputs[name], problem.along(name), []
    for index in np.ndindex(x.shape):
        h = step_at(x[index], problem.rule)
        D, D_half = (np.subtract(forward(moved(x, index, t)), forward(moved(x, index, -t))) / (2 * t) for t in (h, h / 2))
        rows.append(((4 * D_half - D) / 3).ravel())
    return np.stack(rows)


def alike(a, b):
    """Equal to within ALIKE of the largest entry, and not zero."""
    if np.shape(a) != np.shape(b) or np.size(a) == 0:
        return False
    largest = np.abs(b).max()
    return bool(largest > 0 and np.isfinite(a).all() and np.abs(np.subtract(a, b)).max() <= ALIKE * largest)


def times_seen(evidence, padding_only=False):
    """How many windows see each pixel of x, or how many that see padding too; an array like x, or None without windows."""
    x_shape, facts = evidence.x.shape, evidence.facts
    if "kernel_size" not in facts or len(x_shape) != 4 or evidence.is_parameter:
        return None
    kernel, stride = facts["kernel_size"], facts.get("stride")
    try:
        win = window("gradcheck", x_shape, kernel, kernel if stride is None else stride, facts.get("padding", 0))
    except Exception:                                              # another library's words: "valid", a transposed convolution
        return None
    seen = np.zeros((x_shape[1] + win.top + win.bottom, x_shape[2] + win.left + win.right), int)
    inside = np.zeros(seen.shape, bool)
    inside[win.top:win.top + x_shape[1], win.left:win.left + x_shape[2]] = True
    for i, j in np.ndindex(win.OH, win.OW):
        at = (slice(i * win.stride_h, i * win.stride_h + win.KH), slice(j * win.stride_w, j * win.stride_w + win.KW))
        seen[at] += not (padding_only and inside[at].all())
    seen = seen[win.top:win.top + x_shape[1], win.left:win.left + x_shape[2]]
    return np.broadcast_to(seen[None, :, :, None], x_shape)
