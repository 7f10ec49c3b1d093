"""Compile the kernels of a training ahead of it, in a second process.

A program that finds no kernels in its cache starts `python -m minicnn.ops.fast.ahead PARENT` (kernels/cache.py does).
The program compiles the kernels in the order in which a training needs them; this process begins at the other end. What one
has compiled, the other finds in the cache, so they are done where they meet: 9 s to the first step on two cores, 15 on one
(AMD EPYC, Zen 4). This process ends with the program.
"""

import os
import sys

import numpy as np

from . import (
    adam,
    conv2d,
    conv2d_backward,
    dense,
    dense_backward,
    dropout,
    max_pool2d,
    max_pool2d_relu_backward,
    relu_backward,
)


def calls():
    """Calls that need each kernel, in the order in which the training of a small CNN meets them."""
    image, maps, small = (np.ones(shape, np.float32) for shape in ((1, 8, 8, 1), (1, 8, 8, 16), (1, 4, 4, 16)))
    first, second = np.ones((3, 3, 1, 16), np.float32), np.ones((3, 3, 16, 16), np.float32)
    x, w = np.ones((2, 16), np.float32), np.ones((16, 16), np.float32)
    return [
        lambda: conv2d(image, first, None, 1, 1),
        lambda: max_pool2d(maps, 2),
        lambda: conv2d(maps, second, None, 1, 1),                  # Winograd's
        lambda: dense(x, w),
        lambda: dropout(x, x > 0, 0.5),
        lambda: dense_backward(x, x, w),
        lambda: relu_backward(x, x),
        lambda: max_pool2d_relu_backward(small, maps, 2),
        lambda: conv2d_backward(maps, maps, second, 1, 1, False),  # Winograd's
        lambda: conv2d_backward(maps, image, first, 1, 1),
        lambda: adam(x, x, x, x, 1, 0.1),
    ]


def main(parent):
    """Make the calls, the last one first, until all are made or the parent process has ended."""
    for call in reversed(calls()):
        if os.name == "posix" and os.getppid() != parent:
            return
        call()


if __name__ == "__main__":
    main(int(sys.argv[1]))
