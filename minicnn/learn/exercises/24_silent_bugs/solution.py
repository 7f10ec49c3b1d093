"""Exercise 24: bugs that no gradient check sees, repaired."""

import numpy as np


def log_softmax(x):
    # The code subtracted the largest number of the whole batch. Mathematically this is the same function, so the gradient
    # is right. But if one row is far above another, all exp of the lower row are 0, and log(0) is minus infinity. Each row
    # needs its own maximum: then its largest term is exp(0) = 1.
    shifted = x - x.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def global_avg_pool2d(x):
    # The code computed the sum. Its backward pass was that of the sum: the two agreed.
    return x.mean(axis=(1, 2))


def global_avg_pool2d_backward(dy, x_shape):
    N, H, W, C = x_shape
    return np.broadcast_to(dy[:, None, None, :] / (H * W), x_shape).copy()


# On random numbers it is right, and so is its gradient. Only rows that are far apart show the bug.
log_softmax_is_found_by = "C"

# Backward agrees with forward, and the network learns. But every number differs from the definition.
global_avg_pool2d_is_found_by = "B"
