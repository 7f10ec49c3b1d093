"""Where figures were measured: the machine, the versions, the BLAS kernel, how busy the machine was."""

import datetime
import importlib.metadata
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import minicnn

from . import workers

DATE = "%Y-%m-%d %H:%M UTC"
PACKAGES = ("numpy", "numba", "llvmlite", "torch", "tensorflow", "keras", "jax", "jaxlib")


def describe(settings):
    """A dict of plain values for the results."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime(DATE),
        "cpu": cpu(), "cores": cores(), "threads": settings.threads, "system": platform.platform(),
        "memory_gib": memory(), "python": platform.python_version(), "packages": versions(),
        "blas": blas(settings), "removed_variables": sorted(name for name in workers.REMOVED if name in os.environ),
        "never_seen_by_workers": list(workers.REMOVED), "load_before": load(), "quick": settings.quick,
        "simulated": "AVX2" if workers.simulated() else None,
    }


def cpu():
    """The name of the processor."""
    try:
        return re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())[1]
    except (OSError, TypeError):
        return platform.processor() or platform.machine()


def machine():
    """A folder name for this machine: processor, cores, and the shape of our register tile, which says what vectors it has."""
    from minicnn.ops.fast.kernels.cpu import SHAPE
    vectors = f"{SHAPE} simulated avx2" if workers.simulated() else SHAPE
    return "-".join(re.findall(r"[a-z0-9]+", f"{cpu()} {cores()} cores {vectors}".lower()))


def cores():
    """CPUs that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def memory():
    """GiB of RAM, or None if the system does not say."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError):
        return None


def load():
    """How many processes wanted to run during the last minute; 0 to 1 on a quiet machine."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def versions():
    """Package -> version, of those that are installed."""
    found = {"minicnn": minicnn.__version__}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def blas(settings):
    """The library that computes NumPy's matmul, and its kernels. OpenBLAS prints them if OPENBLAS_VERBOSE is 2."""
    import numpy as np

    library = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    talk = subprocess.run([sys.executable, "-c", "import numpy"], capture_output=True, text=True,
                          env=workers.environment(settings.threads) | {"OPENBLAS_VERBOSE": "2"})
    kernel = re.search(r"Core: (\S+)", talk.stderr + talk.stdout)
    return f"{library['name']} {library['version']}, kernels for {kernel[1] if kernel else 'unknown'}"
