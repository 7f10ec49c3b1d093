"""What this processor can do: the width of its vectors and the shape of the register tile (see tile.py) that fits it."""

import os
import platform

import llvmlite.binding as llvm
import numpy as np

# bytes of a vector register, rows and vectors of the tile: rows * vectors sums + `vectors` of b + one of a fit the registers
SHAPES = {"avx512": (64, 12, 2),  # 32 registers
          "avx2": (32, 6, 2),     # 16 registers
          "neon": (16, 12, 2),    # 32 registers
          "plain": (16, 4, 2)}    # no intrinsic at all: loops that any processor runs


def cpu_shape():
    """The name of the tile shape for this processor (MINICNN_TILE forces one, for tests)."""
    if os.environ.get("MINICNN_TILE"):
        return os.environ["MINICNN_TILE"]
    features = llvm.get_host_cpu_features()
    if features.get("avx512f"):
        return "avx512"
    if features.get("avx2") and features.get("fma"):
        return "avx2"
    return "neon" if platform.machine().lower() in ("arm64", "aarch64") else "plain"


SHAPE = cpu_shape()
VECTOR_BYTES, ROWS, VECTORS = SHAPES[SHAPE]


def lanes(dtype):
    """How many numbers of `dtype` one vector holds."""
    return VECTOR_BYTES // np.dtype(dtype).itemsize


def panel(dtype):
    """How many columns the tile computes at once: matrices `b` are packed into panels of this width."""
    return VECTORS * lanes(dtype)
