# says: global_avg_pool2d_is_found_by
# says: learns

import numpy as np


def log_softmax(x):
    shifted = x - x.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def global_avg_pool2d(x):
    return x.mean(axis=(1, 2))


def global_avg_pool2d_backward(dy, x_shape):
    N, H, W, C = x_shape
    return np.broadcast_to(dy[:, None, None, :] / (H * W), x_shape).copy()


log_softmax_is_found_by = "C"

global_avg_pool2d_is_found_by = "D"
