"""The check passes every correct layer: drawn shapes, strides, paddings, modes, and values with ties and exact zeros.

`pytest tests/gradcheck/test_no_false_alarm.py --hypothesis-profile=thorough` draws 10,000 of them (some minutes); without
the option it is a sample.
"""

import numpy as np
from hypothesis import event, given
from hypothesis import strategies as st

from minicnn import (
    AvgPool2D,
    BatchNorm,
    Concat,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2D,
    LeakyReLU,
    LogSoftmax,
    MaxPool2D,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Tanh,
    check_layer,
    check_loss,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
)

small = st.integers(1, 3)
VALUES = {"normal": lambda z: z, "ties and zeros": np.round, "halves": lambda z: np.round(2 * z) / 2, "large": lambda z: 30 * z,
          "tiny": lambda z: 1e-3 * z, "mostly zeros": lambda z: np.where(z > 0.7, z, 0)}


@st.composite
def images(draw):
    return (draw(small), draw(st.integers(2, 5)), draw(st.integers(2, 5)), draw(small))


@st.composite
def slides(draw, x_shape, pool=False):
    """kernel_size, stride and padding that fit."""
    kernel = tuple(draw(st.integers(1, min(size, 3))) for size in x_shape[1:3])
    stride = tuple(draw(small) for _ in kernel)
    padding = draw(st.sampled_from(["same", tuple(draw(st.integers(0, k // 2 if pool else k)) for k in kernel)]))
    return kernel, stride, padding


@st.composite
def layers(draw):
    """(layer, x_shape), each layer correct."""
    seed, x_shape = draw(st.integers(0, 2**32 - 1)), draw(images())
    C, rows = x_shape[-1], (draw(st.integers(2, 4)), draw(st.integers(2, 4)))
    kind = draw(st.sampled_from([
        "conv", "dense", "max", "avg", "global", "pointwise", "flatten", "dropout", "norm", "norm eval", "residual", "concat",
        "network"]))
    event(kind)
    if kind == "conv":
        kernel, stride, padding = draw(slides(x_shape))
        return Conv2D(C, draw(small), kernel, stride, padding, bias=draw(st.booleans()), rng=seed), x_shape
    if kind == "dense":
        return Dense(rows[1], draw(small), bias=draw(st.booleans()), rng=seed), rows
    if kind in ("max", "avg"):
        return {"max": MaxPool2D, "avg": AvgPool2D}[kind](*draw(slides(x_shape, pool=True))), x_shape
    if kind == "pointwise":
        layer = draw(st.sampled_from([ReLU, Sigmoid, Tanh, LogSoftmax, lambda: LeakyReLU(0.2)]))()
        return layer, draw(st.sampled_from([rows, x_shape[:3] + (C + 1,)]))
    if kind in ("global", "flatten"):
        return {"global": GlobalAvgPool2D, "flatten": Flatten}[kind](), x_shape
    if kind == "dropout":
        return Dropout(draw(st.sampled_from([0.0, 0.2, 0.5])), rng=seed), (3, 4, 4, C)
    if kind.startswith("norm"):
        layer = BatchNorm(C)
        return (layer.eval() if kind == "norm eval" else layer), draw(st.sampled_from([(3, *x_shape[1:]), (5, C)]))
    if kind == "residual":
        return Residual([Conv2D(C, C, 3, padding=1, rng=seed), ReLU()]), x_shape
    if kind == "concat":
        return Concat([Conv2D(C, 2, 1, rng=seed), MaxPool2D(2, stride=1, padding="same")]), x_shape
    return Sequential([Conv2D(C, 3, 2, padding=1, rng=seed), ReLU(), MaxPool2D(2), Flatten(), Dropout(0.2, rng=seed),
                       Dense(3 * ((x_shape[1] + 1) // 2) * ((x_shape[2] + 1) // 2), 2, rng=seed)]), x_shape


@given(layers(), st.sampled_from(sorted(VALUES)), st.integers(0, 2**32 - 1))
def test_a_correct_layer_is_never_accused(drawn, values, seed):
    layer, x_shape = drawn
    x = VALUES[values](np.random.default_rng(seed).standard_normal(x_shape))
    assert_not_accused(check_layer(layer, x_shape, rng=seed, x=x))


@given(st.integers(1, 4), st.integers(2, 4), st.sampled_from(sorted(VALUES)), st.sampled_from([0.0, 0.1]), st.booleans(),
       st.integers(0, 2**32 - 1))
def test_a_correct_loss_is_never_accused(N, K, values, smoothing, weighted, seed):
    rng = np.random.default_rng(seed)
    logits = VALUES[values](rng.standard_normal((N, K)))
    for loss, classes, labels in ((softmax_cross_entropy, K, rng.integers(K, size=N)),
                                  (sigmoid_cross_entropy, 2, rng.integers(2, size=(N, K)))):
        settings = {"label_smoothing": smoothing} | ({"class_weights": rng.uniform(0.5, 2, classes)} if weighted else {})
        assert_not_accused(check_loss(loss, logits, labels, **settings))


def assert_not_accused(report):
    """Right, or nothing to check (a network that is dead for this x): then backward must say 0 as well."""
    assert not report.findings, report
    for row in report.rows:
        if "nothing was checked" in row.problem:
            event("nothing to check")
            assert row.error == 0 or abs(row.analytic) < 1e-9, report
        else:
            assert row.ok, report
