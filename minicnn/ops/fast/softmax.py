"""Log-softmax, a piece is a row."""

import math

from .kernels.arrays import rowwise
from .kernels.shares import pieces
from .kernels.threads import parallel


@parallel
def log_softmax_kernel(share, x, y):
    for n in pieces(share):
        most, total = x[n].max(), x.dtype.type(0)
        for k in range(x.shape[1]):
            total += math.exp(x[n, k] - most)
        total = math.log(total)
        for k in range(x.shape[1]):
            y[n, k] = x[n, k] - most - total


@parallel
def log_softmax_backward_kernel(share, dy, y, dx):
    for n in pieces(share):
        total = dy[n].sum()
        for k in range(y.shape[1]):
            dx[n, k] = dy[n, k] - math.exp(y[n, k]) * total


def log_softmax(x):
    """y[..., k] = x[..., k] - log(sum over j of exp(x[..., j]))."""
    return rowwise(log_softmax_kernel, x)


def log_softmax_backward(dy, y):
    """dx = dy - exp(y) * (sum of dy over the row)."""
    return rowwise(log_softmax_backward_kernel, dy, y)
