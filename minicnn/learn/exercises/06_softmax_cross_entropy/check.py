"""The check of exercise 6."""

import numpy as np

from minicnn.learn import advised, check_backward, compare_forward
from minicnn.learn.small import drawn

LOGITS, LABELS = np.log([[1.0, 2.0, 5.0], [4.0, 2.0, 2.0]]), np.array([1, 0])          # chapter 5


def _shifted(logits):
    return np.exp(logits - logits.max(axis=1, keepdims=True))


def softmax(logits):
    return _shifted(logits) / _shifted(logits).sum(axis=1, keepdims=True)


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def both(logits, labels):
    N = len(logits)
    target = np.eye(logits.shape[1])[labels]
    return -(target * log_softmax(logits)).sum() / N, (softmax(logits) - target) / N


def loss_only(logits, labels):
    return both(logits, labels)[0], None


def dlogits_only(logits, labels):
    return None, both(logits, labels)[1]


def _rows_of_the_labels(logits, labels):
    p = softmax(logits)
    p[labels] -= 1
    return p / len(logits)


PROBABILITIES = {
    "this sums over the examples. Each row is one example: sum over its classes, axis=1":
        lambda logits: np.exp(logits) / np.exp(logits).sum(axis=0),
    "all rows together sum to 1. Each row must sum to 1: sum with axis=1, keepdims=True":
        (lambda logits: np.exp(logits) / np.exp(logits).sum(), lambda logits: _shifted(logits) / _shifted(logits).sum()),
}
LOSS = {
    "the loss is a mean over the batch, not a sum": lambda logits, labels: (both(logits, labels)[0] * len(logits), None),
    "the loss has the wrong sign: it is minus the logarithm": lambda logits, labels: (-both(logits, labels)[0], None),
    "log_p[:, labels] takes the columns of all labels in every row, and one number for each row is "
    "needed: log_p[np.arange(N), labels]": lambda logits, labels: (-log_softmax(logits)[:, labels].mean(), None),
    "log_p[labels] takes whole rows, those with the numbers of the labels. One number of each row is needed: "
    "log_p[np.arange(N), labels]": lambda logits, labels: (-log_softmax(logits)[labels].mean(), None),
}
GRADIENT = {
    "this is p / N. The gradient is (p - target) / N: subtract 1 at the label of each row":
        lambda logits, labels: (None, softmax(logits) / len(logits)),
    "dlogits[labels] takes whole rows, those with the numbers of the labels. Subtract 1 from one number of each row: "
    "dlogits[np.arange(N), labels] -= 1": lambda logits, labels: (None, _rows_of_the_labels(logits, labels)),
}
LABELS_ARE_NUMBERS = ("labels are the numbers of the classes, such as 2. The target is a row with 1 at the label and 0 "
                      "elsewhere. So subtract 1 at one place of each row: dlogits[np.arange(N), labels] -= 1")


def check(task):
    with advised({"= labels": LABELS_ARE_NUMBERS, "- labels": LABELS_ARE_NUMBERS,
                  "could not be broadcast": "the sum of each row, and its largest logit, need the shape (N, 1): write "
                                            "axis=1, keepdims=True. Without keepdims it is (N,), which does not fit the rows"}):
        _check(task)


def _check(task):
    compare_forward(task, "softmax", {"logits": LOGITS}, softmax, ("p",), PROBABILITIES)
    too_large = "exp of a large number overflows. Subtract the largest logit from all logits of the row first"
    with advised({"NaN": too_large, "infinity": too_large}):
        compare_forward(task, "softmax", {"logits": np.array([[10000.0, -10000.0, 0.0]])}, softmax, ("p",))
    far_apart = "the rows lie far apart. Subtract each row's own largest logit: max(axis=1, keepdims=True)"
    with advised({"NaN": far_apart, "expected": far_apart}):
        compare_forward(task, "softmax", {"logits": np.array([[10000.0, 9999.0], [-10000.0, -10001.0]])}, softmax, ("p",))
    compare_forward(task, "softmax", {"logits": drawn(5, 4)}, softmax, ("p",))

    name = "softmax_cross_entropy"
    for logits, labels in ((LOGITS, LABELS), (drawn(5, 4), np.array([0, 3, 1, 1, 2]))):
        compare_forward(task, name, {"logits": logits, "labels": labels}, loss_only, mistakes=LOSS, float32=False)
    labels = np.array([0, 3, 1, 1, 2])
    check_backward(task, name, {"logits": LOGITS, "labels": LABELS}, [({"logits": drawn(5, 4)}, {"labels": labels})],
                   lambda logits: np.float64(both(logits, labels)[0]), dlogits_only, GRADIENT,
                   backward=lambda learned, dy, logits: dy * learned(logits, labels)[1])
    with advised({"loss is": "the log of a probability that became 0 is minus infinity. Write the logarithm of softmax "
                             "directly: log p = shifted - log(sum of exp(shifted))"}):
        compare_forward(task, name, {"logits": np.array([[10000.0, -10000.0, 0.0]]), "labels": np.array([1])}, both)
