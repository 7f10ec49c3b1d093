"""Exercise 24: bugs that no gradient check sees. Chapter 15, 'Believe nothing', section 'How checks lie', number 7.

For both pairs below the gradient check says: all ok. And yet both have a bug. A gradient check compares backward with
forward. If both are wrong together, or if forward fails for some numbers only, the check is silent. Compare with the
definitions in the docstrings, and repair the code.

Then run:  minicnn learn check 24
"""

import numpy as np

__all__ = []                  # no function here is for your own network: see minicnn learn train


def log_softmax(x):
    """The logarithm of the softmax of each row: y[n, k] = x[n, k] - log(sum over j of exp(x[n, j])).

    Shapes: x (N, K) -> y (N, K). All results are finite, also for numbers such as 10000 or -10000.
    """
    shifted = x - x.max()
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def global_avg_pool2d(x):
    """The mean over all pixels, for each image and each channel. Shapes: x (N, H, W, C) -> y (N, C)."""
    return x.sum(axis=(1, 2))


def global_avg_pool2d_backward(dy, x_shape):
    """dx of global_avg_pool2d. Shapes: dy (N, C) -> dx with the shape x_shape = (N, H, W, C)."""
    return np.broadcast_to(dy[:, None, None, :], x_shape).copy()


# Which test would have found each bug? Choose one letter for each: "A", "B", "C" or "D".
#   A  a gradient check with other random numbers
#   B  a comparison with the definition, written as loops, on random numbers
#   C  rows of which one is far above another
#   D  a training that runs until the loss is small
log_softmax_is_found_by = ...
global_avg_pool2d_is_found_by = ...
