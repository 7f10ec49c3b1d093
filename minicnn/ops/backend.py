"""Which rung of the ladder computes, and the one step that every call of an op takes: check, then hand on."""

import functools
import importlib
import os

import numpy as np

from ..shapes import message, whole
from . import checks, reference

RUNGS = ("definition", "reference", "fast")
DEFAULT = "fast"
MOST_REMEMBERED = 4096                                             # calls that passed their checks, for each op


def rungs():
    """The names of the rungs, the slowest first."""
    return list(RUNGS)


def current():
    """The name of the rung in use."""
    return _known("the environment variable MINICNN_OPS", _in_use)  # what a program named was checked there


class use:
    """Compute on another rung: `use("definition")` from now on, `with use("definition"):` until the block ends.

    Raises: ValueError for a name that is no rung.
    """

    def __init__(self, rung):
        global _in_use
        self.rung = _known("minicnn.ops.use", rung)
        self.before, _in_use = _in_use, self.rung

    def __enter__(self):
        global _in_use
        if _in_use != self.rung:                                   # the object is used again
            self.before, _in_use = _in_use, self.rung
        return self

    def __exit__(self, *exception):
        global _in_use
        _in_use = self.before


def op(name, settings=True):
    """The public function of an op: the reference rung's signature and docstring, the checks, the rung in use.

    Checks depend on shapes, dtypes and settings alone, so what has passed once need not be asked again: a training
    makes the same few hundred calls over and over, and asking costs as much as the small ones. `settings` is False where
    the check looks at the arrays alone (the optimizers, whose settings change with every step).
    """
    check, passed = getattr(checks, name), set()

    @functools.wraps(getattr(reference, name))
    def checked(*arguments, **keywords):
        asked = _signature(arguments, keywords, settings)
        if asked not in passed:
            check(*arguments, **keywords)
            if len(passed) < MOST_REMEMBERED:
                passed.add(asked)
        return getattr(_module(_in_use), name)(*arguments, **keywords)

    return checked


def set_num_threads(n):
    """Let the fast rung compute on n threads, from all Python threads. No result depends on n.

    At most as many run as Numba's pool has: one for each core, unless NUMBA_NUM_THREADS says otherwise.
    Raises: DtypeError, ShapeError where n is no integer >= 1.
    """
    n, module = whole("set_num_threads", "n", n, 1), _module("fast")
    if module is not reference:                                    # NumPy's threads are not ours to set
        module.set_num_threads(n)


@functools.cache
def _module(rung):
    """The package of a rung, imported when its first op is called: `import minicnn` need not wait for Numba.

    Without a compiler (NUMBA_DISABLE_JIT=1) the kernels of the fast rung have no body, and the reference rung serves.
    """
    if _known("the environment variable MINICNN_OPS", rung) == "fast":
        import numba
        if numba.config.DISABLE_JIT:
            rung = "reference"
    return importlib.import_module(f".{rung}", __package__)


def _signature(arguments, keywords, settings):
    """All that a check may look at, hashable. repr tells 1 from True and 1.0, inside pairs too."""
    named = [(None, a) for a in arguments] + list(keywords.items())
    return tuple([(name, a.shape, a.dtype) if type(a) is np.ndarray else (name, repr(a))
                  for name, a in named if settings or hasattr(a, "shape")])


def _known(who, rung):
    if rung not in RUNGS:
        raise ValueError(message(who, "a rung: " + " or ".join(map(repr, RUNGS)), repr(rung)))
    return rung


_in_use = os.environ.get("MINICNN_OPS") or DEFAULT
