"""The dense layer."""


from .activations import relu


def dense(x, w, b=None):
    """Every output sees every input: y = x @ w + b.

    Shapes: x (N, D), w (D, K), b (K,) or None -> y (N, K).
    Raises: ShapeError, DtypeError.
    """
    y = x @ w
    return y if b is None else y + b


def dense_backward(dy, x, w, input_gradient=True):
    """Gradients of y = x @ w + b:   dx = dy @ w.T,   dw = x.T @ dy,   db = sum over n of dy.

    The shapes leave no choice: dw must be (D, K), and x.T (D, N) times dy (N, K) is the only product that is.

    Shapes: dy (N, K), x (N, D), w (D, K) -> dx (N, D) (None without input_gradient), dw (D, K), db (K,).
    Raises: ShapeError, DtypeError.
    """
    dx = dy @ w.T if input_gradient else None
    dw = x.T @ dy
    db = dy.sum(axis=0)
    return dx, dw, db


def dense_relu(x, w, b=None):
    """y = relu(dense(x, w, b)). Shapes, Raises: as dense."""
    return relu(dense(x, w, b))
