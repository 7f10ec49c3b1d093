"""Exercise 7: a step of SGD, and its mini-batches. Chapter 6, 'A network that learns digits'.

Replace each `...` by your code. Then run:  minicnn learn check 7
"""

import numpy as np


def sgd_step(w, dw, lr):
    """The new weights after one step of gradient descent.

    Shapes: w (any), dw like w, lr a number -> a new array like w. Do not change w or dw.
    """
    ...


def mini_batches(N, batch_size, rng):
    """The mini-batches of one epoch, as a list of index arrays.

    Every number from 0 to N - 1 is in exactly one batch. The order is random: draw it with rng, a NumPy generator, for
    example with rng.permutation(N). Each batch has batch_size entries; the last one has fewer if N is not a multiple.
    mini_batches(5, 2, rng) may return [array([3, 0]), array([4, 1]), array([2])].
    """
    ...
