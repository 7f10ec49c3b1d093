"""How a Python function becomes a kernel: compile options, and the cache on disk.

`@parallel` is for kernels that Python calls (threads.py), `@serial` for functions that kernels call; both compile on first
use. fastmath may fuse a * b + c, and may not assume that NaN or infinity do not exist. Nor may it reorder sums: where
LLVM reorders one, it does so in one of two versions of the loop and picks a version by where the arrays lie in memory.
Batch norm's last digits then changed from one process to the next; the loops that matter are over channels anyway.

The cache is Numba's, with three differences. Numba looks at a kernel's own file only; here a change of any file of this
package makes all cached machine code stale. A forced tile shape and bounds checking have files of their own. And a cache
that cannot be read or written costs a compilation, never the run.
"""

import contextlib
import sys
from pathlib import Path

import numba
from numba.core import caching
from numba.core.cpu import CPUTargetOptions
from numba.core.dispatcher import Dispatcher
from numba.core.options import TargetOptions

from .cpu import SHAPE

OPTIONS = {"fastmath": {"contract", "nsz"}, "nogil": True, "error_model": "numpy"}
CPUTargetOptions.noalias = TargetOptions.Mapping("noalias")  # Numba has the flag, but no option that sets it


def package_stamp():
    """What changes when any source file of this package does."""
    files = sorted(Path(__file__).parents[1].rglob("*.py"))
    return tuple((str(file), file.stat().st_mtime, file.stat().st_size) for file in files)


class OfPackage:
    """What a cache locator here does differently from Numba's."""

    def get_source_stamp(self):
        return package_stamp()

    def get_disambiguator(self):
        return f"{super().get_disambiguator()}-{SHAPE}" + ("-checked" if numba.config.BOUNDSCHECK else "")


class Chosen(OfPackage, caching.UserProvidedCacheLocator):
    """$NUMBA_CACHE_DIR, if it is set."""


class BesideSource(OfPackage, caching.InTreeCacheLocator):
    """__pycache__, if it can be written."""


class InHome(OfPackage, caching.UserWideCacheLocator):
    """The user's cache directory."""


class CacheFiles(caching.CompileResultCacheImpl):
    _locator_classes = [Chosen, BesideSource, InHome]


class Cache(caching.FunctionCache):
    """Numba's cache of one function; trouble with the disk means 'not cached'."""

    _impl_class = CacheFiles
    told = False

    def load_overload(self, signature, target_context):
        try:
            found = super().load_overload(signature, target_context)
        except Exception:  # whatever a broken file raises
            found = None
        if found is None and not Cache.told:
            Cache.told = True
            print("minicnn: compiling kernels (first run only), about half a minute", file=sys.stderr)
        return found

    def save_overload(self, signature, data):
        with contextlib.suppress(Exception):  # a full or vanished disk, say
            super().save_overload(signature, data)


def compiled(function, **options):
    """njit(function) with the package's options and cache; the function itself under NUMBA_DISABLE_JIT=1."""
    dispatcher = numba.njit(function, **OPTIONS, **options)
    if isinstance(dispatcher, Dispatcher):
        with contextlib.suppress(RuntimeError):  # no folder can be written
            dispatcher._cache = Cache(function)
    return dispatcher


def serial(function):
    """A function that kernels call; compiled as a part of each of them."""
    return numba.njit(function, **OPTIONS)


def serial_apart(function):
    """`serial` for a function that writes to no memory that it reaches by two names: LLVM need not look for overlaps."""
    return numba.njit(function, **OPTIONS, noalias=True)


def any_order(function):
    """`serial` for a function whose sums are exact in any order."""
    return numba.njit(function, **(OPTIONS | {"fastmath": {"reassoc", "nsz"}}))
