"""The cache of compiled kernels on disk: Numba's, with four differences.

- Numba looks at a kernel's own file only; here a change of any file of this package makes all cached machine code stale.
- Each file begins with a checksum. Machine code with a flipped bit still runs, and kills the process; here a damaged file
  costs a message and a compilation.
- A forced tile shape and bounds checking have files of their own.
- A cache that cannot be read or written costs a compilation, never the run.
"""

import contextlib
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numba
from numba import cloudpickle
from numba.core import caching
from numba.core.serialize import dumps

from .cpu import SHAPE


def package_stamp():
    """What changes when any source file of this package does."""
    files = sorted(Path(__file__).parents[1].rglob("*.py"))
    return tuple((str(file), file.stat().st_mtime, file.stat().st_size) for file in files)


STAMP = package_stamp()
ALONE = "MINICNN_COMPILE_ALONE"   # set in the process that helps to compile, and by whoever wants no such process


def tell(text):
    print(f"minicnn: {text}", file=sys.stderr)


class Damaged(Exception):
    """A cache file that does not have the checksum it was written with."""


def checksum(data):
    """Of the data and of the source that it was compiled from: a file of an older source is not taken for a new one."""
    return hashlib.sha256(repr((STAMP, numba.__version__)).encode() + data).digest()


def checked(data):
    """The data of a file that begins with their checksum."""
    if data[:32] != checksum(data[32:]):
        raise Damaged
    return data[32:]


class CheckedFiles(caching.IndexDataCacheFile):
    """Numba's two files of a kernel, index and machine code, each after its checksum."""

    def _load_index(self):
        """{} for an index that is missing, stale or damaged: it is written again."""
        try:
            return cloudpickle.loads(checked(Path(self._index_path).read_bytes()))
        except (OSError, Damaged):
            return {}

    def _save_index(self, overloads):
        self._write(self._index_path, overloads)

    def _load_data(self, name):
        return cloudpickle.loads(checked(Path(self._data_path(name)).read_bytes()))

    def _save_data(self, name, data):
        self._write(self._data_path(name), data)

    def _write(self, path, content):
        data = dumps(content)
        with self._open_for_write(path) as file:
            file.write(checksum(data) + data)


class OfPackage:
    """What a cache locator here does differently from Numba's."""

    def get_source_stamp(self):
        return STAMP

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


class KernelCache(caching.FunctionCache):
    """Numba's cache of one function; trouble with the disk means 'not cached'."""

    _impl_class = CacheFiles
    told = False
    helper = None   # the process that compiles too

    def __init__(self, function):
        super().__init__(function)
        self._cache_file = CheckedFiles(self._cache_path, self._impl.filename_base, STAMP)

    def load_overload(self, signature, target_context):
        try:
            found = super().load_overload(signature, target_context)
        except Damaged:
            tell(f"a file of the kernel cache is damaged; compiling {self._py_func.__name__} again")
            found = None
        except Exception:  # whatever else a file may raise
            found = None
        if found is None and not KernelCache.told:
            KernelCache.told = True
            helped = start_ahead()
            tell(f"compiling kernels (first run only), about {'10' if helped else '20'} seconds")
        return found

    def save_overload(self, signature, data):
        with contextlib.suppress(Exception):  # a full or vanished disk, say
            super().save_overload(signature, data)


def start_ahead():
    """Start ahead.py beside this program, if kernels may run on a second core. Returns whether it was started."""
    if os.environ.get(ALONE) or numba.config.NUMBA_NUM_THREADS < 2:
        return False
    environment = os.environ | {ALONE: "1"}
    if numba.config.CACHE_DIR:
        environment["NUMBA_CACHE_DIR"] = os.path.abspath(numba.config.CACHE_DIR)
    silent = {name: subprocess.DEVNULL for name in ("stdin", "stdout", "stderr")}
    command = [sys.executable, "-m", "minicnn.ops.fast.ahead", str(os.getpid())]
    try:                                                           # in the folder that holds minicnn: -m looks there first
        KernelCache.helper = subprocess.Popen(command, cwd=Path(__file__).parents[4], env=environment, **silent)
    except OSError:
        return False
    return True


def folder_of(function):
    """The folder in which the kernels of a function's file are cached; RuntimeError if none can be written."""
    return Path(CacheFiles(function).locator.get_cache_path())


def read(path):
    """The data of a file of our own in the cache, or None."""
    try:
        return checked(path.read_bytes())
    except OSError:
        return None
    except Damaged:
        tell(f"{path.name} in the kernel cache is damaged; compiling it again")
        return None


def write(path, data):
    """Write a file of our own, in the place of those that older sources left: the last part of its name differs."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(path.name.rpartition("-")[0] + "-*"):
            old.unlink(missing_ok=True)
        half = path.with_name(f"{path.name}.{os.getpid()}")
        half.write_bytes(checksum(data) + data)
        os.replace(half, path)
