"""Ops that take one number to one number.

The lines of the reference implementation, each as one loop over the flat array instead of a NumPy pass for every operator:
`dy * (x > 0)` reads and writes memory twice there, once here. What is left is the cost of memory itself, shared by the
threads. Every constant has the array's dtype: a Python 0 or 1.0 would make Numba compute in float64.
"""

import math

import numpy as np

from .kernels.arrays import entrywise
from .kernels.shares import pieces
from .kernels.threads import parallel


@parallel
def relu_kernel(share, x, y):
    zero = x.dtype.type(0)
    for i in pieces(share):
        y[i] = zero if x[i] < zero else x[i]


@parallel
def leaky_relu_kernel(share, dy, x, dx, slope):
    zero = x.dtype.type(0)
    for i in pieces(share):
        dx[i] = dy[i] if x[i] > zero else slope * dy[i]


@parallel
def relu_backward_kernel(share, dy, x, dx):
    zero = x.dtype.type(0)
    for i in pieces(share):
        dx[i] = dy[i] if x[i] > zero else zero


@parallel
def sigmoid_kernel(share, x, y):
    zero, one = x.dtype.type(0), x.dtype.type(1)
    for i in pieces(share):
        e = math.exp(-abs(x[i]))
        y[i] = (one if x[i] > zero else e) / (one + e)


@parallel
def sigmoid_backward_kernel(share, dy, y, dx):
    one = y.dtype.type(1)
    for i in pieces(share):
        dx[i] = dy[i] * y[i] * (one - y[i])


def lambert(terms):
    """Lambert's fraction tanh x = x / (1 + t / (3 + t / (5 + ...))), t = x**2, cut off after some terms: x * above / below.

    Returns the coefficients of the two polynomials in t, the highest power first, as float32. All are positive: no digits
    cancel when they are added.
    """
    above, below = [1], [2 * terms - 1]
    for odd in range(2 * terms - 3, 0, -2):                        # odd + t above / below = (odd below + t above) / below
        sums = [odd * c for c in below] + [0] * (1 + len(above) - len(below))
        for power, c in enumerate(above):
            sums[power + 1] += c
        above, below = below, sums
    return tuple(tuple(np.float32(c / below[0]) for c in reversed(each)) for each in (above, below))


SATURATED = 9.1                # beyond it tanh is 1 in float32
ABOVE, BELOW = lambert(13)     # fewer terms are not exact to float32's last digits at SATURATED


@parallel
def tanh_kernel(share, x, y):
    """tanh of float32 numbers, by products, sums and one division, which fill the vector lanes.

    math.tanh takes one number at a time, 20 times as long, and was half of LeNet-5's step (AMD EPYC, Zen 5).
    """
    most, one, zero = np.float32(SATURATED), np.float32(1), np.float32(0)
    for i in pieces(share):
        z = most if x[i] > most else (-most if x[i] < -most else x[i])
        t, above, below = z * z, zero, zero
        for k in range(len(ABOVE)):
            above, below = above * t + ABOVE[k], below * t + BELOW[k]
        ratio = z * above / below
        y[i] = one if ratio > one else (-one if ratio < -one else ratio)


@parallel
def tanh_kernel_64(share, x, y):
    """float64 is for proofs: every digit of math.tanh."""
    for i in pieces(share):
        y[i] = math.tanh(x[i])


@parallel
def tanh_backward_kernel(share, dy, y, dx):
    one = y.dtype.type(1)
    for i in pieces(share):
        dx[i] = dy[i] * (one - y[i] * y[i])


def relu(x):
    """y = max(x, 0)."""
    return entrywise(relu_kernel, x)


def relu_backward(dy, x):
    """dx = dy where x > 0, else 0. Given y for x the result is the same: y > 0 where x > 0."""
    return entrywise(relu_backward_kernel, dy, x)


def leaky_relu(x, slope=0.01):
    """y = x where x > 0, else slope * x."""
    return entrywise(leaky_relu_kernel, x, x, constants=(slope,))


def leaky_relu_backward(dy, x, slope=0.01):
    """dx = dy where x > 0, else slope * dy."""
    return entrywise(leaky_relu_kernel, dy, x, constants=(slope,))


def sigmoid(x):
    """y = 1 / (1 + exp(-x)), by exp(-|x|) alone."""
    return entrywise(sigmoid_kernel, x)


def sigmoid_backward(dy, y):
    """dx = dy * y * (1 - y)."""
    return entrywise(sigmoid_backward_kernel, dy, y)


def tanh(x):
    """y = tanh(x)."""
    return entrywise(tanh_kernel if x.dtype == np.float32 else tanh_kernel_64, x)


def tanh_backward(dy, y):
    """dx = dy * (1 - y**2)."""
    return entrywise(tanh_backward_kernel, dy, y)
