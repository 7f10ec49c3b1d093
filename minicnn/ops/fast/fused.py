"""Two ops in one kernel: the maximum with 0 while the sums are in registers, the ReLU's question beside the winner's.

On the reference rung these are two passes through memory, one after the other.
"""

from .conv import at_least as conv2d_at_least
from .dense import at_least as dense_at_least
from .pool import to_winners


def conv2d_relu(x, w, b=None, stride=1, padding=0):
    """y = max(x * w + b, 0)."""
    return conv2d_at_least(0.0, x, w, b, stride, padding)


def dense_relu(x, w, b=None):
    """y = max(x @ w + b, 0)."""
    return dense_at_least(0.0, x, w, b)


def max_pool2d_relu_backward(dy, y, kernel_size, stride=None, padding=0):
    """dx of max_pool2d(relu(x)), from y = relu(x)."""
    return to_winners(True, dy, y, kernel_size, stride, padding)
