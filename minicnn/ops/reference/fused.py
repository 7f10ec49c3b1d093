"""Two ops in one. Here they run one after the other; the fast rung saves a pass through memory between them.

Networks are not written with these: a Sequential finds the places where they apply (see minicnn/fusion.py).
"""

from .conv import conv2d, dense
from .pointwise import relu, relu_backward
from .pool import max_pool2d_backward


def conv2d_relu(x, w, b=None, stride=1, padding=0):
    """y = relu(conv2d(x, w, b)). Shapes, Raises: as conv2d."""
    return relu(conv2d(x, w, b, stride, padding))


def dense_relu(x, w, b=None):
    """y = relu(dense(x, w, b)). Shapes, Raises: as dense."""
    return relu(dense(x, w, b))


def max_pool2d_relu_backward(dy, y, kernel_size, stride=None, padding=0):
    """dx of max_pool2d(relu(x)), from y = relu(x): a winner that is not positive passes nothing on.

    Shapes, Raises: as max_pool2d_backward, with y in the place of x.
    """
    return relu_backward(max_pool2d_backward(dy, y, kernel_size, stride, padding), y)
