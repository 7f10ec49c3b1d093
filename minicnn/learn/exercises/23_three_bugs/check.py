"""The check of exercise 23."""

import numpy as np

from minicnn.learn import advised, check_backward, compare_forward
from minicnn.learn.small import drawn
from minicnn.ops import reference

TANH = {
    "y is tanh(x) already, and the tanh of y is taken once more. The derivative is 1 - y**2": lambda dy, y: dy * (
        1 - np.tanh(y) ** 2),
    "the square is missing: the derivative is 1 - y**2": lambda dy, y: dy * (1 - y),
    "this is the derivative of the sigmoid. That of tanh is 1 - y**2": lambda dy, y: dy * y * (1 - y),
}
LEAKY = {
    "the slope is always 0.01. Use the argument slope": lambda dy, x, slope=0.01: np.where(x > 0, dy, 0.01 * dy),
    "dy is missing for negative x: the chain rule multiplies, slope * dy": lambda dy, x, slope=0.01: np.where(x > 0, dy, slope),
    "the two sides are exchanged: negative x get slope * dy, positive x get dy":
        lambda dy, x, slope=0.01: np.where(x > 0, slope * dy, dy),
}
LOG_SOFTMAX = {
    "the sum of dy over the row is missing: every x of a row reaches all y of the row": lambda dy, y: dy - np.exp(y) * dy,
    "dy is summed over the batch. Sum over the classes of each row: axis=1, keepdims=True":
        lambda dy, y: dy - np.exp(y) * dy.sum(axis=0),
    "dy is summed over the whole batch. The examples have nothing to do with each other: sum each row by itself":
        lambda dy, y: dy - np.exp(y) * dy.sum(),
    "y is the logarithm of the probabilities. The factor is the probability itself: np.exp(y)":
        lambda dy, y: dy - y * dy.sum(axis=1, keepdims=True),
}


def check(task):
    check_backward(task, "tanh_backward", {"dy": np.array([2.0, 4.0, -8.0]), "y": np.array([0.0, 0.5, -0.5])},
                   [({"x": drawn(4, 5)}, {})], mistakes=TANH)
    compare_forward(task, "leaky_relu", {"x": drawn(4, 5), "slope": 0.2})
    small = {"dy": np.array([3.0, 10.0, -20.0]), "x": np.array([2.0, -1.0, -3.0]), "slope": 0.2}
    with advised({"slope=0.2": "the report in the task says when it is right: only if slope is 0.01"}):
        check_backward(task, "leaky_relu_backward", small, [({"x": drawn(4, 5)}, {}), ({"x": drawn(4, 5)}, {"slope": 0.2})],
                       reference.leaky_relu, mistakes=LEAKY)
    dy, y = np.array([[1.0, 2.0, -1.0], [0.0, 4.0, 1.0]]), np.log([[0.125, 0.25, 0.625], [0.5, 0.25, 0.25]])
    check_backward(task, "log_softmax_backward", {"dy": dy, "y": y}, [({"x": drawn(4, 5)}, {})], mistakes=LOG_SOFTMAX)
