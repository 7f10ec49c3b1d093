"""Activations: layers of their own, so that a network says what it does and each derivative is one line of ops."""

import numbers

from .. import ops
from ..shapes import DtypeError, message
from .layer import Layer


class ReLU(Layer):
    """y = max(x, 0). Shapes: any, y like x. Raises: ShapeError, DtypeError."""

    def forward(self, x):
        self.check(x)
        y = ops.relu(x)
        self.cache = self.keep(y, x)
        return y

    def backward(self, dy):
        x, = self.take(dy)
        return ops.relu_backward(dy, x)


class LeakyReLU(Layer):
    """y = x where x > 0, else slope * x. Shapes: any, y like x. Raises: ShapeError, DtypeError."""

    def __init__(self, slope=0.01):
        if isinstance(slope, bool) or not isinstance(slope, numbers.Real):
            raise DtypeError(message("LeakyReLU", "slope to be a number", repr(slope)))
        self.slope = float(slope)

    def forward(self, x):
        self.check(x)
        y = ops.leaky_relu(x, self.slope)
        self.cache = self.keep(y, x)
        return y

    def backward(self, dy):
        x, = self.take(dy)
        return ops.leaky_relu_backward(dy, x, self.slope)

    def __repr__(self):
        return f"LeakyReLU({self.slope})"


class Sigmoid(Layer):
    """y = 1 / (1 + exp(-x)). Shapes: any, y like x. Raises: ShapeError, DtypeError.

    For a two-class output leave it out and train on the logits: sigmoid_cross_entropy contains it, safely.
    """

    def forward(self, x):
        self.check(x)
        y = ops.sigmoid(x)
        self.cache = self.keep(y, y)
        return y

    def backward(self, dy):
        y, = self.take(dy)
        return ops.sigmoid_backward(dy, y)


class Tanh(Layer):
    """y = tanh(x). Shapes: any, y like x. Raises: ShapeError, DtypeError."""

    def forward(self, x):
        self.check(x)
        y = ops.tanh(x)
        self.cache = self.keep(y, y)
        return y

    def backward(self, dy):
        y, = self.take(dy)
        return ops.tanh_backward(dy, y)


class LogSoftmax(Layer):
    """y[n, k] = x[n, k] - log(sum over j of exp(x[n, j])). Shapes: any, over the last axis, y like x.

    Raises: ShapeError, DtypeError. For training leave it out: softmax_cross_entropy takes the logits themselves.
    """

    def forward(self, x):
        self.check(x)
        y = ops.log_softmax(x)
        self.cache = self.keep(y, y)
        return y

    def backward(self, dy):
        y, = self.take(dy)
        return ops.log_softmax_backward(dy, y)
