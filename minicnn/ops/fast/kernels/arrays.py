"""What every kernel needs of an array: contiguous, writable (a read-only array is another type to Numba, and would
compile every kernel again), aligned, of one dtype. And how a kernel runs over arrays of one shape."""

import numpy as np

from .memory_pool import empty


def plain(x, dtype=None):
    """x itself if it is such an array, else a copy."""
    if x.flags.carray and (dtype is None or x.dtype == dtype):     # contiguous, aligned and writable, in one question
        return x
    return np.array(x, dtype=dtype or x.dtype.newbyteorder("="), order="C")


def plains(*arrays):
    """Several arrays, all of the dtype that NumPy would compute with."""
    dtype = arrays[0].dtype
    for array in arrays:
        if array.dtype is not dtype:                               # often the same object, and this is the fastest question
            dtype = np.result_type(*arrays)
            break
    return [plain(array, dtype) for array in arrays]


def entrywise(kernel, *arrays, constants=()):
    """Run `kernel` over arrays of one shape, flat, into a new one like them."""
    arrays = plains(*arrays)
    dtype = arrays[0].dtype
    result = empty(arrays[0].shape, dtype)
    kernel(result.size, *[array.reshape(-1) for array in (*arrays, result)], *[dtype.type(c) for c in constants])
    return result


def rowwise(kernel, *arrays):
    """Run `kernel` over arrays of one shape as rows of the last axis."""
    arrays = plains(*arrays)
    result, K = empty(arrays[0].shape, arrays[0].dtype), arrays[0].shape[-1]
    rows = result.reshape(-1, K)
    kernel(len(rows), *(array.reshape(-1, K) for array in arrays), rows)
    return result
