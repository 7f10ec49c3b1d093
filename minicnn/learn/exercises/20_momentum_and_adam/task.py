"""Exercise 20: momentum and Adam. Chapter 14, 'Better steps: momentum, RMSprop, Adam'.

Each function makes one step for one parameter. w is its value and g its gradient. u, m and v are what the optimizer
remembers. All are arrays of one shape. Return new arrays: do not change the arguments.

Weight decay (chapter 13) adds weight_decay * w to the gradient before anything else.

Replace each `...` by your code. Then run:  minicnn learn check 20
"""

import numpy as np


def sgd(w, g, u, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    """A step with momentum. Returns the tuple (new w, new u).

        u = momentum * u + g
        w = w - lr * u                        if nesterov is False
        w = w - lr * (g + momentum * u)       if nesterov is True, with the new u
    """
    ...


def adam(w, g, m, v, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0, decoupled=False):
    """A step of Adam. t counts the steps from 1. Returns the tuple (new w, new m, new v).

        m = running mean of g, with beta1            m_hat = m, corrected for its start at 0
        v = running mean of g ** 2, with beta2       v_hat = v, corrected in the same way
        w = w - lr * m_hat / (sqrt(v_hat) + epsilon)

    If decoupled is True (AdamW), weight decay does not go into the gradient: lr * weight_decay * w is subtracted from w.
    """
    ...
