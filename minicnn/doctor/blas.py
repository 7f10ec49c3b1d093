"""The library behind NumPy's matrix products: which one, which kernels it chose, on how many threads."""

import ctypes
import os
import re

import numpy as np

from .findings import Finding

MAPS = "/proc/self/maps"                                           # on Linux: the libraries of this process


def matrix_products():
    """minicnn's own kernels do not use it; the reference rung and whatever else runs in the process do."""
    built = np.show_config(mode="dicts").get("Build Dependencies", {}).get("blas", {})
    name, version = built.get("name", "unknown"), built.get("version", "")
    threads, core = _openblas()
    ours = os.environ.get("OPENBLAS_CORETYPE")
    found = f"{name} {version}" + (f", kernels for {core}" if core else "") + (f", {threads} threads" if threads else "")
    return Finding("BLAS", "ok", found.strip(), "NumPy computes its matrix products with it, and so does the reference rung; "
                   "the fast rung has kernels of its own.",
                   f"OPENBLAS_CORETYPE={ours} chose these kernels; unset it if you did not mean that." if ours
                   else "Nothing to do.", {"name": name, "version": version, "threads": threads, "core": core})


def _openblas():
    """(threads, kernels) as the loaded OpenBLAS itself says; None for what it does not say, or where it is another."""
    try:
        with open(MAPS) as file:
            path = next((line.split(maxsplit=5)[5].strip() for line in file if re.search(r"openblas[^/]*\.so", line)), None)
        loaded = ctypes.CDLL(path) if path else None
    except OSError:
        loaded = None
    if loaded is None:
        return None, None
    threads = _call(loaded, "get_num_threads", ctypes.c_int)
    core = _call(loaded, "get_corename", ctypes.c_char_p)
    return threads, core and core.decode()


def _call(loaded, what, kind):
    for name in (f"scipy_openblas_{what}64_", f"scipy_openblas_{what}", f"openblas_{what}64_", f"openblas_{what}"):
        function = getattr(loaded, name, None)
        if function is not None:
            function.restype = kind
            return function()
    return None
