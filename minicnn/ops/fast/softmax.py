"""Log-softmax, one row per iteration of a parallel loop."""

import math

from numba import prange

from .kernels.arrays import rowwise
from .kernels.threads import parallel


@parallel
def log_softmax_kernel(x, y):
    for n in prange(x.shape[0]):
        most, total = x[n].max(), x.dtype.type(0)
        for k in range(x.shape[1]):
            total += math.exp(x[n, k] - most)
        total = math.log(total)
        for k in range(x.shape[1]):
            y[n, k] = x[n, k] - most - total


@parallel
def log_softmax_backward_kernel(dy, y, dx):
    for n in prange(y.shape[0]):
        total = dy[n].sum()
        for k in range(y.shape[1]):
            dx[n, k] = dy[n, k] - math.exp(y[n, k]) * total


def log_softmax(x):
    """y[..., k] = x[..., k] - log(sum over j of exp(x[..., j]))."""
    return rowwise(log_softmax_kernel, x)


def log_softmax_backward(dy, y):
    """dx = dy - exp(y) * (sum of dy over the row)."""
    return rowwise(log_softmax_backward_kernel, dy, y)
