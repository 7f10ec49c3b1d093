"""What the optimizers do to one parameter, one number after the other."""

import math

import numpy as np


def sgd(w, g, u, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    """Gradient descent with momentum."""
    w, u = w.copy(), u.copy()
    for i in np.ndindex(w.shape):
        g_i = g[i] + weight_decay * w[i]
        u[i] = momentum * u[i] + g_i
        w[i] -= lr * (g_i + momentum * u[i] if nesterov else u[i])
    return w, u


def rmsprop(w, g, v, lr, decay=0.99, epsilon=1e-8, weight_decay=0.0):
    """Each gradient is divided by the root of a running mean of its square."""
    w, v = w.copy(), v.copy()
    for i in np.ndindex(w.shape):
        g_i = g[i] + weight_decay * w[i]
        v[i] = decay * v[i] + (1 - decay) * g_i**2
        w[i] -= lr * g_i / (math.sqrt(v[i]) + epsilon)
    return w, v


def adam(w, g, m, v, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0, decoupled=False):
    """Running means of the gradient and of its square."""
    w, m, v = w.copy(), m.copy(), v.copy()
    for i in np.ndindex(w.shape):
        g_i = g[i]
        if decoupled:
            w[i] -= lr * weight_decay * w[i]
        else:
            g_i += weight_decay * w[i]
        m[i] = beta1 * m[i] + (1 - beta1) * g_i
        v[i] = beta2 * v[i] + (1 - beta2) * g_i**2
        w[i] -= lr * m[i] / (1 - beta1**t) / (math.sqrt(v[i] / (1 - beta2**t)) + epsilon)
    return w, m, v
