# says: he_normal
# says: the root

import math

import numpy as np


def fan_in(shape):
    return math.prod(shape[:-1])


def he_normal(shape, rng, dtype=np.float32):
    std = 2 / fan_in(shape)
    return (std * rng.standard_normal(shape)).astype(dtype)
