"""Exercise 17: He's scale."""

import math

import numpy as np


def fan_in(shape):
    # All axes but the last one: D of a dense layer; KH * KW * C of a convolution, because an output sums over the whole
    # window and all channels.
    return math.prod(shape[:-1])


def he_normal(shape, rng, dtype=np.float32):
    # A sum of D products multiplies the mean square by D * variance, and the ReLU halves it. D * variance / 2 = 1 gives
    # variance = 2 / D. The standard deviation is the root of the variance.
    std = math.sqrt(2 / fan_in(shape))
    return (std * rng.standard_normal(shape)).astype(dtype)
