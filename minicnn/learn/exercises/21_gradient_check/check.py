"""The check of exercise 21: the learner's gradient check must tell right ops from wrong ones."""

import numpy as np

from minicnn.learn import Fault, Named, advised
from minicnn.learn.small import drawn
from minicnn.shapes import shown

SMALL, LARGE = 1e-5, 1e-3                                          # a right op is below, a wrong one above


class Counting:
    """A generator that counts how often numbers are drawn."""

    def __init__(self, seed):
        self.rng, self.draws = np.random.default_rng(seed), 0

    def __repr__(self):
        return "a generator"

    def __getattr__(self, name):
        self.draws += 1
        return getattr(self.rng, name)


def cube(x):
    return x**3


def identity(x):
    return 1.0 * x


def row_sums(x):
    return x.sum(axis=1)


def last_entry(factor):
    def backward(dy, x):
        dx = 1.0 * dy
        dx.flat[-1] *= factor
        return dx
    return backward


RIGHT = (
    ("y = x ** 3", cube, lambda dy, x: 3 * x**2 * dy, (4, 5)),
    ("y = x.sum(axis=1)", row_sums, lambda dy, x: np.repeat(dy[:, None], x.shape[1], axis=1), (3, 4)),
    ("y = 1000000 * x", lambda x: 1e6 * x, lambda dy, x: 1e6 * dy, (2, 3)),
)
WRONG = (
    ("y = x ** 3, dx = 6 * x ** 2 * dy", cube, lambda dy, x: 6 * x**2 * dy, (4, 5), "its dx is twice too large everywhere"),
    ("y = x ** 3, dx = 3 * x ** 2", cube, lambda dy, x: 3 * x**2, (4, 5), "its dx ignores dy. Only a random dy shows this"),
    ("y = x, dx = dy, but the last entry is doubled", identity, last_entry(2.0), (4, 5),
     "only its last entry is wrong. Compare every entry"),
    ("y = x, dx = dy, but the last entry is 3% too large", identity, last_entry(1.03), (10, 20),
     "one of its 200 entries is a little wrong. Return the largest error, not the mean"),
    ("y = 0.000001 * x, dx = 0.000002 * dy", lambda x: 1e-6 * x, lambda dy, x: 2e-6 * dy, (3, 4),
     "its gradients are small, and so are their errors. Make the error relative: divide by the largest |difference|"),
    ("y = x, dx is dy with its rows in reverse order", identity, lambda dy, x: dy[::-1].copy(), (4, 5),
     "it has the right numbers in the wrong places. Compare entry by entry, not the sums"),
    ("y = x, dx = dy - |dy| / 2", identity, lambda dy, x: dy - np.abs(dy) / 2, (4, 5),
     "all entries of its dx are too small. An error below 0 is an error too: use np.abs"),
)


def check(task):
    with advised({"broadcast together": "y = forward(x) may have another shape than x: dy needs the shape of y"}):
        _check(task)


def _check(task):
    learned = task.function("gradient_error", forbid=("check_op", "check_layer"))
    for k, (text, forward, backward, shape) in enumerate(RIGHT):
        error = _error(learned, text, forward, backward, shape, first=k == 0)
        if not abs(error) < SMALL:
            why = ("use np.abs: this error is below 0" if error < 0 else
                   "the loss is the sum of dy * y, and its differences must be taken to both sides, x + h and x - h"
                   if error > 0.01 else
                   "take the differences to both sides, x + h and x - h, divided by 2 * h: a one-sided difference has an error "
                   "of the size of h" if k == 0 else "is the error divided by the largest |difference|?")
            raise Fault(f"{learned.where} says that a right gradient is wrong: the error is {error:.2g}, expected below "
                        f"{SMALL:g}\n    the op: {text}\n    likely: {why}")
    for text, forward, backward, shape, why in WRONG:
        error = _error(learned, text, forward, backward, shape)
        if not error > LARGE:
            raise Fault(f"{learned.where} says that a wrong gradient is right: the error is {error:.2g}, expected above "
                        f"{LARGE:g}\n    the op: {text}\n    likely: {why}")


def _error(learned, text, forward, backward, shape, first=False):
    rng = Counting(0)
    error = learned(Named(f"the forward pass of {text}", forward), Named("its backward pass", backward), drawn(*shape), rng)
    if isinstance(error, (bool, str, tuple, list)) or np.shape(error) != () or np.iscomplexobj(error):
        raise Fault(f"{learned.where} returned {shown(error)}, expected one number, the largest error")
    if first and rng.draws == 0:
        raise Fault(f"{learned.where} draws no random numbers. It needs a random dy: rng.standard_normal(y.shape). With dy = 1 "
                    "everywhere, a backward pass that ignores dy looks right")
    if first and rng.draws > 1:
        raise Fault(f"{learned.where} draws {rng.draws} times. Draw one dy at the start, and use it for backward and for all "
                    "differences")
    return float(error)
