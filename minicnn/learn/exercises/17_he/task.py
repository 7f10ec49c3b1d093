"""Exercise 17: He's scale. Chapter 11, 'Where training starts'.

How large should the first weights be, so that signals keep their size from layer to layer?

Replace each `...` by your code. Then run:  minicnn learn check 17
"""

import numpy as np


def fan_in(shape):
    """How many products one output adds up.

    shape is (D, K) for a dense layer, or (KH, KW, C, F) for a convolution. Returns an integer.
    """
    ...


def he_normal(shape, rng, dtype=np.float32):
    """Random weights for a layer that a ReLU follows: normal numbers with mean 0 and He's standard deviation.

    Draw them with rng, a NumPy generator: rng.standard_normal(shape) has the standard deviation 1.
    Returns an array of this shape and dtype.
    """
    ...
