"""Activation layers. They are layers of their own, not options of Conv2D or Dense: the list of layers shows every step."""

from .. import ops
from ..ops.checks import check_number
from .layer import Layer


class ReLU(Layer):
    """y = max(x, 0). Shapes: any, y like x. Raises: ShapeError, DtypeError."""

    def forward(self, x):
        self.saved = x
        return ops.relu(x)

    def backward(self, dy):
        return ops.relu_backward(dy, self.saved)


class LeakyReLU(Layer):
    """y = x if x > 0, else slope * x. Shapes: any, y like x. Raises: ShapeError, DtypeError."""

    def __init__(self, slope: float = 0.01):
        check_number("LeakyReLU", "slope", slope)
        self.slope = float(slope)

    def forward(self, x):
        self.saved = x
        return ops.leaky_relu(x, self.slope)

    def backward(self, dy):
        return ops.leaky_relu_backward(dy, self.saved, self.slope)

    def __repr__(self):
        return f"LeakyReLU({self.slope})"


class Sigmoid(Layer):
    """y = 1 / (1 + exp(-x)). Shapes: any, y like x. Raises: ShapeError, DtypeError.

    If the output says yes or no, leave this layer out and train on the logits: sigmoid_cross_entropy contains it.
    """

    def forward(self, x):
        y = ops.sigmoid(x)
        self.saved = y
        return y

    def backward(self, dy):
        return ops.sigmoid_backward(dy, self.saved)


class Tanh(Layer):
    """y = tanh(x). Shapes: any, y like x. Raises: ShapeError, DtypeError."""

    def forward(self, x):
        y = ops.tanh(x)
        self.saved = y
        return y

    def backward(self, dy):
        return ops.tanh_backward(dy, self.saved)


class LogSoftmax(Layer):
    """y[n, k] = x[n, k] - log(sum over j of exp(x[n, j])). Shapes: any, over the last axis, y like x.

    Raises: ShapeError, DtypeError. For training leave this layer out: softmax_cross_entropy takes the logits themselves.
    """

    def forward(self, x):
        y = ops.log_softmax(x)
        self.saved = y
        return y

    def backward(self, dy):
        return ops.log_softmax_backward(dy, self.saved)
