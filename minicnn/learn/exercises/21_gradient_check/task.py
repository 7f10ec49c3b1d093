"""Exercise 21: a gradient check of your own. Chapter 15, 'Believe nothing: gradient checking'.

Your function gets the two passes of an op and says how wrong the gradient is. The checker of this exercise gives it ops
that are right and ops that are wrong. Your function must tell them apart. Section 'How checks lie' has the traps.

Replace the `...` by your code. Then run:  minicnn learn check 21
"""

import numpy as np


def gradient_error(forward, backward, x, rng, h=1e-4):
    """The largest relative error of a backward pass, for y = forward(x) and dx = backward(dy, x).

    1. Draw a random dy of y's shape, with rng.standard_normal. The loss is L = sum of dy * y.
    2. For every entry of x, compute the central difference of L.
    3. Return the largest |dx - difference|, divided by the largest |difference|. One number.

    Shapes: x (any), float64. forward must see arrays like x. x has its old values when the function returns.
    """
    ...
