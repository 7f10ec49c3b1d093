"""Exercise 2: the finite difference. Chapter 1, 'Downhill', section 'Check it, break it'.

A derivative says how much f changes if x changes. So you can measure it: move x a little to both sides, and look at f.
This needs no formula of the derivative. In this course it checks all formulas.

Replace each `...` by your code. Then run:  minicnn learn check 2
"""

import numpy as np


def difference(f, x, h=1e-4):
    """The central difference of f at x: an estimate of the derivative.

    f is a function of one number. x is a number. Returns a number.
    For f(x) = x ** 2 at x = 3 the answer is 6, whatever h is.
    """
    ...


def differences(f, x, h=1e-4):
    """The central difference of f with respect to each entry of x.

    f takes an array like x and returns one number. x is an array of floats of any shape.
    Returns an array of x's shape: entry k says how f changes if x[k] alone moves.
    `for k in np.ndindex(x.shape)` goes through the indices of all entries, for any number of axes.
    When the function returns, x has its old values.
    """
    ...
