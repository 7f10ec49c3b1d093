"""The networks of the examples, each a plain function that returns a Sequential."""

import numpy as np

from .containers import Sequential
from .layers import Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU


def two_conv(x_shape=(28, 28, 1), classes=10, rng=None, dropout=0.5, dtype=np.float32):
    """Two rounds of convolution, ReLU and pooling, then two dense layers: the smallest network that is a CNN.

    Shapes: x (N, H, W, C) with x_shape = (H, W, C), H and W multiples of 4 -> logits (N, classes).
    """
    H, W, C = x_shape
    settings = {"rng": rng, "dtype": dtype}
    return Sequential([
        Conv2D(C, 32, kernel_size=3, padding=1, **settings), ReLU(), MaxPool2D(2),       # (N, H/2, W/2, 32)
        Conv2D(32, 64, kernel_size=3, padding=1, **settings), ReLU(), MaxPool2D(2),      # (N, H/4, W/4, 64)
        Flatten(),                                                                       # (N, H/4 * W/4 * 64)
        Dense((H // 4) * (W // 4) * 64, 128, **settings), ReLU(), Dropout(dropout, rng=rng),
        Dense(128, classes, **settings),                                                 # (N, classes)
    ])
