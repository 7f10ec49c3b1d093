"""Choose what computes the ops: one of the three implementations, or your own functions."""

import functools
import importlib
import os

from ..shapes import message, shown, whole
from .own import OwnOps, load

IMPLEMENTATIONS = ("definition", "reference", "fast")
DEFAULT = "fast"

# A name from the environment is checked at its first use, so that `import minicnn` never fails because of it.
_in_use = os.environ.get("MINICNN_OPS") or DEFAULT
_loaded = {}                                                       # name -> module, and path -> OwnOps


def implementations():
    """The names of the implementations, from the slowest to the fastest."""
    return list(IMPLEMENTATIONS)


def current():
    """The name of the implementation in use, or the path of your own ops."""
    found = implementation()                                       # a wrong name from the environment is an error here
    return found.path if isinstance(found, OwnOps) else _in_use


def sources():
    """Where each op comes from: name -> the name of an implementation, or the file of your own function."""
    found, name = implementation(), current()
    return dict(found.sources) if isinstance(found, OwnOps) else dict.fromkeys(OwnOps.names(), name)


def implementation():
    """What is in use: it has every op under its name. It is a module, or an OwnOps."""
    return _loaded.get(_in_use) or _load("the environment variable MINICNN_OPS", _in_use)


class use:
    """Compute with another implementation, or with your own ops.

        use("reference")                  # from now on
        with use("reference"): ...        # until the block ends
        use("my_ops")                     # the functions in my_ops.py or in the folder my_ops, see own.py

    Raises: ValueError for an unknown name, OwnOpError for a file that cannot be used.
    """

    def __init__(self, name):
        global _in_use
        self.name = _name(name)
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


def _name(chosen):
    """The name under which the argument of `use` is loaded. Your own ops are read again: their file may have changed."""
    if isinstance(chosen, OwnOps):
        _loaded[chosen.path] = chosen
        return chosen.path
    if isinstance(chosen, str) and chosen in IMPLEMENTATIONS:
        return chosen
    name = os.path.abspath(chosen) if chosen and isinstance(chosen, (str, os.PathLike)) else chosen      # "" is no folder
    _load("minicnn.ops.use", name, chosen)
    return name


def _load(who, name, shown_as=None):
    """The module of an implementation, or the OwnOps of a path."""
    if isinstance(name, str) and name in IMPLEMENTATIONS:
        _loaded[name] = _module(name)
    elif isinstance(name, str) and os.path.exists(name):
        _loaded[name] = load(name)
    else:
        names = " or ".join(map(repr, IMPLEMENTATIONS))
        raise ValueError(message(who, f"an implementation: {names}, or the path of your own ops",
                                 shown(name if shown_as is None else shown_as)))
    return _loaded[name]


@functools.cache
def _module(name):
    """The package of an implementation. It is imported when its first op is called: `import minicnn` does not wait for Numba.

    If NUMBA_DISABLE_JIT=1 switches the compiler off, the kernels of `fast` cannot run, and the reference takes its place.
    """
    if name == "fast":
        import numba
        if numba.config.DISABLE_JIT:
            name = "reference"
    return importlib.import_module(f".{name}", __package__)
