"""Checks of this computer: versions, threads, caches, environment, and how fast and how right the kernels are here."""

import math
import os
import platform
from importlib import metadata
from pathlib import Path

from .. import ops
from ..data.download import cache_folder
from . import blas, speed
from .findings import Findings, told

PACKAGES = ("minicnn", "numpy", "numba", "llvmlite", "matplotlib", "pillow", "tqdm")
PREFIXES = ("OPENBLAS_", "MINICNN_", "NUMBA_", "OMP_", "MKL_", "BLIS_")
SLOWER = {                                                         # variable -> (when, what it does)
    "MINICNN_OPS": (lambda value: value not in ("", "fast"), "chooses a slower rung of the ladder"),
    "MINICNN_TILE": (lambda value: value != "", "forces the shape of the register tile, which fits this CPU or not"),
    "NUMBA_DISABLE_JIT": (lambda value: value not in ("", "0"), "turns the compiler off, so the NumPy rung computes"),
    "NUMBA_BOUNDSCHECK": (lambda value: value not in ("", "0"), "makes kernels look at every index"),
    "NUMBA_DEBUG": (lambda value: value not in ("", "0"), "compiles without optimising"),
    "NUMBA_OPT": (lambda value: value not in ("", "3", "max"), "compiles with less optimisation"),
    "NUMBA_THREADING_LAYER": (lambda value: value == "workqueue", "chooses the threading layer that starts slowest"),
    "NUMBA_CPU_NAME": (lambda value: value != "", "compiles for another CPU"),
    "OPENBLAS_CORETYPE": (lambda value: value != "",
                          "makes NumPy's products run kernels of another CPU; minicnn's own do not care"),
    "OMP_PROC_BIND": (lambda value: value.lower() not in ("", "false"), "pins threads, those of other pools to the same cores"),
}


def machine(seconds=1.0):
    """Every check of this machine, as Findings; `seconds` are spent on measuring speed, half of them on one thread."""
    return Findings(machine_checks(seconds))


def machine_checks(seconds=1.0):
    """The findings of `machine`, each as soon as it is known."""
    yield versions()
    yield processor()
    yield rung()
    yield environment()
    yield cache()
    yield blas.matrix_products()
    if ops.current() == "fast" and not _disabled():
        right = speed.agreement()                                  # compiles and starts the pool, which the next look at
        yield threads()
        yield threading_layer()
        yield right
        yield speed.convolution(seconds)


def versions():
    found = {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}
    missing = [name for name, version in found.items() if version is None]
    return told("versions", "warning" if missing else "ok",
                ", ".join(f"{name} {version or 'missing'}" for name, version in found.items()),
                ("All that minicnn needs is here.", "A package that minicnn needs is not installed."),
                "python -m pip install " + " ".join(missing), found)


def processor():
    from ..ops.fast.kernels import cpu  # imports Numba: not before a machine is looked at

    found = {"system": f"{platform.system()} {platform.machine()}", "tile": cpu.SHAPE, "vector_bytes": cpu.VECTOR_BYTES,
             "rows": cpu.ROWS, "vectors": cpu.VECTORS}
    return told("processor", "warning" if cpu.SHAPE == "plain" else "ok",
                f"{found['system']}, tile {cpu.SHAPE}: {cpu.ROWS} rows of {cpu.VECTORS} vectors of {cpu.VECTOR_BYTES} bytes",
                ("The register tile is made for this CPU's vectors.",
                 "No vector instructions were recognised, so plain loops compute."),
                "Expect a tenth of the speed, or run where the CPU has AVX2, AVX-512 or NEON.", found)


def rung():
    fast = ops.current() == "fast" and not _disabled()
    return told("rung", "ok" if fast else "warning",
                "reference, for want of a compiler" if _disabled() else ops.current(),
                ("Compiled kernels compute.", "A rung made for reading computes, not the fast one."),
                "Unset MINICNN_OPS and NUMBA_DISABLE_JIT, unless you are reading or checking.", ops.current())


def environment():
    found = {name: value for name, value in sorted(os.environ.items()) if name.startswith(PREFIXES)}
    slower = [f"{name} {SLOWER[name][1]}" for name, value in found.items() if name in SLOWER and SLOWER[name][0](value)]
    return told("environment", "warning" if slower else "ok",
                ", ".join(f"{name}={value}" for name, value in found.items()) or "none of " + ", ".join(PREFIXES) + " ...",
                ("No variable changes what computes in a way that would surprise.", "; ".join(slower) + "."),
                "Unset what you did not mean.", found)


def cache():
    """Where compiled kernels and downloaded data are kept, and whether they can be."""
    found = {} if _disabled() else {"kernels": _kernel_folder()}
    found["data"] = os.fspath(cache_folder())
    closed = [name for name, folder in found.items() if folder is None or not writable(folder)]
    return told("cache folders", "warning" if closed else "ok",
                ", ".join(f"{name} in {folder or 'no folder'}" + (" (not writable)" if name in closed else "")
                          for name, folder in found.items()),
                ("Kernels are compiled once, data is downloaded once.",
                 "What cannot be kept is made anew every time: kernels take half a minute, data a download."),
                "Set NUMBA_CACHE_DIR (kernels) or XDG_CACHE_HOME (data) to a folder that can be written.", found)


def writable(folder):
    """Whether files can be made in a folder, or the folder itself where there is none yet."""
    folder = Path(folder)
    while not folder.exists():
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def threads():
    from ..ops.fast.kernels.threads import num_threads

    cores, used, quota = _cores(), num_threads(), _quota()
    most = cores if quota is None else max(1, min(cores, math.ceil(quota)))
    return told("threads", "ok" if used == most else "warning",
                f"{used} on {cores} cores" + (f", of which this container may use {quota:g}" if quota else ""),
                ("Every core that this process may use has one thread.",
                 "Threads without a core wait for each other." if used > most else "Cores without a thread do not help."),
                f"Set NUMBA_NUM_THREADS={most}, or unset it, unless other programs shall have the rest.",
                {"threads": used, "cores": cores, "quota": quota})


def threading_layer():
    from ..ops.fast.kernels.threads import threading_layer as layer

    return told("threading layer", "warning" if layer() == "workqueue" else "ok", str(layer()),
                ("Kernels start in about a microsecond.",
                 "Starting a kernel on this layer costs 66 us instead of 1.4 (measured on 2 cores)."),
                "Install OpenMP (libgomp1 on Debian and Ubuntu, libomp on macOS) or: python -m pip install tbb", layer())


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

    return compiled(package_stamp)._cache.cache_path               # as for any function of that package; it is not called


def _cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _quota(path="/sys/fs/cgroup/cpu.max"):
    """How many cores' time a container may use, or None where nothing limits it."""
    try:
        limit, period = Path(path).read_text().split()
        return None if limit == "max" else int(limit) / int(period)
    except (OSError, ValueError):
        return None
