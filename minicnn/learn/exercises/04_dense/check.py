"""The check of exercise 4."""

import numpy as np

from minicnn.learn import Fault, advised, check_backward, compare_forward
from minicnn.learn.small import DENSE_DY, B, W, X, drawn
from minicnn.ops import reference

FORWARD = {"the bias is not added: b[k] belongs to every y[n, k]": lambda x, w, b: x @ w}


def with_dw(change):
    def wrong(dy, x, w):
        dx, dw, db = reference.dense_backward(dy, x, w)
        return dx, change(dy, x, w), db
    return wrong


def with_db(change):
    def wrong(dy, x, w):
        dx, dw, _ = reference.dense_backward(dy, x, w)
        return dx, dw, change(dy)
    return wrong


BACKWARD = {
    "dw is reshaped, where a transpose is needed. A reshape keeps the numbers in their order; x.T @ dy has the right shape "
    "by itself": with_dw(lambda dy, x, w: (dy.T @ x).reshape(w.shape)),
    "dw is divided by N. Where a mean over the batch is taken, in the loss, dy got its 1/N: a layer never divides by N":
        with_dw(lambda dy, x, w: x.T @ dy / len(x)),
    "dw comes from one example only, the last one. w is used by all examples: sum over n": with_dw(
        lambda dy, x, w: np.outer(x[-1], dy[-1])),
    "db is divided by N: a sum over the batch is needed, not a mean": with_db(lambda dy: dy.mean(axis=0)),
    "each output has its own bias: sum over the batch (axis=0), not over the outputs": with_db(
        lambda dy: np.full(dy.shape[1], dy.sum())),
    "w is reshaped in dx, where a transpose is needed: dy @ w.T": lambda dy, x, w: (
        dy @ w.reshape(w.shape[::-1]), *reference.dense_backward(dy, x, w)[1:]),
}


def check(task):
    with advised({"NoneType": "b is None means: there is no bias. Add b only if it is not None",
                  "could not be broadcast": "x * w multiplies entry by entry. The product of two matrices is x @ w"}):
        for x, w, b in ((X, W, B), (X, W, None), (drawn(4, 3), drawn(3, 5), drawn(5))):
            compare_forward(task, "dense", {"x": x, "w": w, "b": b}, mistakes=FORWARD)
    with advised({"dx of shape": "the results are in another order: return dx, dw, db",
                  "dw of shape": "dw has the shape of w, (D, K): x.T @ dy has it, and dy.T @ x is its transpose. The results "
                                  "are in the order dx, dw, db",
                  "as db": "each output has its own bias: sum over the batch only, axis=0"}):
        check_backward(task, "dense_backward", {"dy": DENSE_DY, "x": X, "w": W},
                       [({"x": drawn(4, 3), "w": drawn(3, 5), "b": drawn(5)}, {})], mistakes=BACKWARD)
    learned = task.function("dense_backward")
    if learned(DENSE_DY, X, W, input_gradient=False)[0] is not None:
        raise Fault(f"{learned.where} returned a dx for input_gradient=False. Return None in its place then")
