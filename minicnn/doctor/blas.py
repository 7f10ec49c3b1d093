"""The library that computes NumPy's matrix products: its name, the CPU its kernels are made for, its threads."""

import os

import numpy as np
from threadpoolctl import threadpool_info

from .findings import Finding


def matrix_products():
    """Which BLAS does NumPy use?  The reference implementation computes with it, the fast implementation does not."""
    built = np.show_config(mode="dicts").get("Build Dependencies", {}).get("blas", {})
    loaded = next((pool for pool in threadpool_info() if pool["user_api"] == "blas"), {})
    name, version = built.get("name", "unknown"), built.get("version", "")
    threads, core = loaded.get("num_threads"), loaded.get("architecture")
    chosen = os.environ.get("OPENBLAS_CORETYPE")
    found = f"{name} {version}" + (f", kernels for {core}" if core else "") + (f", {threads} threads" if threads else "")
    return Finding("BLAS", "ok", found.strip(), "NumPy computes matrix products with it, and so does the reference "
                   "implementation. The fast implementation has its own kernels.",
                   f"OPENBLAS_CORETYPE={chosen} chose these kernels; unset it if you did not intend that." if chosen
                   else "Nothing to do.", {"name": name, "version": version, "threads": threads, "core": core})
