"""The check of exercise 5."""

import numpy as np

from minicnn.learn import advised, check_backward, compare_forward
from minicnn.learn.small import drawn
from minicnn.ops import reference

X, DY = np.array([[-2.0, 3.0], [1.0, -1.0]]), np.array([[5.0, -4.0], [2.0, 7.0]])      # chapter 4


def sigmoid_of_y(dy, y):
    s = reference.sigmoid(y)
    return dy * s * (1 - s)


FORWARD = {"the larger of x and 0, not the size of x: -2 becomes 0": lambda x: np.abs(x)}
BACKWARD = {
    "the condition must ask x, not dy: the gate is open where the input of forward was positive":
        lambda dy, x: np.where(dy > 0, dy, 0),
    "dy is multiplied by the output of the ReLU. The derivative is 1 where x > 0: dy itself passes there":
        lambda dy, x: dy * np.maximum(x, 0),
    "dy passes where x < 0, and is stopped where x > 0": lambda dy, x: np.where(x < 0, dy, 0),
}
AT_ZERO = {"dy passes at x = 0. We choose 0 there: compare with x > 0, not with x >= 0":
           lambda dy, x: np.where(x >= 0, dy, 0)}
SIGMOID = {"y is sigmoid(x) already: do not apply the sigmoid again. The derivative is y * (1 - y)": sigmoid_of_y}


def check(task):
    with advised({"truth value": "`if`, `and` and Python's max ask one question about the whole array. np.maximum(x, 0) and "
                                 "np.where(condition, a, b) ask it for each entry"}):
        _check(task)


def _check(task):
    with advised({"y of shape": "the result must have the shape of x. np.maximum(x, 0) compares each entry with 0; np.max and "
                                "max find one largest number of many"}):
        for x in (X, np.array([0.0, -1.5, 2.0]), drawn(2, 3, 4)):
            compare_forward(task, "relu", {"x": x}, mistakes=FORWARD)
    check_backward(task, "relu_backward", {"dy": DY, "x": X}, [({"x": drawn(4, 5)}, {}), ({"x": drawn(2, 3, 4)}, {})],
                   mistakes=BACKWARD)
    compare_forward(task, "relu_backward", {"dy": np.array([3.0, -2.0, 4.0]), "x": np.array([0.0, 0.0, 1.0])},
                    mistakes=AT_ZERO)
    compare_forward(task, "sigmoid", {"x": np.array([[0.0, 1.0, -2.0]])}, tolerance=1e-7)
    overflow = "exp overflows: exp(1000) is infinity, and infinity / infinity is NaN. Use exponentials of negative numbers only"
    with advised({"infinity": overflow, "NaN": overflow}):
        compare_forward(task, "sigmoid", {"x": np.array([1000.0, -1000.0])}, np.array([1.0, 0.0]))
    compare_forward(task, "sigmoid", {"x": drawn(2, 3, 4)}, tolerance=1e-7)
    check_backward(task, "sigmoid_backward", {"dy": np.array([[4.0, -8.0]]), "y": np.array([[0.5, 0.25]])},
                   [({"x": drawn(3, 4)}, {})], mistakes=SIGMOID)
