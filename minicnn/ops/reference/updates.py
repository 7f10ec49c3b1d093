"""What the optimizers do to one parameter: the rules of optimizers.py, from arrays to new arrays.

w a value, g its gradient, u, v, m the memory; t counts steps from 1. Where `weight_decay` is coupled it is added to the
gradient. Definitions and sources are in the docstrings of minicnn/optim/optimizers.py.
"""

import numpy as np


def sgd(w, g, u, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    """u = momentum * u + g,  w = w - lr * u; Nesterov: w = w - lr * (g + momentum * u). Returns w, u."""
    g = g + weight_decay * w
    u = momentum * u + g
    return w - lr * (g + momentum * u if nesterov else u), u


def rmsprop(w, g, v, lr, decay=0.99, epsilon=1e-8, weight_decay=0.0):
    """v = decay * v + (1 - decay) * g**2,  w = w - lr * g / (sqrt(v) + epsilon). Returns w, v."""
    g = g + weight_decay * w
    v = decay * v + (1 - decay) * g * g
    return w - lr * g / (np.sqrt(v) + epsilon), v


def adam(w, g, m, v, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0, decoupled=False):
    """w = w - lr * m_hat / (sqrt(v_hat) + epsilon), with the running means m of g and v of g**2. Returns w, m, v."""
    if decoupled:
        w = w - lr * weight_decay * w
    else:
        g = g + weight_decay * w
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
