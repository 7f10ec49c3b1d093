"""The small arrays of chapters 3 and 7 to 10, in the layout of the ops, and arrays of drawn numbers."""

import numpy as np

# Chapters 7 to 10: one image, one kernel, one upstream gradient; N = C = F = 1.
IMAGE = np.array([[1, 2, 0, 1], [3, 1, 1, 0], [0, 2, 2, 1], [2, 0, 1, 4]], float).reshape(1, 4, 4, 1)
KERNEL = np.array([[1, 0, -1], [2, 1, 0], [0, -1, 1]], float).reshape(3, 3, 1, 1)
DY = np.array([[1, 2], [-2, 3]], float).reshape(1, 2, 2, 1)

# Chapter 3: a dense layer with two examples, three inputs and two outputs.
X, W, B = np.array([[1.0, 2, 0], [3, -1, 1]]), np.array([[1.0, 0], [2, -1], [0, 3]]), np.array([1.0, -2])
DENSE_DY = np.array([[1.0, -1], [2, 3]])


def drawn(*shape, seed=0):
    """Normal numbers, always the same for the same shape."""
    return np.random.default_rng((seed, *shape)).standard_normal(shape)


def whole(*shape, seed=0):
    """Whole numbers from -4 to 4, easy to follow in a sum."""
    return np.random.default_rng((seed, *shape)).integers(-4, 5, shape).astype(float)
