"""Exercise 23: three bugs in code. Chapter 15, 'Believe nothing', section 'the clinic'.

The three backward functions below look right, and each has one bug. The forward passes are right. Below each function
stands what the gradient check says about it. Find the bug and repair the line.

Then run:  minicnn learn check 23
"""

import numpy as np

__all__ = []                  # no function here is for your own network: see minicnn learn train


def tanh_backward(dy, y):
    """dx, from y = tanh(x). Shapes: dy like y -> dx like y."""
    return dy * (1 - np.tanh(y) ** 2)

#   dx  (4, 5)  WRONG, 19 of 20 entries. The error is small where |x| is small, and large where |x| is large.


def leaky_relu(x, slope=0.01):
    """Right. y = x if x > 0, else slope * x."""
    return np.where(x > 0, x, slope * x)


def leaky_relu_backward(dy, x, slope=0.01):
    """dx of the leaky ReLU. Shapes: dy like x -> dx like x."""
    return np.where(x > 0, dy, 0.01 * dy)

#   slope = 0.01:  dx  (4, 5)  ok
#   slope = 0.2:   dx  (4, 5)  WRONG, 10 of 20 entries: those with x < 0


def log_softmax_backward(dy, y):
    """dx, from y = log_softmax(x): y[n, k] = x[n, k] - log(sum over j of exp(x[n, j])), derived in chapter 5.

    Shapes: dy like y, y (N, K) -> dx (N, K). np.exp(y) is softmax(x).
    """
    return dy - np.exp(y) * dy

#   dx  (4, 5)  WRONG, 20 of 20 entries
#   If only one entry in each row of dy is not 0, the gradient at this entry is right, and the others are wrong.
