"""Check a learner's backward pass in three ways: shapes, finite differences, and numbers to follow with a pencil."""

import numpy as np

from ..ops import reference
from .compare import compare_forward
from .faults import Fault, WrongNumber
from .gradients import arguments_of, check_gradients, only

LIKELY = "    likely: "                                            # how compare_forward names a known mistake


def check_backward(task, name, small, cases, forward=None, expected=None, mistakes=None, forbid=(),
                   backward=None) -> None:
    """Raise a Fault unless the learner's backward pass `name` is right.

    First it is called with the arrays `small`, a dict with the arguments of `name`: numbers of the chapter. A wrong kind or a
    wrong shape is a Fault at once. Then the gradient check compares it with finite differences of `forward` in each of the
    `cases`, pairs (inputs, settings) as check_gradients takes them. If it fails there, the Fault has the report, and the
    first wrong number of `small` with the sum that it should be. `expected` and `mistakes` are as for compare_forward,
    `backward` is as for check_gradients. A mistake is looked for in `small`, then in the case that failed.
    """
    pencil = None
    try:
        compare_forward(task, name, small, expected, mistakes=mistakes, forbid=forbid)
    except WrongNumber as fault:
        pencil = fault
    for inputs, settings in cases:
        try:
            check_gradients(task, name, inputs, forward, backward, forbid, settings)
        except Fault as fault:
            likely = _likely(pencil) or _likely(_compared(task, name, inputs, settings, forward, expected, mistakes))
            raise Fault(fault.text + _with_a_pencil(pencil, f"{task.function(name).where}: ") + likely) from None
    if pencil:                                                     # a choice at a kink, which differences cannot see
        raise pencil


def _likely(fault):
    """The line of a Fault that says the likely mistake, or an empty text."""
    return next((f"\n{line}" for line in fault.text.splitlines() if line.startswith(LIKELY)), "") if fault else ""


def _with_a_pencil(fault, where):
    """The first wrong number and the sum that it should be, as a part of a longer message."""
    if not fault:
        return ""
    lines = [line for line in fault.text.removeprefix(where).splitlines() if not line.startswith(LIKELY)]
    return f"\n    with small numbers: {lines[0]}" + "".join(f"\n    {line}" for line in lines[1:])


def _compared(task, name, inputs, settings, forward, expected, mistakes):
    """The Fault of a comparison with the right gradients, for a drawn dy, in a case in which finite differences disagree."""
    ahead, learned = only(forward or getattr(reference, name.removesuffix("_backward")), settings), task.function(name)
    y = ahead(**inputs)
    dy = np.random.default_rng(1).standard_normal(np.shape(y[0] if isinstance(y, tuple) else y))
    try:
        arguments = arguments_of(learned, dy, inputs, settings, ahead)
        compare_forward(task, name, arguments, expected, mistakes=mistakes, float32=False)
    except Fault as fault:
        return fault
    return None
