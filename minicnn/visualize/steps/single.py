"""The pages of ops on one matrix: dense, relu, dropout and batch_norm."""

import numpy as np

from ... import ops
from ...ops import definition
from ...shapes import message, shape_text
from . import given
from .recorder import Recorder
from .scene import Scene, View
from .wanted import check_size

TEXTS = {                                                          # (op, backward): what the page says at its top
    ("dense", False): "Each number of y is a bias plus a sum of products: a row of x times a column of w.",
    ("dense", True): "The same loops as forward. Forward says y += x * w, so backward says dx += dy * w and dw += dy * x.",
    ("relu", False): "A positive number stays as it is. A negative number becomes 0.",
    ("relu", True): "Where x is positive, dy goes through. Elsewhere the gradient is 0.",
    ("dropout", False): "The mask drops a number (0) or keeps it (1). A kept number is divided by 1 - rate, so that the mean "
                        "stays the same.",
    ("dropout", True): "Backward uses the mask of forward: what was dropped gets no gradient.",
    ("batch_norm", False): "For each channel (column): the mean and the variance of the batch. With them each number is "
                           "normalized, then scaled by gamma and shifted by beta.",
    ("batch_norm", True): "dx has three parts: through x itself, through the mean, and through the variance. The first loop "
                          "sums dgamma and dbeta, the second uses them.",
}
TITLES = {"dense": "Dense layer", "relu": "ReLU", "dropout": "Dropout", "batch_norm": "Batch norm"}


def dense(wanted) -> Scene:
    """A dense layer, forward or backward."""
    x = wanted.matrix("x", given.DENSE_X)
    D = x.shape[1]
    w = wanted.array("w", given.DENSE_W if D == 3 else given.whole_numbers((D, 2), -2, 3), 2)
    K = w.shape[1]
    b = wanted.array("b", given.DENSE_B if K == 2 else np.zeros(K), 1)
    check_size("dense", "a matrix x", x.shape, lambda N, D: (N * K * (2 * D + 1), 2 * (N * D + D * K + N * K + K)))
    y, recorder = ops.dense(x, w, b), Recorder()
    x, w = recorder.array("x", x, "input", axes="nd"), recorder.array("w", w, "parameter", axes="dk")
    if not wanted.backward:
        b = recorder.array("b", b, "parameter", axes="k")
        created = {"y": recorder.show("y", y.shape, "output", axes="nk")}
        y = recorder.call(definition.dense, x, w, b, created=created, window=("n", "k"))
        return _page("dense", wanted, recorder, y=y)
    dy = wanted.array("dy", given.DENSE_DY if y.shape == (2, 2) else given.whole_numbers(y.shape, -2, 3), 2)
    ops.dense_backward(dy, x, w)                                   # it checks the shapes
    dy = recorder.array("dy", dy, "output", axes="nk")
    created = {"dx": recorder.show("dx", x.shape, "input", axes="nd", line=1),
               "dw": recorder.show("dw", w.shape, "parameter", axes="dk", line=1),
               "db": recorder.show("db", (K,), "parameter", axes="k", line=1)}
    dx, dw, db = recorder.call(definition.dense_backward, dy, x, w, created=created, window=("n", "k"))
    return _page("dense", wanted, recorder, dx=dx, dw=dw, db=db)


def relu(wanted) -> Scene:
    """The ReLU, forward or backward."""
    x = wanted.matrix("x", given.RELU_X)
    check_size("relu", "an array", x.shape, lambda N, D: (N * D, 3 * N * D))
    recorder = Recorder()
    x = recorder.array("x", x, "input", axes="nd")
    if not wanted.backward:
        created = {"y": recorder.show("y", x.shape, "output", axes="nd")}
        return _page("relu", wanted, recorder, y=recorder.call(definition.relu, x, created=created, window=("index",)))
    dy = wanted.array("dy", given.RELU_DY if x.shape == (2, 2) else given.whole_numbers(x.shape, -4, 7), 2)
    ops.relu_backward(dy, x)
    dy = recorder.array("dy", dy, "output", axes="nd")
    created = {"y": recorder.show("dx", x.shape, "input", axes="nd")}      # the loop over all entries calls its result y
    dx = recorder.call(definition.relu_backward, dy, x, created=created, window=("index",))
    return _page("relu", wanted, recorder, dx=dx)


def dropout(wanted) -> Scene:
    """Dropout, forward or backward."""
    x, rate = wanted.matrix("x", given.DROPOUT_X), given.DROPOUT_RATE
    mask = wanted.array("mask", given.DROPOUT_MASK if x.shape == (1, 4) else given.whole_numbers(x.shape, 0, 1), 2)
    if mask.shape != x.shape or not np.isin(mask, (0, 1)).all():
        raise ValueError(message("minicnn step dropout", f"a mask of zeros and ones {shape_text(x.shape)}",
                                 f"{shape_text(mask.shape)} with {mask.min():g} to {mask.max():g}"))
    check_size("dropout", "an array", x.shape, lambda N, D: (N * D, 3 * N * D))
    recorder = Recorder()
    if not wanted.backward:
        x, mask = recorder.array("x", x, "input", axes="nd"), recorder.array("mask", mask.astype(bool), "middle", axes="nd")
        created = {"y": recorder.show("y", x.shape, "output", axes="nd")}
        return _page("dropout", wanted, recorder,
                     y=recorder.call(definition.dropout, x, mask, rate, created=created, window=("index",)))
    dy = wanted.array("dy", given.DROPOUT_DY if x.shape == (1, 4) else given.whole_numbers(x.shape, -2, 4), 2)
    ops.dropout_backward(dy, mask.astype(bool), rate)
    dy, mask = recorder.array("dy", dy, "output", axes="nd"), recorder.array("mask", mask.astype(bool), "middle", axes="nd")
    created = {"dx": recorder.show("dx", x.shape, "input", axes="nd")}
    return _page("dropout", wanted, recorder,
                 dx=recorder.call(definition.dropout_backward, dy, mask, rate, created=created, window=("index",)))


def batch_norm(wanted) -> Scene:
    """Batch normalization, forward or backward."""
    x = wanted.matrix("x", given.NORM_X)
    C = x.shape[1]
    gamma = wanted.array("gamma", given.NORM_GAMMA if C == 1 else given.whole_numbers((C,), 1, 3), 1)
    beta = wanted.array("beta", given.NORM_BETA if C == 1 else given.whole_numbers((C,), -2, 2), 1)
    check_size("batch_norm", "a matrix x (examples, channels)", x.shape, lambda N, C: (5 * N * C + 4 * C, (3 * N + 6) * C))
    y, mean, var = ops.batch_norm(x, gamma, beta)
    recorder = Recorder()
    x, gamma = recorder.array("x", x, "input", axes="nc"), recorder.array("gamma", gamma, "parameter", axes="c")
    if not wanted.backward:
        beta = recorder.array("beta", beta, "parameter", axes="c")
        created = {name: recorder.show(name, (C,), "middle", axes="c") for name in ("mean", "var")}
        created["y"] = recorder.show("y", y.shape, "output", axes="nc")
        y, mean, var = recorder.call(definition.batch_norm, x, gamma, beta, created=created, window=("c",))
        return _page("batch_norm", wanted, recorder, y=y, mean=mean, var=var)
    dy = wanted.array("dy", given.NORM_DY if x.shape == (4, 1) else given.whole_numbers(x.shape, -2, 4), 2)
    ops.batch_norm_backward(dy, x, gamma, mean, var)
    mean, var = recorder.array("mean", mean, "middle", axes="c"), recorder.array("var", var, "middle", axes="c")
    dy = recorder.array("dy", dy, "output", axes="nc")
    created = {"dx": recorder.show("dx", x.shape, "input", axes="nc", line=1)}
    created |= {name: recorder.show(name, (C,), "parameter", axes="c", line=1) for name in ("dgamma", "dbeta")}
    dx, dgamma, dbeta = recorder.call(definition.batch_norm_backward, dy, x, gamma, mean, var, created=created, window=("c",))
    return _page("batch_norm", wanted, recorder, dx=dx, dgamma=dgamma, dbeta=dbeta)


def _page(op, wanted, recorder, **result):
    """A page with one view."""
    views = [View("loops", "Loops", "", recorder, result)]
    return Scene(op, f"{TITLES[op]}, {wanted.direction}", TEXTS[op, wanted.backward], views)
