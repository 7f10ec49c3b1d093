"""Batch normalization: statistics over every axis but the channels, for (N, C) and (N, H, W, C) alike.

Source: Ioffe, Szegedy, 'Batch Normalization', 2015, algorithm 1 and the gradients below it.
"""

import numpy as np

from ..shapes import ShapeError, check_floats, check_images, check_shape, message, shape_text
from . import backend
from .checks import check_alike, check_call, check_vectors, in_range


def batch_norm(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray,
               epsilon: float = 1e-5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give each channel of this batch mean 0 and variance 1, then scale and shift it.

        x_hat = (x - mean) / sqrt(var + epsilon),      y = gamma * x_hat + beta

    Shapes: x (N, C) or (N, H, W, C), gamma, beta (C,) -> y like x, mean (C,), var (C,). The variance is the biased one:
    the sum of squares is divided by N*H*W.
    Raises: ShapeError (also if N*H*W = 1: one value has no variance), DtypeError.
    """
    check_call(_check_batch_norm, x, gamma, beta, epsilon)
    return backend.implementation().batch_norm(x, gamma, beta, epsilon)


def batch_norm_backward(dy: np.ndarray, x: np.ndarray, gamma: np.ndarray, mean: np.ndarray, var: np.ndarray,
                        epsilon: float = 1e-5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients through x_hat and through the batch's own mean and variance, which depend on every x.

        dbeta = sum of dy,      dgamma = sum of dy * x_hat,
        dx = gamma / sqrt(var + epsilon) * (dy - mean of dy - x_hat * (mean of dy * x_hat))

    If all values of a channel grow by the same amount, or move away from their mean by the same factor, y does not change.
    So dx has no part in these two directions: the two subtracted means remove them.

    Shapes: dy, x (N, C) or (N, H, W, C), gamma, mean, var (C,) -> dx like x, dgamma (C,), dbeta (C,).
    Raises: ShapeError, DtypeError.
    """
    check_call(_check_batch_norm_backward, dy, x, gamma, mean, var, epsilon)
    return backend.implementation().batch_norm_backward(dy, x, gamma, mean, var, epsilon)


def batch_norm_eval(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, mean: np.ndarray, var: np.ndarray,
                    epsilon: float = 1e-5) -> np.ndarray:
    """Normalize with a given mean and variance: y = gamma * (x - mean) / sqrt(var + epsilon) + beta.

    Shapes: x (N, C) or (N, H, W, C), gamma, beta, mean, var (C,) -> y like x.
    Raises: ShapeError, DtypeError.
    """
    check_call(_check_batch_norm_eval, x, gamma, beta, mean, var, epsilon)
    return backend.implementation().batch_norm_eval(x, gamma, beta, mean, var, epsilon)


def batch_norm_eval_backward(dy: np.ndarray, x: np.ndarray, gamma: np.ndarray, mean: np.ndarray, var: np.ndarray,
                             epsilon: float = 1e-5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients if mean and var are constants: dx = dy * gamma / sqrt(var + epsilon); dgamma, dbeta as in training.

    Shapes: dy, x (N, C) or (N, H, W, C), gamma, mean, var (C,) -> dx like x, dgamma (C,), dbeta (C,).
    Raises: ShapeError, DtypeError.
    """
    check_call(_check_batch_norm_eval_backward, dy, x, gamma, mean, var, epsilon)
    return backend.implementation().batch_norm_eval_backward(dy, x, gamma, mean, var, epsilon)


def batch_norm_relu(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray,
                    epsilon: float = 1e-5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """y = relu(batch_norm(x, gamma, beta)) in one step, and the batch's mean and variance. Otherwise as `batch_norm`."""
    check_call(_check_batch_norm_relu, x, gamma, beta, epsilon)
    return backend.implementation().batch_norm_relu(x, gamma, beta, epsilon)


def batch_norm_relu_backward(dy: np.ndarray, x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, mean: np.ndarray,
                             var: np.ndarray, epsilon: float = 1e-5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx, dgamma and dbeta for y = batch_norm_relu(x, gamma, beta, epsilon).

    dy counts only where gamma * x_hat + beta > 0; the rest is batch_norm_backward. Shapes and errors as there, beta (C,).
    """
    check_call(_check_batch_norm_relu_backward, dy, x, gamma, beta, mean, var, epsilon)
    return backend.implementation().batch_norm_relu_backward(dy, x, gamma, beta, mean, var, epsilon)


def batch_norm_eval_relu(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, mean: np.ndarray, var: np.ndarray,
                         epsilon: float = 1e-5) -> np.ndarray:
    """y = relu(batch_norm_eval(x, gamma, beta, mean, var)) in one step. Otherwise as `batch_norm_eval`."""
    check_call(_check_batch_norm_eval_relu, x, gamma, beta, mean, var, epsilon)
    return backend.implementation().batch_norm_eval_relu(x, gamma, beta, mean, var, epsilon)


def _check_batch_norm(x, gamma, beta, epsilon, who="batch_norm"):
    in_range(who, epsilon=epsilon)
    _check_channels(who, x, gamma=gamma, beta=beta)
    if x.size == x.shape[-1]:
        raise ShapeError(message(who, "more than one value per channel (N*H*W > 1)", shape_text(x.shape),
                                 "one value has no variance: take a larger batch, or eval mode"))


def _check_batch_norm_relu(x, gamma, beta, epsilon):
    _check_batch_norm(x, gamma, beta, epsilon, "batch_norm_relu")


def _check_batch_norm_backward(dy, x, gamma, mean, var, epsilon):
    in_range("batch_norm_backward", epsilon=epsilon)
    _check_channels("batch_norm_backward", x, gamma=gamma, mean=mean, var=var)
    check_alike("batch_norm_backward", x=x, dy=dy)


def _check_batch_norm_relu_backward(dy, x, gamma, beta, mean, var, epsilon):
    in_range("batch_norm_relu_backward", epsilon=epsilon)
    _check_channels("batch_norm_relu_backward", x, gamma=gamma, beta=beta, mean=mean, var=var)
    check_alike("batch_norm_relu_backward", x=x, dy=dy)


def _check_batch_norm_eval(x, gamma, beta, mean, var, epsilon, who="batch_norm_eval"):
    in_range(who, epsilon=epsilon)
    _check_channels(who, x, gamma=gamma, beta=beta, mean=mean, var=var)


def _check_batch_norm_eval_relu(x, gamma, beta, mean, var, epsilon):
    _check_batch_norm_eval(x, gamma, beta, mean, var, epsilon, "batch_norm_eval_relu")


def _check_batch_norm_eval_backward(dy, x, gamma, mean, var, epsilon):
    in_range("batch_norm_eval_backward", epsilon=epsilon)
    _check_channels("batch_norm_eval_backward", x, gamma=gamma, mean=mean, var=var)
    check_alike("batch_norm_eval_backward", x=x, dy=dy)


def _check_channels(who, x, **vectors):
    """x (N, C) or (N, H, W, C), and vectors (C,)."""
    check_floats(who, x=x)
    if x.ndim == 4:
        check_images(who, x.shape)
    else:
        check_shape(who, "x", x.shape, ("N", "C"), "batch norm takes (N, C) or (N, H, W, C)")
    for name, vector in vectors.items():
        if vector is None:
            raise ShapeError(message(who, f"{name} (C,) = ({x.shape[-1]},)", "None"))
    check_vectors(who, x.shape[-1:], **vectors)
