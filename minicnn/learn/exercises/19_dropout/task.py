"""Exercise 19: dropout. Chapter 13, 'A network that does not memorise', section 'Dropout, with numbers'.

rate is the probability that a unit is dropped, from 0 up to (not including) 1.

Replace each `...` by your code. Then run:  minicnn learn check 19
"""

import numpy as np


def draw_mask(shape, rate, rng):
    """A random mask: True for a unit that stays, False for one that is dropped. Each is dropped with probability rate.

    Draw with rng, a NumPy generator: rng.random(shape) has numbers that are evenly spread from 0 to 1.
    Returns an array of booleans of this shape.
    """
    ...


def dropout(x, mask, rate):
    """Set the dropped units to 0. Scale the others, so that the expected value of each y is x.

    Shapes: x (any), mask: booleans like x -> y like x. With rate 0.5 and mask (True, False), (2, 4) becomes (4, 0).
    """
    ...


def dropout_backward(dy, mask, rate):
    """dx, with the mask of the forward pass. Shapes: dy (any), mask like dy -> dx like dy."""
    ...
