"""The dense (fully connected) layer's mathematics: one matrix product and its gradients."""

import numpy as np

from ..shapes import check_floats, check_shape
from . import backend
from .checks import check_call, check_dy, check_vectors


def dense(x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None) -> np.ndarray:
    """Every output sees every input.

        y[n, k] = b[k] + sum over d of  x[n, d] * w[d, k]          (as matrices: y = x @ w + b)

    Shapes: x (N, D), w (D, K), b (K,) or None -> y (N, K).
    Raises: ShapeError, DtypeError.
    """
    check_call(_check_dense, x, w, b)
    return backend.implementation().dense(x, w, b)


def dense_backward(dy: np.ndarray, x: np.ndarray, w: np.ndarray,
                   input_gradient: bool = True) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    """The gradients of y = x @ w + b with respect to x, w and b.

        dx = dy @ w.T,      dw = x.T @ dy,      db[k] = sum over n of dy[n, k]

    The shapes leave no choice: dw must be (D, K), and x.T (D, N) times dy (N, K) is the only product that is.

    Shapes: dy (N, K), x (N, D), w (D, K) -> dx (N, D) (None if input_gradient is False), dw (D, K), db (K,).
    Raises: ShapeError, DtypeError.
    """
    check_call(_check_dense_backward, dy, x, w)
    return backend.implementation().dense_backward(dy, x, w, input_gradient)


def dense_relu(x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None) -> np.ndarray:
    """y = relu(dense(x, w, b)), which the fast implementation computes in one pass. Shapes, Raises: as dense."""
    check_call(_check_dense, x, w, b)
    return backend.implementation().dense_relu(x, w, b)


def _check_dense(x, w, b):
    _check_product("dense", x, w)
    check_vectors("dense", w.shape[1:], b=b)


def _check_dense_backward(dy, x, w):
    _check_product("dense_backward", x, w)
    check_dy("dense_backward", dy, (x.shape[0], w.shape[1]))


def _check_product(who, x, w):
    check_floats(who, x=x, w=w)
    check_shape(who, "w", w.shape, ("D", "K"))
    check_shape(who, "x", x.shape, ("N", w.shape[0]), "" if x.ndim == 2 else "Flatten makes (N, D) of images")
