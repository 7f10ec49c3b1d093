"""What the optimizers do to one parameter.

w is its value and g its gradient; u, v and m are what the optimizer remembers; t counts steps from 1.
"""

import numpy as np


def sgd(w, g, u, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    """u is the velocity: a running sum of gradients."""
    g = g + weight_decay * w
    u = momentum * u + g
    return w - lr * (g + momentum * u if nesterov else u), u


def rmsprop(w, g, v, lr, decay=0.99, epsilon=1e-8, weight_decay=0.0):
    """v is a running mean of squared gradients."""
    g = g + weight_decay * w
    v = decay * v + (1 - decay) * g * g
    return w - lr * g / (np.sqrt(v) + epsilon), v


def adam(w, g, m, v, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0, decoupled=False):
    """m is a running mean of gradients, v of squared gradients."""
    if decoupled:
        w = w - lr * weight_decay * w
    else:
        g = g + weight_decay * w
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
