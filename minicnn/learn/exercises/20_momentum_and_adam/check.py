"""The check of exercise 20."""

import numpy as np

from minicnn.learn import compare_forward
from minicnn.ops import reference

W, G = np.array([1.0, -2.0, 3.0]), np.array([0.5, 1.0, -2.0])
U, V, ZERO = np.array([1.0, -1.0, 0.25]), np.array([4.0, 1.0, 0.25]), np.zeros(3)


def damped(w, g, u, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    u = momentum * u + (1 - momentum) * (g + weight_decay * w)
    return w - lr * u, u


def velocity_not_used(w, g, u, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    return w - lr * g, momentum * u + g


def no_nesterov(w, g, u, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    return reference.sgd(w, g, u, lr, momentum, False, weight_decay)


def no_decay(w, g, u, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    return reference.sgd(w, g, u, lr, momentum, nesterov)


def old_velocity(w, g, u, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    return w - lr * (g + momentum * u if nesterov else u), momentum * u + g


SGD = {
    "u is multiplied by (1 - momentum) somewhere. u is a running sum: u = momentum * u + g, without (1 - momentum)": damped,
    "the step uses g, not the velocity: w - lr * u": velocity_not_used,
    "the step uses the old u. Compute the new u first": old_velocity,
    "nesterov=True is ignored: the step is lr * (g + momentum * u), with the new u": no_nesterov,
    "the weight decay is missing: g + weight_decay * w takes the place of g": no_decay,
}


def another(m_hat=None, v_hat=None, step=None, v=None, returned=None, decay=None):
    """adam, with one of its lines replaced."""
    def wrong(w, g, m, old_v, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0, decoupled=False):
        g, start = (decay or _decay)(w, g, lr, weight_decay, decoupled)
        m = beta1 * m + (1 - beta1) * g
        new_v = v(old_v, g, beta2) if v else beta2 * old_v + (1 - beta2) * g * g
        a = m_hat(m, beta1, t) if m_hat else m / (1 - beta1**t)
        b = v_hat(new_v, beta2, t) if v_hat else new_v / (1 - beta2**t)
        change = step(a, b, epsilon) if step else a / (np.sqrt(b) + epsilon)
        return start - lr * change, *((a, b) if returned else (m, new_v))
    return lambda w, g, m, v, t, lr, **settings: wrong(w, g, m, v, t, lr, **settings)


def _decay(w, g, lr, weight_decay, decoupled):
    return (g, w - lr * weight_decay * w) if decoupled else (g + weight_decay * w, w)


ADAM = {
    "m and v are not corrected. They start at 0 and are too small at first: the first step must be lr * sign(g). Divide m by "
    "1 - beta1 ** t, and v by 1 - beta2 ** t": another(lambda m, beta, t: m, lambda v, beta, t: v),
    "m is not corrected: m_hat = m / (1 - beta1 ** t)": another(lambda m, beta, t: m),
    "v is not corrected: v_hat = v / (1 - beta2 ** t)": another(None, lambda v, beta, t: v),
    "the correction multiplies. m and v are too small at first: divide by 1 - beta ** t": (
        another(None, lambda v, beta, t: v * (1 - beta**t)), another(lambda m, beta, t: m * (1 - beta**t)),
        another(lambda m, beta, t: m * (1 - beta**t), lambda v, beta, t: v * (1 - beta**t))),
    "epsilon stands inside the root. It belongs outside: sqrt(v_hat) + epsilon": another(
        step=lambda a, b, epsilon: a / np.sqrt(b + epsilon)),
    "the root is missing: v_hat is the mean of g ** 2, and its root has the size of a gradient": another(
        step=lambda a, b, epsilon: a / (b + epsilon)),
    "v is the running mean of g ** 2, and g is not squared here": another(v=lambda v, g, beta: beta * v + (1 - beta) * g),
    "the corrected m_hat and v_hat are returned. Return m itself and v itself: the correction is for this step only": another(
        returned=True),
    "decoupled=True is ignored: then lr * weight_decay * w is subtracted from w, and g stays as it is": another(
        decay=lambda w, g, lr, weight_decay, decoupled: (g + weight_decay * w, w)),
    "the weight decay is missing: g + weight_decay * w takes the place of g": another(
        decay=lambda w, g, lr, weight_decay, decoupled: (g, w)),
}


def check(task):
    for settings in ({"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, {"momentum": 0.5, "weight_decay": 0.1}, {}):
        arguments = {"w": W, "g": G, "u": U, "lr": 0.1, **settings}
        compare_forward(task, "sgd", arguments, mistakes=SGD, float32=not settings)
    first = {"w": W, "g": np.abs(G), "m": ZERO, "v": ZERO, "t": 1, "lr": 0.1}
    later = {"w": W, "g": G, "m": U, "v": V, "t": 3, "lr": 0.1, "beta1": 0.8, "beta2": 0.9}
    small = {"w": W, "g": 1e-4 * G, "m": 1e-4 * U, "v": 1e-8 * V, "t": 3, "lr": 0.1}
    for arguments in (first, later, small, {**later, "weight_decay": 0.1}, {**later, "weight_decay": 0.1, "decoupled": True}):
        compare_forward(task, "adam", arguments, mistakes=ADAM, float32=arguments is later)
