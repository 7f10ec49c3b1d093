"""One check, from the passes to the Report: rules first, then every entry of every array against its differences."""

import numpy as np

from ..shapes import shape_text
from .entries import compare_entries, nothing_moves
from .evidence import Evidence, Hint
from .hints import hints
from .hygiene import findings
from .kinks import at_kinks, beside
from .letters import place
from .looks import looks, suspicious
from .report import Report, Row

NO_EFFECT = "y does not depend on it: both gradients are 0 (a bias before batch norm?)"


def check(problem):
    """The Report of a Problem: at its own inputs, and if these are right, at other inputs too.

    NumPy's warnings are off: a step may leave the domain of forward, as for log at 1e-6, and then a smaller one is taken.
    """
    with np.errstate(all="ignore"):
        return _checked(problem)


def _checked(problem):
    report = _report(problem, [*problem.also, *findings(problem)])
    if report.ok or report.vacuous:
        for what, other in looks(problem):
            if suspicious(other):
                found = _report(other._replace(title=f"{problem.title} at {what}", look=what), [])
                if any(row.wrong for row in found.rows):
                    return found
            elif report.vacuous and any(gradient.any() for gradient in other.gradients().values()):
                return _report(other._replace(title=f"{problem.title} at {what}", look=what), report.findings)
    return report


def _report(problem, found):
    gradients = problem.gradients()
    rows = [_row(problem, name, gradients.get(name)) for name in problem.inputs]
    moving = [row for row in rows if not row.vacuous]
    if moving:                                                     # y does not depend on the others, and backward says so
        rows = [row._replace(problem="", note=NO_EFFECT) if row.vacuous and not row.wrong else row for row in rows]
    return Report(problem.title, rows, found, problem.again, problem.note)


def _row(problem, name, analytic):
    x, tolerance = problem.inputs[name], problem.rule.tolerance
    if analytic is None or analytic.shape != x.shape:
        got = "none" if analytic is None else shape_text(analytic.shape)
        return Row(name, x.shape, np.inf, (), np.nan, np.nan, np.nan, x.size, 0,
                   f"expected a gradient of shape {shape_text(x.shape)}, got {got}",
                   [Hint("none", f"the gradient of {name} is never assigned")] if analytic is None else [])
    v = compare_entries(problem, name, analytic)
    unclear = v.kink | v.wrong
    vacuous = nothing_moves(v, ~v.kink)
    failed, kinks, why, stuck = np.zeros(x.shape, bool), 0, [], 0
    if unclear.any() or vacuous:
        there = beside(problem, name, np.ones(x.shape, bool) if vacuous else unclear)
        failed = v.wrong & there.failed.any()
        if there.failed.any() and not failed.any():               # wrong, and seen beside the kinks alone
            problem, analytic, v, failed = there.problem, there.analytic, there.verdict, there.failed
        vacuous = there.vacuous and (vacuous or bool(v.kink.all()))
        stuck, kinks = there.stuck, int(unclear.sum())
    error = np.where(failed | ~unclear, v.error, 0)
    worst = np.unravel_index(np.argmax(np.where(np.isnan(error), np.inf, error)), x.shape)
    text = ""
    vacuous = bool(vacuous)
    if not (np.isfinite(v.numeric).all() and np.isfinite(analytic).all()):
        text = "a gradient is not finite"
        why = hints(Evidence(problem, name, analytic, v.numeric, ~np.isfinite(analytic)))
    elif vacuous:
        text = ("all numeric gradients are zero or drown in rounding, so nothing was checked: y does not depend on it "
                "(a bias before batch norm? a network that is dead, or saturated?)")
    elif failed.any():
        text, kinks = f"{failed.sum()} of {x.size} entries differ by more than {tolerance:g}", 0
        why = hints(Evidence(problem, name, analytic, v.numeric, failed))
    elif stuck > max(problem.rule.kinks_allowed * x.size, 1):
        text = f"{stuck} of {x.size} entries stand on a kink, wherever they are nudged"
    elif kinks and (found := at_kinks(problem, name, v, unclear)):
        worst, hint = found
        text, why = "wrong on a kink, and right beside it", [hint]
    worst = tuple(int(i) for i in worst)
    entry = place(f"d{name}", worst, problem.inputs)
    return Row(name, x.shape, float(v.error[worst]), worst, float(analytic[worst]), float(v.numeric[worst]),
               float(v.bar[worst]), int(failed.sum()), kinks, text, why, vacuous, place=entry)
