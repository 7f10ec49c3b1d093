"""What every kernel wants of an array: contiguous, writable (a read-only array is another type to Numba, and would
compile every kernel anew), aligned, of one dtype."""

import numpy as np


def plain(x, dtype=None):
    """x itself if it is such an array, else a copy."""
    if x.flags.c_contiguous and x.flags.writeable and x.flags.aligned and (dtype is None or x.dtype == dtype):
        return x
    return np.array(x, dtype=dtype or x.dtype.newbyteorder("="), order="C")


def plains(*arrays):
    """Several arrays, all of the dtype that NumPy would compute with."""
    dtype = arrays[0].dtype
    if any(array.dtype != dtype for array in arrays):
        dtype = np.result_type(*arrays)
    return [plain(array, dtype) for array in arrays]
