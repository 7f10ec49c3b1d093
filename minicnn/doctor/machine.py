"""Checks of this computer: versions, threads, caches, environment, and whether the kernels are right and fast here."""

import math
import os
import platform
from importlib import metadata
from pathlib import Path

from .. import __version__, ops
from ..data.download import cache_folder
from ..support.cores import available_cores
from . import blas, speed
from .findings import Findings, finding

PACKAGES = ("numpy", "numba", "llvmlite", "matplotlib", "pillow", "tqdm", "jinja2", "threadpoolctl", "filelock")
PREFIXES = ("OPENBLAS_", "MINICNN_", "NUMBA_", "OMP_", "MKL_", "BLIS_")
SLOWER = {                                                         # variable: (when, what it does)
    "MINICNN_OPS": (lambda value: value not in ("", "fast"), "chooses a slower implementation"),
    "MINICNN_TILE": (lambda value: value != "", "forces the shape of the register tile, which may not fit this CPU"),
    "NUMBA_DISABLE_JIT": (lambda value: value not in ("", "0"), "switches the compiler off, so NumPy computes"),
    "NUMBA_BOUNDSCHECK": (lambda value: value not in ("", "0"), "makes kernels check every index"),
    "NUMBA_DEBUG": (lambda value: value not in ("", "0"), "compiles without optimization"),
    "NUMBA_OPT": (lambda value: value not in ("", "3", "max"), "compiles with less optimization"),
    "NUMBA_CPU_NAME": (lambda value: value != "", "compiles for another CPU"),
    "OPENBLAS_CORETYPE": (lambda value: value != "",
                          "makes NumPy's matrix products run kernels of another CPU; minicnn's own kernels do not use it"),
    "OMP_PROC_BIND": (lambda value: value.lower() not in ("", "false"),
                      "pins threads to cores; threads of other pools may get the same cores"),
}


def machine(seconds=1.0):
    """Every check of this machine, as Findings. The speed is measured for `seconds`, half of them on one thread."""
    return Findings(machine_checks(seconds))


def machine_checks(seconds=1.0):
    """Yield the findings of `machine`, each as soon as it is known."""
    yield versions()
    yield processor()
    yield implementation()
    yield environment()
    yield cache()
    yield blas.matrix_products()
    if ops.current() == "fast" and not _disabled():
        agreement = speed.agreement()                              # compiles and starts the threads for the next one
        yield threads()
        yield agreement
        yield speed.convolution(seconds)


def versions():
    """Are all packages installed, and which versions?"""
    found = {"python": platform.python_version(), "minicnn": __version__, **{name: _version(name) for name in PACKAGES}}
    missing = [name for name, version in found.items() if version is None]
    return finding("versions", "warning" if missing else "ok",
                   ", ".join(f"{name} {version or 'missing'}" for name, version in found.items()),
                   ("All packages that minicnn needs are installed.", "A package that minicnn needs is not installed."),
                   "python -m pip install " + " ".join(missing), found)


def processor():
    """Which register tile does this CPU get?"""
    from ..ops.fast.kernels import cpu  # imports Numba, which takes a second

    found = {"system": f"{platform.system()} {platform.machine()}", "tile": cpu.SHAPE, "vector_bytes": cpu.VECTOR_BYTES,
             "rows": cpu.ROWS, "vectors": cpu.VECTORS}
    return finding("processor", "warning" if cpu.SHAPE == "plain" else "ok",
                   f"{found['system']}, tile {cpu.SHAPE}: {cpu.ROWS} rows of {cpu.VECTORS} vectors of {cpu.VECTOR_BYTES} bytes",
                   ("The register tile fits the vectors of this CPU.",
                    "No vector instructions were recognised, so plain loops compute."),
                   "Expect a tenth of the speed, or use a CPU with AVX2, AVX-512 or NEON.", found)


def implementation():
    """Which implementation computes?"""
    fast = ops.current() == "fast" and not _disabled()
    return finding("implementation", "ok" if fast else "warning",
                   "reference, because the compiler is switched off" if _disabled() else ops.current(),
                   ("Compiled kernels compute.", "This implementation is made for reading, not for speed."),
                   "Unset MINICNN_OPS and NUMBA_DISABLE_JIT, unless you are reading or checking.", ops.current())


def environment():
    """Do environment variables slow minicnn down?"""
    found = {name: value for name, value in sorted(os.environ.items()) if name.startswith(PREFIXES)}
    slower = [f"{name} {SLOWER[name][1]}" for name, value in found.items() if name in SLOWER and SLOWER[name][0](value)]
    return finding("environment", "warning" if slower else "ok",
                   ", ".join(f"{name}={value}" for name, value in found.items()) or "none of " + ", ".join(PREFIXES) + " ...",
                   ("No environment variable slows minicnn down.", "; ".join(slower) + "."),
                   "Unset the variables that you did not set on purpose.", found)


def cache():
    """The folders of compiled kernels and downloaded data, and whether files can be written there."""
    found = {} if _disabled() else {"kernels": _kernel_folder()}
    found["data"] = os.fspath(cache_folder())
    closed = [name for name, folder in found.items() if folder is None or not writable(folder)]
    return finding("cache folders", "warning" if closed else "ok",
                   ", ".join(f"{name} in {folder or 'no folder'}" + (" (not writable)" if name in closed else "")
                             for name, folder in found.items()),
                   ("Kernels are compiled once, data is downloaded once.",
                    "Without a cache, kernels are compiled (10 to 20 seconds) or data is downloaded each time."),
                   "Set NUMBA_CACHE_DIR (kernels) or XDG_CACHE_HOME (data) to a folder that can be written.", found)


def writable(folder):
    """Whether files can be made in a folder, or, if it does not exist yet, the folder itself."""
    folder = Path(folder)
    while not folder.exists():
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def threads():
    """Is there a thread for each core, and not more?"""
    from ..ops.fast.kernels.threads import num_threads

    cores, used, quota = available_cores(), num_threads(), _quota()
    most = cores if quota is None else max(1, min(cores, math.ceil(quota)))
    return finding("threads", "ok" if used == most else "warning",
                   f"{used} on {cores} cores" + (f", of which this container may use {quota:g}" if quota else ""),
                   ("Every core that this process may use has one thread.",
                    "There are more threads than cores: they wait for each other." if used > most else
                    "There are fewer threads than cores: some cores do not help."),
                   f"Set NUMBA_NUM_THREADS={most}, or unset it, unless you keep the other cores for other programs.",
                   {"threads": used, "cores": cores, "quota": quota})


def _version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _disabled():
    import numba

    return bool(numba.config.DISABLE_JIT)


def _kernel_folder():
    from ..ops.fast.kernels.compiler import compiled, package_stamp

    return compiled(package_stamp)._cache.cache_path               # the same for any function of that package; not called


def _quota(path="/sys/fs/cgroup/cpu.max"):
    """How many cores' time a container may use, or None without a limit."""
    try:
        limit, period = Path(path).read_text().split()
        return None if limit == "max" else int(limit) / int(period)
    except (OSError, ValueError):
        return None
