# says: he_normal
# says: normal numbers

import math

import numpy as np


def fan_in(shape):
    return math.prod(shape[:-1])


def he_normal(shape, rng, dtype=np.float32):
    std = math.sqrt(2 / fan_in(shape))
    return (std * rng.uniform(-1, 1, shape)).astype(dtype)
