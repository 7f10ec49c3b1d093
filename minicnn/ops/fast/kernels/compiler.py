"""How a Python function becomes a kernel: the compile options.

`@parallel` is for kernels that Python calls (threads.py), `@serial` for functions that kernels call; both compile on first
use. Only what Python calls gets the wrapper that turns Python objects into numbers and arrays: without it the others compile
in four fifths of the time. fastmath may fuse a * b + c, and may not assume that NaN or infinity do not exist. Nor may it
reorder sums: where LLVM reorders one, it does so in one of two versions of the loop and picks a version by where the arrays
lie in memory. Batch norm's last digits then changed from one process to the next; the loops that matter are over channels
anyway.
"""

import contextlib

import numba
from numba.core.cpu import CPUTargetOptions
from numba.core.dispatcher import Dispatcher
from numba.core.options import TargetOptions
from numba.core.types import unliteral

from . import native
from .cache import KernelCache
from .cache import package_stamp as package_stamp

OPTIONS = {"fastmath": {"contract", "nsz"}, "nogil": True, "error_model": "numpy"}
INNER = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}   # for what Python does not call
CPUTargetOptions.noalias = TargetOptions.Mapping("noalias")  # Numba has the flag, but no option that sets it


def load_native(signature):
    """Load the native functions that a kernel of this signature may call."""
    for dtype in ("float32", "float64"):
        if dtype in str(signature):
            native.load(dtype)


class Cache(KernelCache):
    """The cache of a function that calls others by their names: `load_others(signature)` loads those before it."""

    def __init__(self, function, load_others):
        super().__init__(function)
        self.load_others = load_others

    def load_overload(self, signature, target_context):
        self.load_others(signature)
        return super().load_overload(signature, target_context)


def compiled(function, load_others=load_native, **options):
    """njit(function) with the package's options and cache; the function itself under NUMBA_DISABLE_JIT=1."""
    dispatcher = numba.njit(function, **OPTIONS | options)
    if isinstance(dispatcher, Dispatcher):
        with contextlib.suppress(RuntimeError):  # no folder can be written
            dispatcher._cache = Cache(function, load_others)
    return dispatcher


def serial(function):
    """A function that kernels call; compiled as a part of each of them."""
    return for_types_alone(numba.njit(function, **OPTIONS, **INNER))


def serial_apart(function):
    """`serial` for a function that writes to no memory that it reaches by two names: LLVM need not look for overlaps."""
    return for_types_alone(numba.njit(function, **OPTIONS, **INNER, noalias=True))


def for_types_alone(dispatcher):
    """Make Numba compile a function for the types of its arguments alone.

    Without this, Numba compiles it once more for each constant among them: for `rows = 4`, for 6, for any integer, and for the
    0 with which a counter begins.
    """
    if isinstance(dispatcher, Dispatcher):
        template = dispatcher.get_call_template
        dispatcher.get_call_template = lambda args, kws: template(
            tuple(unliteral(kind) for kind in args), {name: unliteral(kind) for name, kind in kws.items()})
    return dispatcher
