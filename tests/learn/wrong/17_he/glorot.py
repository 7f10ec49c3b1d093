# says: he_normal
# says: Glorot

import math

import numpy as np


def fan_in(shape):
    return math.prod(shape[:-1])


def he_normal(shape, rng, dtype=np.float32):
    std = math.sqrt(2 / (fan_in(shape) + math.prod(shape[:-2]) * shape[-1]))
    return (std * rng.standard_normal(shape)).astype(dtype)
