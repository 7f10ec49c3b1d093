"""Answers that are no code: a number, a shape, the letter of a choice."""

import numpy as np

from ..shapes import shape_text, shown
from .faults import Fault


def check_value(task, name, expected, why=None, tolerance=1e-9, of="") -> None:
    """Raise a Fault unless the learner's file assigns the expected value to `name`.

    `expected` is a number, a string (compared without upper case and spaces), a tuple, a list or an array. `why` is a dict from
    a wrong value to the sentence that it gets, with the key None for all others. `of` names what is asked for, such as "the
    derivative at w = 3".
    """
    value, why = task.value(name), why or {}
    what = f"{name}" + (f" ({of})" if of else "")
    for wrong, sentence in why.items():                            # before the kinds: a wrong shape may have a sentence too
        if wrong is not None and _same(value, wrong, tolerance):
            raise Fault(f"{task.file}: {what} = {shown(value)} is not right\n    {sentence}")
    if isinstance(expected, str) != isinstance(value, str):
        wanted = "text in quotes" if isinstance(expected, str) else _kind(expected)
        raise Fault(f"{task.file}: {what} should be {wanted}, and is {shown(value)}")
    if not isinstance(expected, str):
        _check_kind(task, what, value, expected)
    if not _same(value, expected, tolerance):
        raise Fault(f"{task.file}: {what} = {shown(value)} is not right" + (f"\n    {why[None]}" if None in why else ""))


def _kind(expected):
    shape = np.shape(expected)
    if shape == ():
        return "a number"
    return f"{len(expected)} numbers" if len(shape) == 1 else f"numbers of shape {shape_text(shape)}"


def _check_kind(task, what, value, expected):
    try:
        shape = np.shape(np.asarray(value, dtype=float))
    except (TypeError, ValueError, OverflowError):
        raise Fault(f"{task.file}: {what} should be {_kind(expected)}, and is {shown(value)}") from None
    if isinstance(value, bool) != isinstance(expected, bool):
        raise Fault(f"{task.file}: {what} should be {'True or False' if isinstance(expected, bool) else _kind(expected)}, "
                    f"and is {shown(value)}")
    if shape != np.shape(expected):
        raise Fault(f"{task.file}: {what} should be {_kind(expected)}, and is {shown(value)}")


def _same(value, expected, tolerance):
    if isinstance(expected, str) or isinstance(value, str):
        return isinstance(value, str) and isinstance(expected, str) and "".join(value.lower().split()) == \
            "".join(expected.lower().split())
    try:
        value, expected = np.asarray(value, dtype=float), np.asarray(expected, dtype=float)
    except (TypeError, ValueError, OverflowError):
        return False
    return value.shape == expected.shape and bool(np.allclose(value, expected, rtol=tolerance, atol=tolerance))
