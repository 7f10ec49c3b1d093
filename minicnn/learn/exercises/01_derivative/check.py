"""The check of exercise 1."""

import numpy as np

from minicnn.learn import advised, compare_forward


def gradient(w, b, x, t):
    e = w * x**2 + b - t
    return (2 * e * x**2).mean(), (2 * e).mean()


def with_sums(w, b, x, t):
    return tuple(len(x) * d for d in gradient(w, b, x, t))


DERIVATIVE = {
    "the inner derivative, 3, is forgotten: 3 * w - 12 grows three times as fast as w": lambda w: 2 * (3 * w - 12),
    "the factor 2 of the square is forgotten: the derivative of e ** 2 is 2 * e": lambda w: (3 * w - 12) * 3,
    "the result has the wrong sign": lambda w: -6 * (3 * w - 12),
    "this is the derivative at w = 0, and it must be right at every w": lambda w: -72.0,
}
GRADIENT = {
    "the loss is a mean over n, so its derivatives are means too: .mean(), not .sum()": with_sums,
    "both have the wrong sign. The error is y - t, in this order": lambda w, b, x, t: tuple(-d for d in gradient(w, b, x, t)),
    "db is wrong: b is not multiplied by x in the model, so its inner derivative is 1":
        lambda w, b, x, t: (gradient(w, b, x, t)[0],) * 2,
    "dw is wrong: w is multiplied by x[n] ** 2, so the inner derivative is x[n] ** 2":
        lambda w, b, x, t: ((2 * (w * x**2 + b - t) * x).mean(), gradient(w, b, x, t)[1]),
    "dw and db are exchanged: return dw, db": lambda w, b, x, t: gradient(w, b, x, t)[::-1],
    "the factor 2 of the square is forgotten": lambda w, b, x, t: tuple(d / 2 for d in gradient(w, b, x, t)),
}


def check(task):
    for w in (0.0, 1.0, 5.0):
        compare_forward(task, "derivative", {"w": w}, lambda w: 6 * (3 * w - 12), (f"derivative({w:g})",), DERIVATIVE)
    x, t = np.array([1.0, 2.0, -3.0]), np.array([4.0, 1.0, 2.0])
    with advised({"expected a number": "each derivative is one number: the mean over all examples, .mean()"}):
        for w, b in ((1.0, 2.0), (-0.5, 0.25)):
            compare_forward(task, "gradient", {"w": w, "b": b, "x": x, "t": t}, gradient, ("dw", "db"), GRADIENT, float32=False)
