"""Batch normalization."""

import numpy as np
from numpy.typing import DTypeLike

from .. import ops
from ..ops.checks import check_number, float_type
from ..shapes import ShapeError, check_images, check_not_empty, check_shape, message, shape_text, whole
from . import initializers
from .layer import Layer
from .parameter import Parameter


class BatchNorm(Layer):
    """Give each channel mean 0 and variance 1, then scale it by `gamma` and shift it by `beta`.

    In training, mean and variance are those of the batch. Running averages of both are kept for eval mode:
    running = (1 - momentum) * running + momentum * batch, with the unbiased variance (divided by N*H*W - 1).

    Shapes: x (N, C) or (N, H, W, C) -> y like x; gamma, beta, running_mean, running_var (C,).
    Raises: ShapeError (in training also if a channel has a single value), DtypeError.
    Source: Ioffe, Szegedy, 2015, algorithms 1 and 2; the definitions of momentum and variance are PyTorch's.
    """

    buffer_names = ("running_mean", "running_var")

    def __init__(self, channels: int, momentum: float = 0.1, epsilon: float = 1e-5, dtype: DTypeLike = np.float32):
        shape = (whole("BatchNorm", "channels", channels, 1),)
        check_number("BatchNorm", "momentum", momentum)
        check_number("BatchNorm", "epsilon", epsilon)
        if not 0 <= momentum <= 1:
            raise ShapeError(message("BatchNorm", "momentum in [0, 1]", momentum))
        if not epsilon > 0:
            raise ShapeError(message("BatchNorm", "epsilon > 0", epsilon))
        dtype = float_type("BatchNorm", dtype)
        self.momentum, self.epsilon = float(momentum), float(epsilon)
        self.gamma = Parameter(initializers.ones(shape, dtype=dtype))
        self.beta = Parameter(initializers.zeros(shape, dtype=dtype))
        self.running_mean = initializers.zeros(shape, dtype=dtype)
        self.running_var = initializers.ones(shape, dtype=dtype)

    def forward(self, x):
        y, mean, var = self.normalize(x, ops.batch_norm, ops.batch_norm_eval)
        self.saved = x, mean, var, self.training
        return y

    def backward(self, dy):
        x, mean, var, of_batch = self.saved
        backward = ops.batch_norm_backward if of_batch else ops.batch_norm_eval_backward
        dx, self.gamma.grad, self.beta.grad = backward(dy, x, self.gamma.value, mean, var, self.epsilon)
        return dx

    def normalize(self, x, of_batch, of_running):
        """y, and the mean and variance it was computed with: in training those of the batch, otherwise the running averages."""
        gamma, beta = self.gamma.value, self.beta.value
        if self.training:
            y, mean, var = of_batch(x, gamma, beta, self.epsilon)
            self.update_running(mean, var, M=x.size // x.shape[-1])
            return y, mean, var
        mean, var = self.running_mean, self.running_var
        return of_running(x, gamma, beta, mean, var, self.epsilon), mean, var

    def update_running(self, mean, var, M):
        """Move the running averages towards the mean and the biased variance of a batch of M values per channel."""
        if not (np.isfinite(mean).all() and np.isfinite(var).all()):
            return                                                 # one batch with NaN would destroy the running averages
        dtype, m = self.running_mean.dtype, self.momentum
        self.running_mean = ((1 - m) * self.running_mean + m * mean).astype(dtype)
        self.running_var = ((1 - m) * self.running_var + m * var * (M / (M - 1))).astype(dtype)

    def output_shape(self, x_shape, who="BatchNorm"):
        C, = self.gamma.shape
        check_not_empty(who, "x", x_shape)
        if len(x_shape) == 2:
            check_shape(who, "x", x_shape, ("N", C))
        else:
            check_images(who, x_shape, C)
        if self.training and np.prod(x_shape[:-1]) == 1:
            raise ShapeError(message(who, "more than one value per channel (N*H*W > 1) in training",
                                     shape_text(x_shape), "take a larger batch, or call eval()"))
        return x_shape

    def __repr__(self):
        return f"BatchNorm({self.gamma.shape[0]})"
