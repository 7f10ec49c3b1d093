"""What the optimizers do to one parameter: from arrays to new arrays.

`w` is a parameter's value and `g` its gradient; `u`, `m` and `v` are what the optimizer remembers; `t` counts steps from 1.
A coupled `weight_decay` is added to the gradient. All raise ShapeError if the arrays differ in shape, DtypeError if one is
not of floats, ValueError for a number out of range. The sources are in the docstrings of minicnn/optim/optimizers.py.
"""

import numpy as np

from ..shapes import whole
from . import backend
from .checks import check_alike, check_call, in_range


def sgd(w: np.ndarray, g: np.ndarray, u: np.ndarray, lr: float, momentum: float = 0.0, nesterov: bool = False,
        weight_decay: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Gradient descent with momentum. Returns the new w and u.

        u = momentum * u + g,      w = w - lr * u,      with Nesterov: w = w - lr * (g + momentum * u)
    """
    check_call(_check_sgd, w, g, u)
    in_range("sgd", lr=lr, momentum=momentum, weight_decay=weight_decay)
    return backend.implementation().sgd(w, g, u, lr, momentum, nesterov, weight_decay)


def rmsprop(w: np.ndarray, g: np.ndarray, v: np.ndarray, lr: float, decay: float = 0.99, epsilon: float = 1e-8,
            weight_decay: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Each gradient is divided by its recent size, the root of v. Returns the new w and v.

        v = decay * v + (1 - decay) * g**2,      w = w - lr * g / (sqrt(v) + epsilon)
    """
    check_call(_check_rmsprop, w, g, v)
    in_range("rmsprop", lr=lr, decay=decay, epsilon=epsilon, weight_decay=weight_decay)
    return backend.implementation().rmsprop(w, g, v, lr, decay, epsilon, weight_decay)


def adam(w: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, t: int, lr: float, beta1: float = 0.9,
         beta2: float = 0.999, epsilon: float = 1e-8, weight_decay: float = 0.0,
         decoupled: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Running means of the gradient and of its square, both corrected for their start at 0. Returns the new w, m and v.

        m = beta1 * m + (1 - beta1) * g,      m_hat = m / (1 - beta1**t)
        v = beta2 * v + (1 - beta2) * g**2,   v_hat = v / (1 - beta2**t)
        w = w - lr * m_hat / (sqrt(v_hat) + epsilon)

    With `decoupled` (AdamW), the weights also shrink by lr * weight_decay * w, and g stays as it is.
    """
    check_call(_check_adam, w, g, m, v)
    in_range("adam", lr=lr, beta1=beta1, beta2=beta2, epsilon=epsilon, weight_decay=weight_decay)
    whole("adam", "t", t, 1)
    return backend.implementation().adam(w, g, m, v, t, lr, beta1, beta2, epsilon, weight_decay, decoupled)


def _check_sgd(w, g, u):
    check_alike("sgd", w=w, g=g, u=u)


def _check_rmsprop(w, g, v):
    check_alike("rmsprop", w=w, g=g, v=v)


def _check_adam(w, g, m, v):
    check_alike("adam", w=w, g=g, m=m, v=v)
