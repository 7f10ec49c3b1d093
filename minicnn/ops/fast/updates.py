"""The optimizers' updates: all arrays of a parameter in one pass, new arrays in memory that was used before.

Written in NumPy, Adam passes over its four arrays a dozen times, and each pass of a large dense layer goes to memory.
"""

import numpy as np

from .kernels.arrays import plains
from .kernels.compiler import serial
from .kernels.memory_pool import empty
from .kernels.shares import pieces
from .kernels.threads import parallel


@serial
def flushed(x, tiny):
    """x, or 0 if it is closer to 0 than the smallest normal number of its dtype.

    Where the gradient stays 0, its running mean shrinks in each step and would end among numbers below 1e-38, with which
    processors compute up to 100 times more slowly.
    """
    return type(x)(0) if abs(x) < tiny else x


@parallel
def sgd_kernel(share, w, g, u, new_w, new_u, lr, momentum, nesterov, weight_decay, tiny):
    for i in pieces(share):
        gradient = g[i] + weight_decay * w[i]
        new_u[i] = flushed(momentum * u[i] + gradient, tiny)
        new_w[i] = w[i] - lr * (gradient + momentum * new_u[i] if nesterov else new_u[i])


@parallel
def rmsprop_kernel(share, w, g, v, new_w, new_v, lr, decay, epsilon, weight_decay, tiny):
    one = w.dtype.type(1)
    for i in pieces(share):
        gradient = g[i] + weight_decay * w[i]
        new_v[i] = flushed(decay * v[i] + (one - decay) * gradient * gradient, tiny)
        new_w[i] = w[i] - lr * gradient / (np.sqrt(new_v[i]) + epsilon)


@parallel
def adam_kernel(share, w, g, m, v, new_w, new_m, new_v, step, root, beta1, beta2, rest1, rest2, epsilon, coupled, shrink, tiny):
    """step = lr / (1 - beta1**t), root = 1 / sqrt(1 - beta2**t), rest = 1 - beta, shrink = 1 - lr * weight decay."""
    zero = w.dtype.type(0)
    for i in pieces(share):
        gradient = g[i] + coupled * (w[i] if coupled != zero else zero)  # 0 * NaN is NaN: it would enter m and v
        new_m[i] = flushed(beta1 * m[i] + rest1 * gradient, tiny)
        new_v[i] = flushed(beta2 * v[i] + rest2 * gradient * gradient, tiny)
        new_w[i] = shrink * w[i] - step * new_m[i] / (np.sqrt(new_v[i]) * root + epsilon)


def run(kernel, arrays, constants):
    """The kernel over the arrays (a value, its gradient, the memory): the new value and the new memory."""
    arrays = plains(*arrays)
    shape, dtype = arrays[0].shape, arrays[0].dtype
    new = [empty(shape, dtype) for _ in range(len(arrays) - 1)]
    kernel(arrays[0].size, *[array.reshape(-1) for array in (*arrays, *new)],
           *[constant if isinstance(constant, bool) else dtype.type(constant) for constant in constants], np.finfo(dtype).tiny)
    return tuple(new)


def sgd(w, g, u, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    """As ops.reference.sgd."""
    return run(sgd_kernel, (w, g, u), (lr, momentum, bool(nesterov), weight_decay))


def rmsprop(w, g, v, lr, decay=0.99, epsilon=1e-8, weight_decay=0.0):
    """As ops.reference.rmsprop."""
    return run(rmsprop_kernel, (w, g, v), (lr, decay, epsilon, weight_decay))


def adam(w, g, m, v, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0, decoupled=False):
    """As ops.reference.adam; the bias corrections 1 - beta**t are computed once, not for each number."""
    coupled, shrink = (0.0, 1 - lr * weight_decay) if decoupled else (weight_decay, 1.0)
    return run(adam_kernel, (w, g, m, v), (lr / (1 - beta1**t), (1 - beta2**t) ** -0.5, beta1, beta2, 1 - beta1, 1 - beta2,
                                           epsilon, coupled, shrink))
