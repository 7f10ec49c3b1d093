"""One check, from the passes to the Report: rules first, then every entry of every array against its differences."""

from typing import NamedTuple

import numpy as np

from ..shapes import shape_text
from .differences import entry_slopes, slope
from .evidence import Evidence
from .hints import Hint, hints
from .hygiene import findings
from .looks import looks, suspicious
from .report import Report, Row
from .rule import Rule

NO_EFFECT = "y does not depend on it: both gradients are 0 (a bias before batch norm?)"
NUDGES = 3
OUTPUTS_AT_KINKS = 16


class Problem(NamedTuple):
    """forward(**inputs) -> y  and  backward(dy, **inputs) -> {name: gradient}, and where to check them."""

    title: str
    forward: object
    backward: object
    inputs: dict
    dy: np.ndarray
    rule: Rule
    facts: dict                    # settings that hints may look at: kernel_size, stride, padding, rate
    alone: bool = False            # one op or layer, which can be asked about its own kinks
    linear: bool = True            # backward takes a dy (a loss does not)
    again: str = ""
    drawn: tuple = ()              # names of inputs that were drawn: another draw is as good
    parameters: tuple = ()         # names of inputs that are parameters
    also: tuple = ()               # findings about the whole layer, made elsewhere

    @property
    def dtype(self):
        return self.dy.dtype

    def copies(self):
        return {name: array.copy() for name, array in self.inputs.items()}

    def at(self, inputs):
        return self._replace(inputs=inputs)

    def gradients(self, dy=None):
        """name -> gradient for a dy (the problem's own if None), each a copy of its own."""
        dy = self.dy.copy() if dy is None else dy
        return {name: None if g is None else np.array(g) for name, g in self.backward(dy, **self.copies()).items()}

    def along(self, name):
        """forward as a function of one array alone; its results are copies, whatever buffers forward uses."""
        return lambda value: np.array(self.forward(**{**self.inputs, name: value}))


def check(problem):
    """The Report of a Problem: at its own inputs, and if these are right, at other inputs too."""
    report = _report(problem, [*problem.also, *findings(problem)])
    if report.ok or report.vacuous:
        for what, other in looks(problem):
            if suspicious(other):
                found = _report(other._replace(title=f"{problem.title} at {what}"), [])
                if any(row.wrong for row in found.rows):
                    return found
            elif report.vacuous and any(gradient.any() for gradient in other.gradients().values()):
                return _report(other._replace(title=f"{problem.title} at {what}"), report.findings)
    return report


def _report(problem, found):
    gradients = problem.gradients()
    rows = [_row(problem, name, gradients.get(name)) for name in problem.inputs]
    moving = [row for row in rows if not row.vacuous]
    if moving:                                                     # y does not depend on the others, and backward says so
        rows = [row._replace(problem="", note=NO_EFFECT) if row.vacuous and not row.wrong else row for row in rows]
    return Report(problem.title, rows, found, problem.again)


class _Verdict(NamedTuple):
    error: np.ndarray              # relative
    wrong: np.ndarray              # beyond the tolerance and the error bar, and not on a kink
    numeric: np.ndarray
    bar: np.ndarray
    kink: np.ndarray
    drowned: np.ndarray            # nothing but rounding


def _row(problem, name, analytic):
    x, tolerance = problem.inputs[name], problem.rule.tolerance
    if analytic is None or analytic.shape != x.shape:
        got = "none" if analytic is None else shape_text(analytic.shape)
        return Row(name, x.shape, np.inf, (), np.nan, np.nan, np.nan, x.size, 0,
                   f"expected a gradient of shape {shape_text(x.shape)}, got {got}", [])
    v = _judge(problem, name, analytic)
    unsettled = v.kink | v.wrong
    vacuous = _nothing_moves(v, ~v.kink)
    failed, kinks, why, stuck = np.zeros(x.shape, bool), 0, [], 0
    if unsettled.any() or vacuous:
        beside = _beside(problem, name, np.ones(x.shape, bool) if vacuous else unsettled)
        failed = v.wrong & beside.failed.any()
        if beside.failed.any() and not failed.any():               # wrong, and seen beside the kinks alone
            problem, analytic, v, failed = beside.problem, beside.analytic, beside.verdict, beside.failed
        vacuous = beside.vacuous and (vacuous or bool(v.kink.all()))
        stuck, kinks = beside.stuck, int(unsettled.sum())
    error = np.where(failed | ~unsettled, v.error, 0)
    worst = np.unravel_index(np.argmax(np.where(np.isnan(error), np.inf, error)), x.shape)
    text = ""
    vacuous = bool(vacuous)
    if not (np.isfinite(v.numeric).all() and np.isfinite(analytic).all()):
        text = "a gradient is not finite"
    elif vacuous:
        text = ("all numeric gradients are zero or drown in rounding, so nothing was checked: y does not depend on it "
                "(a bias before batch norm? a network that is dead, or saturated?)")
    elif failed.any():
        text, kinks = f"{failed.sum()} of {x.size} entries differ by more than {tolerance:g}", 0
        why = hints(_evidence(problem, name, analytic, v, failed))
    elif stuck > max(problem.rule.kinks_allowed * x.size, 1):
        text = f"{stuck} of {x.size} entries stand on a kink, wherever they are nudged"
    elif problem.alone and kinks and (tie := _at_kinks(problem, name, unsettled)):
        text, why = "wrong on a kink, and right beside it", [tie]
    return Row(name, x.shape, float(error[worst]), tuple(int(i) for i in worst), float(analytic[worst]),
               float(v.numeric[worst]), float(v.bar[worst]), int(failed.sum()), kinks, text, why, vacuous)


def _nothing_moves(v, where):
    return bool(where.any() and v.drowned[where].all())


def _judge(problem, name, analytic, entries=None):
    """Compare the entries (all, or those that are True) with their differences."""
    x, rule = problem.inputs[name], problem.rule
    numeric, bar, kink, drowned = np.zeros(x.shape), np.zeros(x.shape), np.zeros(x.shape, bool), np.zeros(x.shape, bool)
    for index, s in entry_slopes(problem.along(name), x, problem.dy, rule, entries).items():
        numeric[index], bar[index], kink[index] = s.value, s.bar, s.kink
        drowned[index] = rule.unclear * abs(s.value) <= s.noise
    smooth = ~kink
    scale = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), rule.floor * np.abs(numeric[smooth]).max(initial=0))
    scale = np.where(scale > 0, scale, 1)
    off = np.abs(analytic - numeric)
    wrong = smooth & ~(off - bar <= rule.tolerance * scale)        # a NaN is no pass
    asked = np.ones(x.shape, bool) if entries is None else entries
    return _Verdict(np.where(asked, off / scale, 0), wrong & asked, numeric, bar, kink & asked, drowned)


class _Beside(NamedTuple):
    problem: Problem               # the one at the nudged inputs, its gradient and verdict
    analytic: np.ndarray
    verdict: _Verdict
    failed: np.ndarray
    stuck: int                     # entries that were on a kink at every nudge
    vacuous: bool


def _beside(problem, name, unsettled):
    """Ask again at nudged inputs about the entries that are not settled: what fails there too has failed.

    At a kink there is no derivative, and kinks can cancel so that no bend shows; only beside it is there something to
    compare. Where nothing moved at all (inputs of zeros), the nudge finds out whether something can.
    """
    rng, left = np.random.default_rng(0), unsettled.copy()
    for _ in range(NUDGES):
        nudged = problem.at({key: nudge(array, rng) for key, array in problem.inputs.items()})
        analytic = nudged.gradients()[name]
        v = _judge(nudged, name, analytic, left)
        if not np.isfinite(v.numeric).all():                       # the nudge left the domain: what failed has failed
            return _Beside(nudged, analytic, v, left, 0, False)
        if v.wrong.any():
            v = _judge(nudged, name, analytic)
            return _Beside(nudged, analytic, v, v.wrong, 0, False)
        vacuous = _nothing_moves(v, left & ~v.kink)
        left &= v.kink
        if not left.any():
            break
    return _Beside(nudged, analytic, v, np.zeros(left.shape, bool), int(left.sum()), vacuous)


def nudge(array, rng):
    """Every entry moved by about a hundredth of itself, up or down; a 0 by a hundredth of the largest entry (of 1, if all are 0).

    That is far beyond h, and still the same neighbourhood: no entry changes its sign, so log and sqrt keep their domain.
    """
    size = np.where(array == 0, np.abs(array).max(initial=0) or 1, np.abs(array))
    size = 0.01 * size * rng.uniform(0.5, 1, array.shape) * rng.choice((-1, 1), array.shape)
    return np.asarray(array + size, array.dtype)


def _at_kinks(problem, name, kinks):
    """A maximum or a ReLU on its kink: the gradient of each output alone lies between its slopes on both sides.

    The entries on kinks are moved together, so that equal ones stay equal: a tie that is sent to both winners has the
    slope 2 then, where 1 is right. Holds where each output is convex or concave in x, as a maximum or a ReLU is.
    """
    x, forward = problem.inputs[name], problem.along(name)
    h = problem.rule.step
    middle, ahead, behind = forward(x), forward(x + h * kinks), forward(x - h * kinks)
    outputs = np.random.default_rng(0).permutation(np.argwhere((ahead != middle) | (behind != middle)))
    for output in outputs[:OUTPUTS_AT_KINKS]:
        only = np.zeros_like(problem.dy)
        only[tuple(output)] = 1
        s = slope(lambda t: forward(x + t * kinks), only, middle, h, problem.rule, (1, 100))
        ours = float((problem.gradients(only)[name] * kinks).sum())
        slack = problem.rule.tolerance * max(1, abs(s.value)) + s.bar
        low, high = (s.value, s.value) if not s.kink else sorted((s.left, s.right))
        if not low - slack <= ours <= high + slack:
            return Hint("ties", f"at y{output.tolist()} several entries are equal: moved together they change it with slope "
                                f"{s.value:.4g}, their gradients add up to {ours:.4g}. Does a tie go to more than one winner?")
    return None


def _evidence(problem, name, analytic, v, wrong):
    return Evidence(name, analytic, v.numeric, wrong, problem.inputs, problem.dy,
                    lambda dy: problem.gradients(dy)[name], problem.facts)
