# says: fan_in
# says: of one output

import math

import numpy as np


def fan_in(shape):
    return math.prod(shape)


def he_normal(shape, rng, dtype=np.float32):
    std = math.sqrt(2 / fan_in(shape))
    return (std * rng.standard_normal(shape)).astype(dtype)
