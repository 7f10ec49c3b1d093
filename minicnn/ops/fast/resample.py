"""Resampling: each image is padded once with `fill`, so that no pixel asks whether its neighbours exist.

Places far outside are brought to the edge of the padding, where all neighbours are `fill`. A place is never negative
then: its integer part is the neighbour above, or before, without a call of floor. Threads share images.
"""

import numpy as np

from .kernels.arrays import plains
from .kernels.compiler import serial, serial_apart
from .kernels.memory_pool import empty
from .kernels.shares import pieces
from .kernels.threads import parallel


@serial
def between(place, zero, most):
    """place, brought into [zero, most]; a NaN is zero."""
    place = place if place > zero else zero
    return place if place < most else most


@serial_apart
def look_up(image, row_step, column_step, row0, column0, bottom, right, y):
    """One row of y. Unsigned indices: no code for indices that count from the end."""
    number = y.dtype.type
    zero, one, next_ = number(0), number(1), np.uint64(1)
    for j in range(y.shape[0]):
        row = between(row_step * number(j) + row0, zero, bottom)
        column = between(column_step * number(j) + column0, zero, right)
        h, w = np.int32(row), np.int32(column)
        u, v = row - number(h), column - number(w)
        h, w = np.uint64(np.uint32(h)), np.uint64(np.uint32(w))
        p, q, r, s = (one - u) * (one - v), (one - u) * v, u * (one - v), u * v
        if y.shape[1] == 1:                                        # a loop of one round costs a third of the time
            y[j, 0] = (p * image[h, w, 0] + q * image[h, w + next_, 0]
                       + r * image[h + next_, w, 0] + s * image[h + next_, w + next_, 0])
            continue
        for c in range(y.shape[1]):
            y[j, c] = (p * image[h, w, c] + q * image[h, w + next_, c]
                       + r * image[h + next_, w, c] + s * image[h + next_, w + next_, c])


@parallel
def look_up_all(share, x, matrices, fill, y):
    _, H, W, C = x.shape
    number = x.dtype.type
    one, bottom, right = number(1), number(H + 1), number(W + 1)
    for n in pieces(share):
        image, m = np.full((H + 3, W + 3, C), fill, x.dtype), matrices[n]
        image[1:H + 1, 1:W + 1] = x[n]
        for i in range(H):
            look_up(image, m[0, 1], m[1, 1], m[0, 0] * number(i) + m[0, 2] + one, m[1, 0] * number(i) + m[1, 2] + one,
                    bottom, right, y[n, i])


def affine(x, matrices, fill=0.0):
    """As ops.reference.affine."""
    x, matrices = plains(x, matrices)
    y = empty(x.shape, x.dtype)
    look_up_all(len(x), x, matrices, x.dtype.type(fill), y)
    return y
