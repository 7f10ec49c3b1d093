"""Believe no derivative that was not compared with a finite difference.

    rule.py          when a gradient counts as right: every tolerance, with its reason
    differences.py   central differences, twice, and kinks
    checks.py        check_op, check_layer, check_loss: what to check
    compare.py       every entry against its differences, beside the kinks too
    hygiene.py       what passes must keep to before their numbers matter
    hints/           why it might be wrong
    report.py        where, what, why
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
