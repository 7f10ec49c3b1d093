"""The dense layer: three matrix products. The shapes of the arrays leave no other choice."""

from .activations import relu


def dense(x, w, b=None):
    """y = x @ w + b."""
    y = x @ w
    return y if b is None else y + b


def dense_backward(dy, x, w, input_gradient=True):
    """dx = dy @ w.T, dw = x.T @ dy, and b is added to every row, so db is the sum of the rows of dy."""
    dx = dy @ w.T if input_gradient else None
    dw = x.T @ dy
    db = dy.sum(axis=0)
    return dx, dw, db


def dense_relu(x, w, b=None):
    """First the dense layer, then the ReLU."""
    return relu(dense(x, w, b))
