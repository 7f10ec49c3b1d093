"""Dropout in one pass through memory."""

from .kernels.arrays import plain
from .kernels.memory_pool import empty
from .kernels.shares import pieces
from .kernels.threads import parallel


@parallel
def dropout_kernel(share, x, mask, y, scale):
    zero = x.dtype.type(0)
    for i in pieces(share):
        y[i] = x[i] * (scale if mask[i] else zero)


def dropout(x, mask, rate):
    """y = x * mask / (1 - rate)."""
    x, mask = plain(x), plain(mask)
    y = empty(x.shape, x.dtype)
    dropout_kernel(x.size, x.reshape(-1), mask.reshape(-1), y.reshape(-1), x.dtype.type(1 / (1 - rate)))
    return y


def dropout_backward(dy, mask, rate):
    """dx = dy * mask / (1 - rate): dropout again."""
    return dropout(dy, mask, rate)
