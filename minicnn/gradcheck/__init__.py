"""The gradient check: compares what backward computes with finite differences of forward.

    rule.py          when a gradient counts as right: every tolerance, with its reason
    differences.py   central differences, twice, and kinks
    checks.py        check_op, check_layer, check_loss: what to check
    passes.py        an op, a layer or a loss as two pure functions
    arrays.py        arrays that forward reads and that are no Parameters
    problem.py       what is compared, and at which inputs
    compare.py       one check, from the passes to the Report
    entries.py       every entry against its difference
    kinks.py         entries on a kink: compared beside it, and at it
    looks.py         other scales, other batches, other parameters
    hygiene.py       rules that both passes must follow
    evidence.py      what a hint may look at
    hints/           why it might be wrong
    report.py        where, what, why
    letters.py       the letters of an array's axes
    network.py       check_network: whole networks by random directions
    steps.py         error against step size

docs/gradient-checking.md teaches it.
"""

from .checks import check_layer, check_loss, check_op
from .evidence import Hint
from .network import NetworkReport, check_network
from .report import Report, Row
from .rule import TOLERANCE
from .steps import StepErrors, step_errors
