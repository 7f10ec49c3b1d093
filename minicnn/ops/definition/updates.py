"""What the optimizers do to one parameter, one number after the other."""

import math

import numpy as np


def sgd(w, g, u, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    w, u = w.copy(), u.copy()
    for i in np.ndindex(w.shape):
        slope = g[i] + weight_decay * w[i]
        u[i] = momentum * u[i] + slope
        w[i] -= lr * (slope + momentum * u[i] if nesterov else u[i])
    return w, u


def rmsprop(w, g, v, lr, decay=0.99, epsilon=1e-8, weight_decay=0.0):
    w, v = w.copy(), v.copy()
    for i in np.ndindex(w.shape):
        slope = g[i] + weight_decay * w[i]
        v[i] = decay * v[i] + (1 - decay) * slope**2
        w[i] -= lr * slope / (math.sqrt(v[i]) + epsilon)
    return w, v


def adam(w, g, m, v, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0, decoupled=False):
    w, m, v = w.copy(), m.copy(), v.copy()
    for i in np.ndindex(w.shape):
        slope = g[i]
        if decoupled:
            w[i] -= lr * weight_decay * w[i]
        else:
            slope += weight_decay * w[i]
        m[i] = beta1 * m[i] + (1 - beta1) * slope
        v[i] = beta2 * v[i] + (1 - beta2) * slope**2
        w[i] -= lr * m[i] / (1 - beta1**t) / (math.sqrt(v[i] / (1 - beta2**t)) + epsilon)
    return w, m, v
