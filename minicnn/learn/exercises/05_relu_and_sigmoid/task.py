"""Exercise 5: ReLU and sigmoid, forward and backward. Chapter 4, 'Bends: ReLU, sigmoid, tanh'.

All four functions work entry by entry, on arrays of any shape.

Replace each `...` by your code. Then run:  minicnn learn check 5
"""

import numpy as np


def relu(x):
    """y = max(x, 0), for each entry. Shapes: x (any) -> y like x."""
    ...


def relu_backward(dy, x):
    """dy passes if x > 0, and is stopped if x < 0. At x = 0 exactly we choose 0.

    Shapes: dy like x, x (any) -> dx like x. dy belongs to the caller: do not write into it.
    """
    ...


def sigmoid(x):
    """y = 1 / (1 + exp(-x)), for each entry. x = -1000 and x = 1000 must give 0 and 1.

    Shapes: x (any) -> y like x.
    """
    ...


def sigmoid_backward(dy, y):
    """dx, from y = sigmoid(x). Look at the arguments: this function gets y, not x.

    Shapes: dy like y, y (any) -> dx like y.
    """
    ...
