"""Exercise 20: momentum and Adam."""

import numpy as np


def sgd(w, g, u, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    g = g + weight_decay * w                             # a new array: `g += ...` would change the caller's
    u = momentum * u + g                                 # a running sum; g is not multiplied by (1 - momentum)
    step = g + momentum * u if nesterov else u
    return w - lr * step, u


def adam(w, g, m, v, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0, decoupled=False):
    if decoupled:
        w = w - lr * weight_decay * w
    else:
        g = g + weight_decay * w
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)                           # m is too small by the factor 1 - beta1 ** t: divide by it
    v_hat = v / (1 - beta2**t)
    # epsilon stands outside the root. Return m and v themselves: the corrected ones are used in this step only.
    return w - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
