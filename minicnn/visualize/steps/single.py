"""The pages of ops on one matrix: dense, relu, softmax_cross_entropy, batch_norm and dropout."""

import math

import numpy as np

from ... import losses, ops
from ...ops import definition
from ...shapes import message
from . import given
from .pooling import direction
from .recorder import Recorder
from .scene import Scene, View
from .wanted import check_size


def dense(wanted) -> Scene:
    """A dense layer, forward or backward."""
    x = wanted.matrix("x", given.DENSE_X)
    D = x.shape[1]
    known = D == len(given.DENSE_W)
    w = wanted.array("w", given.DENSE_W if known else given.whole_numbers((D, 2), -2, 3), 2)
    b = wanted.array("b", given.DENSE_B if w.shape[1] == 2 else np.zeros(w.shape[1]), 1)
    K = w.shape[1]
    check_size("dense", "a matrix x", x.shape, lambda N, D: (N * K * (2 * D + 1), 2 * (N * D + D * K + N * K + K)))
    y, recorder = ops.dense(x, w, b), Recorder()
    x, w = recorder.array("x", x, "input", axes="nd"), recorder.array("w", w, "parameter", axes="dk")
    if not wanted.backward:
        b = recorder.array("b", b, "parameter", axes="k")
        y = recorder.show("y", y.shape, "output", axes="nk")
        result = recorder.call(definition.dense, x, w, b, created={"y": y}, window=("n", "k"))
        return _page("dense", wanted, "Dense layer", "Each number of y is a bias plus a sum of products: a row of x times a column of w.",
                     recorder, {"y": result})
    dy = wanted.array("dy", given.DENSE_DY if y.shape == (2, 2) else given.whole_numbers(y.shape, -2, 3), 2)
    ops.dense_backward(dy, x, w)
    dy = recorder.array("dy", dy, "output", axes="nk")
    created = {"dx": recorder.show("dx", x.shape, "input", axes="nd", line=1),
               "dw": recorder.show("dw", w.shape, "parameter", axes="dk", line=1),
               "db": recorder.show("db", (K,), "parameter", axes="k", line=1)}
    results = recorder.call(definition.dense_backward, dy, x, w, created=created, window=("n", "k"))
    return _page("dense", wanted, "Dense layer", "The same loops as forward. Forward says y += x * w, so backward says dx += dy * w and "
                 "dw += dy * x.", recorder, dict(zip(("dx", "dw", "db"), results)))


def relu(wanted) -> Scene:
    """The ReLU, forward or backward."""
    x = wanted.matrix("x", given.RELU_X)
    check_size("relu", "an array", x.shape, lambda N, D: (N * D, 3 * N * D))
    recorder = Recorder()
    x = recorder.array("x", x, "input", axes="nd")
    if not wanted.backward:
        y = recorder.show("y", x.shape, "output", axes="nd")
        result = recorder.call(definition.relu, x, created={"y": y}, window=("index",))
        return _page("relu", wanted, "ReLU", "A positive number stays as it is. A negative number becomes 0.", recorder, {"y": result})
    dy = wanted.array("dy", given.RELU_DY if x.shape == (2, 2) else given.whole_numbers(x.shape, -4, 7), 2)
    ops.relu_backward(dy, x)
    dy = recorder.array("dy", dy, "output", axes="nd")
    dx = recorder.show("dx", x.shape, "input", axes="nd")
    result = recorder.call(definition.relu_backward, dy, x, created={"y": dx}, window=("index",))
    return _page("relu", wanted, "ReLU", "Where x is positive, dy goes through. Elsewhere the gradient is 0.", recorder, {"dx": result})


def dropout(wanted) -> Scene:
    """Dropout, forward or backward."""
    x = wanted.matrix("x", given.DROPOUT_X)
    default = given.DROPOUT_MASK if x.shape == (1, 4) else given.whole_numbers(x.shape, 0, 1)
    mask = wanted.array("mask", default, 2)
    if mask.shape != x.shape or not np.isin(mask, (0, 1)).all():
        raise ValueError(message("minicnn step dropout", f"a mask of zeros and ones, {x.shape}", f"{mask.shape} {mask.tolist()}"[:60]))
    mask = mask.astype(bool)
    check_size("dropout", "an array", x.shape, lambda N, D: (N * D, 3 * N * D))
    recorder, rate = Recorder(), given.DROPOUT_RATE
    if not wanted.backward:
        x, mask = recorder.array("x", x, "input", axes="nd"), recorder.array("mask", mask, "middle", axes="nd")
        y = recorder.show("y", x.shape, "output", axes="nd")
        result = recorder.call(definition.dropout, x, mask, rate, created={"y": y}, window=("index",))
        return _page("dropout", wanted, "Dropout", f"The mask drops a number (0) or keeps it (1). A kept number is divided by 1 − rate = "
                     f"{1 - rate:g}, so that the mean stays the same.", recorder, {"y": result})
    dy = wanted.array("dy", given.DROPOUT_DY if x.shape == (1, 4) else given.whole_numbers(x.shape, -2, 4), 2)
    ops.dropout_backward(dy, mask, rate)
    dy, mask = recorder.array("dy", dy, "output", axes="nd"), recorder.array("mask", mask, "middle", axes="nd")
    dx = recorder.show("dx", x.shape, "input", axes="nd")
    result = recorder.call(definition.dropout_backward, dy, mask, rate, created={"dx": dx}, window=("index",))
    return _page("dropout", wanted, "Dropout", "Backward uses the mask of forward: what was dropped gets no gradient.", recorder,
                 {"dx": result})


def batch_norm(wanted) -> Scene:
    """Batch normalization, forward or backward."""
    x = wanted.matrix("x", given.NORM_X)
    C = x.shape[1]
    gamma = wanted.array("gamma", given.NORM_GAMMA if C == 1 else given.whole_numbers((C,), 1, 3), 1)
    beta = wanted.array("beta", given.NORM_BETA if C == 1 else given.whole_numbers((C,), -2, 2), 1)
    check_size("batch_norm", "a matrix x (examples, channels)", x.shape, lambda N, C: (5 * N * C + 4 * C if N <= 64 else 10**6,
                                                                                      3 * N * C + 6 * C))
    y, mean, var = ops.batch_norm(x, gamma, beta)
    recorder = Recorder()
    x, gamma = recorder.array("x", x, "input", axes="nc"), recorder.array("gamma", gamma, "parameter", axes="c")
    if not wanted.backward:
        beta = recorder.array("beta", beta, "parameter", axes="c")
        created = {name: recorder.show(name, (C,), "middle", axes="c") for name in ("mean", "var")}
        created["y"] = recorder.show("y", y.shape, "output", axes="nc")
        results = recorder.call(definition.batch_norm, x, gamma, beta, created=created, window=("c",))
        return _page("batch_norm", wanted, "Batch norm", "For each channel (column): the mean and the variance of the batch. With them each "
                     "number is normalized, then scaled by gamma and shifted by beta.", recorder,
                     dict(zip(("y", "mean", "var"), results)))
    dy = wanted.array("dy", given.NORM_DY if x.shape == (4, 1) else given.whole_numbers(x.shape, -2, 4), 2)
    ops.batch_norm_backward(dy, x, gamma, mean, var)
    mean, var = recorder.array("mean", mean, "middle", axes="c"), recorder.array("var", var, "middle", axes="c")
    dy = recorder.array("dy", dy, "output", axes="nc")
    dx = recorder.show("dx", x.shape, "input", axes="nc", line=1)
    created = {name: recorder.show(name, (C,), "parameter", axes="c", line=1) for name in ("dgamma", "dbeta")}
    results = recorder.call(definition.batch_norm_backward, dy, x, gamma, mean, var, created=created | {"dx": dx}, window=("c",))
    return _page("batch_norm", wanted, "Batch norm", "dx has three parts: through x itself, through the mean, and through the variance. "
                 "The first loop sums dgamma and dbeta, the second uses them.", recorder,
                 dict(zip(("dx", "dgamma", "dbeta"), results)))


def softmax_cross_entropy(wanted) -> Scene:
    """The loss: log-softmax in loops, then the lines of the loss; or its backward pass through log-softmax."""
    logits = wanted.matrix("logits", given.LOGITS)
    N, K = logits.shape
    labels = np.asarray(wanted.numbers.get("labels", given.LABELS if logits.shape == (2, 3) else np.arange(N) % K))
    if not np.array_equal(labels, labels.astype(int)):
        raise ValueError(message("minicnn step softmax_cross_entropy", "labels that are whole numbers", labels.tolist()))
    labels = labels.astype(int)
    check_size("softmax_cross_entropy", "logits", logits.shape, lambda N, K: (2 * N + 3 * N * K if K <= 64 else 10**6, 4 * N * K))
    losses.softmax_cross_entropy(logits, labels)                   # it checks shapes and labels
    view = _loss_backward if wanted.backward else _loss
    return Scene("softmax_cross_entropy", f"Softmax and cross-entropy, {direction(wanted)}",
                 "Scores become logarithms of probabilities. The loss is minus the one of the right class, the mean over the rows; "
                 "its gradient is p − target, divided by N.", [view(logits, labels)])


def _loss(logits, labels):
    recorder = Recorder()
    names = [f"label {label}" for label in labels]
    logits = recorder.array("logits", logits, "input", axes="nk", rows=names)
    log_p, target, loss, dlogits = (recorder.show(name, shape, role, axes=axes) for name, shape, role, axes in (
        ("log_p", logits.shape, "output", "nk"), ("target", logits.shape, "middle", "nk"), ("loss", (1,), "output", "n"),
        ("dlogits", logits.shape, "input", "nk")))
    recorder.call(definition.log_softmax, logits, created={"y": log_p}, window=("row",),
                           stage="Log-softmax, row by row: the largest is subtracted, so that exp cannot overflow")
    value, gradient = recorder.call(losses.softmax_cross_entropy, logits, labels, window=(), stage="The loss and its gradient",
                                    created={"log_p": log_p, "target": target, "loss": loss, "dlogits": dlogits})
    return View("loss", "The loss", "First the loops of log-softmax, then the lines of the loss.", recorder,
                {"loss": np.array([value]), "dlogits": gradient})


def _loss_backward(logits, labels):
    recorder, N = Recorder(), len(logits)
    log_p = recorder.array("log_p", ops.log_softmax(logits), "output", axes="nk", rows=[f"label {label}" for label in labels])
    dy = np.zeros(logits.shape)
    dy[np.arange(N), labels] = -1 / N
    dy = recorder.array("dlog_p", dy, "output", axes="nk", note="−target / N: the loss is minus the mean of log_p at the labels")
    dx = recorder.show("dlogits", logits.shape, "input", axes="nk")
    result = recorder.call(definition.log_softmax_backward, dy, log_p, created={"dx": dx}, window=("row",))
    return View("backward", "Backward", "Back through log-softmax: the sum of each row of dlog_p is −1 / N, and exp(log_p) is p. "
                "So dlogits = (p − target) / N.", recorder, {"dlogits": result})


def _page(op, wanted, title, text, recorder, result):
    """A page with one view."""
    return Scene(op, f"{title}, {direction(wanted)}", text, [View("loops", "Loops", "", recorder, result)])
