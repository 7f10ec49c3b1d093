"""Exercise 1: a derivative by hand. Chapter 1, 'Downhill'.

Two losses. Derive each derivative on paper first, with the chain rule. Then write it in Python.

Replace each `...` by your code. Then run:  minicnn learn check 1
"""


def derivative(w):
    """The derivative of L = (3 * w - 12) ** 2 with respect to w.

    w is a number. Returns a number. At w = 0 the answer is -72.
    """
    ...


def gradient(w, b, x, t):
    """The two partial derivatives of the loss of N examples. The model is y = w * x ** 2 + b:

        L = mean over n of (w * x[n] ** 2 + b - t[n]) ** 2

    w and b are numbers. x and t are arrays of shape (N,): the inputs and the targets.
    Returns (dw, db), two numbers: dL/dw and dL/db.
    """
    ...
