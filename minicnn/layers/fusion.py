"""Groups of neighbouring layers that are computed together, so that fewer arrays are written and read again.

`fuse` replaces groups of layers in a Sequential by one layer that computes the same numbers:

    Conv2D, ReLU, MaxPool2D     Conv2D, ReLU     Dense, ReLU     ReLU, MaxPool2D     BatchNorm, ReLU     Residual, ReLU

In forward, the fast implementation takes the maximum with 0 while a sum is still in a register of the processor. In
backward, one loop finds the largest value of each window and tests whether it is positive. `model.layers` still has the
user's own layers, and these own the parameters; the fused layer only computes with them. Measurements chose the groups.
"""

from .. import ops
from .activations import ReLU
from .batchnorm import BatchNorm
from .conv import Conv2D
from .dense import Dense
from .layer import Layer
from .pool import MaxPool2D


class Fused(Layer):
    """The base class of the groups; `layers` are the user's."""

    def __init__(self, *layers):
        self.layers = layers

    def output_shape(self, x_shape, who=None):
        for layer in self.layers:
            x_shape = layer.output_shape(x_shape)
        return x_shape

    def _who(self):
        return type(self.layers[-1]).__name__                      # a wrong dy comes from what follows the last layer

    def __repr__(self):
        return f"{type(self).__name__}{self.layers!r}"


class ConvReLU(Fused):
    """y = relu(conv2d(x)). The gradient of the ReLU needs y alone: y > 0 if and only if conv2d(x) > 0."""

    def forward(self, x):
        conv, _ = self.layers
        y = ops.conv2d_relu(x, conv.w.value, conv.bias(), conv.stride, conv.padding)
        self.saved = x, y
        return y

    def backward(self, dy):
        conv, _ = self.layers
        x, y = self.saved
        return conv.gradients(ops.relu_backward(dy, y), x)


class ConvReLUPool(Fused):
    """y = max_pool2d(relu(conv2d(x)))."""

    def forward(self, x):
        conv, _, pool = self.layers
        z = ops.conv2d_relu(x, conv.w.value, conv.bias(), conv.stride, conv.padding)
        self.saved = x, z
        return ops.max_pool2d(z, pool.kernel_size, pool.stride, pool.padding)

    def backward(self, dy):
        conv, _, pool = self.layers
        x, z = self.saved
        return conv.gradients(ops.max_pool2d_relu_backward(dy, z, pool.kernel_size, pool.stride, pool.padding), x)


class DenseReLU(Fused):
    """y = relu(dense(x))."""

    def forward(self, x):
        dense, _ = self.layers
        y = ops.dense_relu(x, dense.w.value, dense.bias())
        self.saved = x, y
        return y

    def backward(self, dy):
        dense, _ = self.layers
        x, y = self.saved
        return dense.gradients(ops.relu_backward(dy, y), x)


class ReLUPool(Fused):
    """y = max_pool2d(relu(x))."""

    def forward(self, x):
        _, pool = self.layers
        z = ops.relu(x)
        self.saved = z
        return ops.max_pool2d(z, pool.kernel_size, pool.stride, pool.padding)

    def backward(self, dy):
        _, pool = self.layers
        return ops.max_pool2d_relu_backward(dy, self.saved, pool.kernel_size, pool.stride, pool.padding)


class BatchNormReLU(Fused):
    """y = relu(batch_norm(x)). The mode is the batch norm's own: it may be in eval mode inside a network that learns."""

    def forward(self, x):
        norm, _ = self.layers
        y, mean, var = norm.normalize(x, ops.batch_norm_relu, ops.batch_norm_eval_relu)
        self.saved = x, y, mean, var, norm.training
        return y

    def backward(self, dy):
        norm, _ = self.layers
        x, y, mean, var, of_batch = self.saved
        gamma, beta, epsilon = norm.gamma, norm.beta, norm.epsilon
        if of_batch:
            gradients = ops.batch_norm_relu_backward(dy, x, gamma.value, beta.value, mean, var, epsilon)
        else:
            gradients = ops.batch_norm_eval_backward(ops.relu_backward(dy, y), x, gamma.value, mean, var, epsilon)
        dx, gamma.grad, beta.grad = gradients
        return dx


class ResidualReLU(Fused):
    """y = relu(body(x) + shortcut(x)). branches.py adds it to GROUPS: it imports this file, by way of Sequential."""

    def forward(self, x):
        residual, _ = self.layers
        y = ops.add_relu(*residual.both(x))
        self.saved = y
        return y

    def backward(self, dy):
        residual, _ = self.layers
        return residual.gradients(ops.relu_backward(dy, self.saved))


GROUPS = {                                                         # the longest first: it contains a shorter one
    (Conv2D, ReLU, MaxPool2D): ConvReLUPool,
    (Conv2D, ReLU): ConvReLU,
    (Dense, ReLU): DenseReLU,
    (ReLU, MaxPool2D): ReLUPool,
    (BatchNorm, ReLU): BatchNormReLU,
}


def fuse(layers):
    """The layers, in order, with each group of GROUPS replaced by its fused layer."""
    blocks, layers = [], list(layers)
    while layers:
        for kinds, fused in GROUPS.items():
            if tuple(type(layer) for layer in layers[:len(kinds)]) == kinds:     # a subclass may compute something else
                blocks.append(fused(*layers[:len(kinds)]))
                layers = layers[len(kinds):]
                break
        else:
            blocks.append(layers.pop(0))
    return blocks
