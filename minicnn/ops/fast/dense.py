"""The dense layer and its gradients: three matrix products, in kernels/products.py."""

import numpy as np

from .kernels.arrays import plain, plains
from .kernels.cpu import lanes, panel
from .kernels.memory_pool import empty
from .kernels.products import APART, BATCH, BLOCK, add_splits, column_sums, gradients, product
from .kernels.sizes import ceil_div, padded_to
from .kernels.threads import Launch, num_threads

SPLIT = 512       # numbers of one sum in dense, at most: the rows of x and of w that meet in it fit a core's L2
SPLITS = 8        # the number of sums is a multiple of this: so many threads can share them ...
SHORT_SPLIT = 64  # ... but none is shorter than this


def splits_of(D):
    """Into how many sums a sum over D is cut; D alone decides."""
    return max(ceil_div(D, SPLITS * SPLIT) * SPLITS if D > SPLIT else min(SPLITS, D // SHORT_SPLIT), 1)


def dense(x, w, b=None):
    """y = x @ w + b."""
    y, launches = forward(x, w, b, -np.inf)
    for kernel, arguments in launches:
        with Launch(kernel, arguments) as run:
            run(*arguments)
    return y


def dense_relu(x, w, b=None):
    """y = max(x @ w + b, 0), the maximum taken while the numbers are in the cache."""
    y, launches = forward(x, w, b, 0.0)
    for kernel, arguments in launches:
        with Launch(kernel, arguments) as run:
            run(*arguments)
    return y


def forward(x, w, b, low):
    """Memory for y, and the kernels with their arguments that fill it with max(x @ w + b, low)."""
    x, w = plains(x, w)
    (N, D), K, dtype, T = x.shape, w.shape[1], x.dtype, num_threads()
    splits, wide_K = splits_of(D), padded_to(K, lanes(dtype))
    longest = ceil_div(D, splits)
    b = np.zeros(K, dtype) if b is None else plain(b, dtype)
    y, partials = empty((N, K), dtype), empty((splits, N, wide_K), dtype)
    return y, [
        (product, (splits, x, w, partials, empty((T, min(N, BATCH) * (longest + APART)), dtype),
                   empty((T, 0 if wide_K == K else longest * wide_K), dtype), np.zeros(panel(dtype), dtype))),
        (add_splits, (N, partials, b, y, dtype.type(low)))]


def dense_backward(dy, x, w, input_gradient=True):
    """dx, dw, db of y = dense(x, w, b); dx is None if input_gradient is False."""
    dy, x, w = plains(dy, x, w)
    (N, D), K, dtype, T = x.shape, w.shape[1], x.dtype, num_threads()
    wide_K, wide = padded_to(K, lanes(dtype)), dy
    if wide_K > K:
        wide = np.zeros((N, wide_K), dtype)
        wide[:, :K] = dy
    dx, dw, db = empty((N, D) if input_gradient else (0, 0), dtype), empty((D, K), dtype), empty((K,), dtype)
    gradients(ceil_div(D, BLOCK), dy, x, w, dx, dw, wide, empty((T, N * (BLOCK + APART)), dtype),
              empty((T, K * (BLOCK + APART)), dtype), np.zeros(panel(dtype), dtype))
    column_sums(K, dy, db)
    return dx if input_gradient else None, dw, db
