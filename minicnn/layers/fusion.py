"""Which neighbours in a Sequential are computed in one go, because a pass through memory lies between them.

The network stays as it is written. Each layer keeps its own cache and gradients, and `forward` and `backward` of a
single layer go on working; only who computes changes. What is fused was chosen by measurement on the fast rung:

    Conv2D, ReLU and Dense, ReLU     forward: the maximum with 0 is taken while the sums are in registers
    ReLU, MaxPool2D                  backward: one pass finds the winner and asks whether it is positive
"""

from .. import ops
from .activations import ReLU
from .conv import Conv2D
from .dense import Dense
from .pool import MaxPool2D


class ProductReLU:
    """Forward through a Conv2D or Dense and the ReLU behind it."""

    def __init__(self, product, relu):
        self.product, self.relu = product, relu

    def forward(self, x):
        y = self.product.forward(x, relu=True)
        self.relu.cache = self.relu.keep(y, y)                     # x > 0 exactly where y > 0: y serves as well
        return y


class ReLUPool:
    """Backward through a MaxPool2D and the ReLU in front of it."""

    def __init__(self, relu, pool):
        self.relu, self.pool = relu, pool

    def backward(self, dy):
        y, = self.pool.take(dy)                                    # the ReLU's result
        self.relu.cache = None
        return ops.max_pool2d_relu_backward(dy, y, self.pool.kernel_size, self.pool.stride, self.pool.padding)


def forward_steps(layers):
    """The layers, in order, with every Conv2D or Dense and the ReLU behind it as one step."""
    return _pairs(layers, (Conv2D, Dense), ReLU, ProductReLU)


def backward_steps(layers):
    """The layers, in order, with every ReLU and the MaxPool2D behind it as one step."""
    return _pairs(layers, (ReLU,), MaxPool2D, ReLUPool)


def _pairs(layers, first, second, together):
    steps = []
    for layer in layers:
        if steps and type(layer) is second and type(steps[-1]) in first:      # a subclass may compute something else
            steps[-1] = together(steps[-1], layer)
        else:
            steps.append(layer)
    return steps
