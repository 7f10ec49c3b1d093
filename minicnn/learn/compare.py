"""Compare what a learner's function returns with what it should return, and show the first number that differs."""

import textwrap

import numpy as np

from ..gradcheck.letters import place
from ..ops import definition
from .faults import Fault, WrongNumber
from .results import as_results, call_text, check_results, result_names
from .traced import number, traced


def compare_forward(task, name, arguments, expected=None, results=None, mistakes=None, tolerance=1e-9, forbid=(),
                    float32=True) -> None:
    """Raise a Fault unless the learner's function `name` returns what it should. It serves backward passes as well.

    arguments: a dict from the names of the parameters to arrays (float64) and settings. `expected` is the right function, with
    the same parameters (default: the definition of the op of that name), or what it returns. `results` names what is returned
    (default: known for ops; else "y", or "dx" for a name that ends in _backward). `mistakes` is a dict from a sentence to a
    function with the same parameters, or to a tuple of such functions: if the learner's results equal those of one, the
    sentence is said. `forbid` names functions of minicnn that the learner may not call, beside the one of the same name. With
    float32, a second call checks that float32 arrays give float32 results.
    """
    learned = task.function(name, forbid)
    right = getattr(definition, name, None) if expected is None else expected
    results, call = results or result_names(name), call_text(name, arguments)
    wanted = as_results(right(**_copies(arguments)) if callable(right) else right, results)
    got = check_results(learned, learned(**arguments), wanted, results, call, arguments)
    for k, what in enumerate(results):
        if wanted[k] is not None and not _close(got[k], wanted[k], tolerance).all():
            raise WrongNumber(f"{learned.where}: " + _first_difference(what, arguments, got[k], wanted[k], tolerance)
                              + _sum_there(right, arguments, results, k, got[k], wanted[k], tolerance)
                              + f"\n    the call: {call}" + _known_mistake(got, mistakes, arguments, results, tolerance))
    if float32 and callable(right):
        _check_float32(learned, arguments, wanted, results, call)


def _close(got, wanted, tolerance):
    return np.isclose(np.asarray(got, float), np.asarray(wanted, float), rtol=tolerance, atol=tolerance)


def _first_wrong(got, wanted, tolerance):
    """The index of the first number that differs, and how many do."""
    wrong = ~_close(got, wanted, tolerance)
    return tuple(int(i) for i in np.argwhere(np.atleast_1d(wrong))[0])[:np.ndim(wanted)], int(wrong.sum())


def _first_difference(what, arguments, got, wanted, tolerance):
    index, count = _first_wrong(got, wanted, tolerance)
    text = f"{place(what, index, arguments)} is {number(np.asarray(got)[index])}, expected {number(np.asarray(wanted)[index])}"
    return text + (f" ({count} of {np.size(wanted)} numbers are wrong; this is the first)" if np.size(wanted) > 1 else "")


def _sum_there(right, arguments, results, k, got, wanted, tolerance):
    """The numbers that should be added up for the first wrong entry: in names, then in numbers. Else the inputs there."""
    index, _ = _first_wrong(got, wanted, tolerance)
    names, numbers = _traced_sum(right, arguments, results, k, index)
    expected = number(np.asarray(wanted)[index])
    if names:
        in_numbers = _wrapped(f"{' ' * len(expected)} = {numbers}") if numbers != expected else ""      # a copy has no sum
        return _wrapped(f"{expected} = {names}") + in_numbers
    there = [f"{place(key, index, arguments)} = {number(a[index])}" for key, a in arguments.items()
             if isinstance(a, np.ndarray) and a.shape == np.shape(wanted) and a.dtype.kind in "fb"]
    return f"\n    there {' and '.join(there)}" if there and index else ""


def _traced_sum(right, arguments, results, k, index):
    try:
        named = {key: traced(key, a) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a
                 for key, a in arguments.items()}
        with np.errstate(all="ignore"):
            return np.asarray(as_results(right(**named), results)[k], object)[index].sum_text()
    except Exception:                                              # a function that needs plain floats: no sum to show
        return "", ""


def _wrapped(text):
    return "\n" + textwrap.fill(text, 116, initial_indent=" " * 4, subsequent_indent=" " * 8, break_long_words=False)


def _known_mistake(got, mistakes, arguments, results, tolerance):
    for sentence, wrong in ((text, wrong) for text, found in (mistakes or {}).items() for wrong in _several(found)):
        try:
            found = as_results(wrong(**_copies(arguments)), results)
            same = all(w is None or (np.shape(g) == np.shape(w) and _close(g, w, tolerance).all()) for g, w in zip(got, found))
        except Exception:                                          # this mistake cannot be made with these arguments
            continue
        if same:
            return f"\n    likely: {sentence}"
    return ""


def _several(functions):
    return functions if isinstance(functions, tuple) else (functions,)


def _check_float32(learned, arguments, wanted, results, call):
    smaller = {key: a.astype(np.float32) if isinstance(a, np.ndarray) and a.dtype == np.float64 else a
               for key, a in arguments.items()}
    if not any(isinstance(a, np.ndarray) and a.dtype == np.float32 for a in smaller.values()):
        return
    for what, value, w in zip(results, as_results(learned(**smaller), results), wanted):
        if w is None or np.shape(w) == ():
            continue
        if getattr(value, "dtype", None) != np.float32:
            got = getattr(value, "dtype", type(value).__name__)
            raise Fault(f"{learned.where} returned {what} of {got} for float32 inputs, expected float32: make arrays with "
                        "the dtype of an input, such as np.zeros(shape, x.dtype)")
        if not _close(value, w, 1e-3 * max(1, float(np.abs(w).max(initial=0)))).all():
            raise Fault(f"{learned.where}: {what} is right for float64 and wrong for float32 inputs; the call was {call}")


def _copies(arguments):
    return {key: a.copy() if isinstance(a, np.ndarray) else a for key, a in arguments.items()}
