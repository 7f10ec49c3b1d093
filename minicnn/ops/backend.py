"""Choose which of the three implementations computes the ops."""

import functools
import importlib
import os

from ..shapes import message, shown, whole

IMPLEMENTATIONS = ("definition", "reference", "fast")
DEFAULT = "fast"

# A name from the environment is checked at its first use, so that `import minicnn` never fails because of it.
_in_use = os.environ.get("MINICNN_OPS") or DEFAULT


def implementations():
    """The names of the implementations, from the slowest to the fastest."""
    return list(IMPLEMENTATIONS)


def current():
    """The name of the implementation in use."""
    return _known("the environment variable MINICNN_OPS", _in_use)  # a name that came through `use` was checked there


def implementation():
    """The module of the implementation in use: it has every op under its name."""
    return _module(_in_use)


class use:
    """Compute with another implementation.

        use("reference")                  # from now on
        with use("reference"): ...        # until the block ends

    Raises: ValueError for an unknown name.
    """

    def __init__(self, name):
        global _in_use
        self.name = _known("minicnn.ops.use", name)
        self.before, _in_use = _in_use, self.name

    def __enter__(self):
        global _in_use
        if _in_use != self.name:                                   # the object is used a second time
            self.before, _in_use = _in_use, self.name
        return self

    def __exit__(self, *exception):
        global _in_use
        _in_use = self.before


def set_num_threads(n: int) -> None:
    """Let the fast implementation compute on n threads, from all Python threads. No result depends on n.

    At most as many run as Numba's pool has: one for each core, unless NUMBA_NUM_THREADS says otherwise.
    Raises: DtypeError if n is not an integer, ShapeError if it is below 1.
    """
    n, fast = whole("set_num_threads", "n", n, 1), _module("fast")
    if hasattr(fast, "set_num_threads"):                           # the reference has none: NumPy's threads are not ours
        fast.set_num_threads(n)


@functools.cache
def _module(name):
    """The package of an implementation. It is imported when its first op is called: `import minicnn` does not wait for Numba.

    If NUMBA_DISABLE_JIT=1 switches the compiler off, the kernels of `fast` cannot run, and the reference takes its place.
    """
    if _known("the environment variable MINICNN_OPS", name) == "fast":
        import numba
        if numba.config.DISABLE_JIT:
            name = "reference"
    return importlib.import_module(f".{name}", __package__)


def _known(who, name):
    if not isinstance(name, str) or name not in IMPLEMENTATIONS:
        raise ValueError(message(who, "an implementation: " + " or ".join(map(repr, IMPLEMENTATIONS)), shown(name)))
    return name
