"""The check of exercise 2."""

import numpy as np

from minicnn.learn import Named, compare_forward


def difference(f, x, h=1e-4):
    return (f(x + h) - f(x - h)) / (2 * h)


def differences(f, x, h=1e-4):
    result = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = h
        result[index] = (f(x + step) - f(x - step)) / (2 * h)
    return result


def rows_at_once(f, x, h=1e-4):
    result = np.zeros(x.shape)
    for row in range(len(x)):
        step = np.zeros(x.shape)
        step[row] = h
        result[row] = (f(x + step) - f(x - step)) / (2 * h)
    return result


ONE = {
    "this is a one-sided difference: f(x + h) - f(x). Go to both sides, to x + h and to x - h":
        lambda f, x, h: (f(x + h) - f(x)) / h,
    "x + h and x - h are 2 * h apart: divide by 2 * h": lambda f, x, h: (f(x + h) - f(x - h)) / h,
    "the result has the wrong sign: f(x + h) comes first": lambda f, x, h: (f(x - h) - f(x + h)) / (2 * h),
    "the argument h is ignored: the call says h = 0.5": lambda f, x, h: difference(f, x),
}
MANY = {
    "all entries move together. Move one entry at a time, and leave the others where they are":
        lambda f, x, h: np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h)),
    "a whole row moves at once. `for index in np.ndindex(x.shape)` goes through all entries": rows_at_once,
    "x + h and x - h are 2 * h apart: divide by 2 * h": lambda f, x, h: 2 * differences(f, x, h),
}


def check(task):
    square, cube = Named("x -> x ** 2", lambda x: x**2), Named("x -> x ** 3", lambda x: x**3)
    for f, x, h in ((square, 3.0, 1e-4), (cube, 2.0, 0.5), (cube, -1.0, 1e-3)):
        compare_forward(task, "difference", {"f": f, "x": x, "h": h}, difference, ("the result",), ONE, tolerance=1e-8)
    weights = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]])
    weighted = Named("x -> the sum of c * x ** 2", lambda x: (weights * x**2).sum())
    x = np.array([[1.0, 2.0, -1.0], [3.0, 0.5, 2.0]])
    compare_forward(task, "differences", {"f": weighted, "x": x, "h": 1e-3}, differences, ("result",), MANY, 1e-8,
                    float32=False)
    one_row = Named("x -> x[0] * x[1] * x[2]", lambda x: x[0] * x[1] * x[2])
    compare_forward(task, "differences", {"f": one_row, "x": x[0], "h": 0.25}, differences, ("result",), MANY, 1e-8,
                    float32=False)
