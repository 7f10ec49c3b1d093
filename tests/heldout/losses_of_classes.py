"""Losses of K scores against a class or a distribution."""

from functools import partial

import numpy as np

from .losses import _case


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def log_softmax(z):
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def cross_entropy(z, labels, smoothing=0.2, weights=(1.0, 3.0, 0.5, 2.0), bug=None):
    """Cross-entropy with class weights (one per row, by its label) and label smoothing."""
    N, K = z.shape
    target = np.full((N, K), smoothing / K)
    target[np.arange(N), labels] += 1 - smoothing
    w = np.array(weights)[labels][:, None]
    loss = -(w * target * log_softmax(z)).sum() / w.sum()
    p = softmax(z)
    if bug == "hard target":
        target = np.eye(K)[labels]
    if bug == "others by K - 1":
        target = np.where(np.eye(K)[labels] > 0, target, smoothing / (K - 1))
    if bug == "divided by N":
        return loss, w * (p - target) / N
    if bug == "weights of columns":
        return loss, np.array(weights) * (p - target) / w.sum()
    if bug == "one row":
        target[-1], p[-1] = 0, 0
    return loss, w * (p - target) / w.sum()


def ignoring(z, labels, bug=None):
    """Cross-entropy of the rows whose label is not -1, divided by their number."""
    used = labels >= 0
    one_hot = np.eye(z.shape[1])[labels]
    loss = -(one_hot * log_softmax(z))[used].sum() / used.sum()
    p = softmax(z)
    if bug == "ignored rows learn":
        return loss, (p - one_hot) / used.sum()
    return loss, (p - one_hot) * used[:, None] / (len(z) if bug == "divided by all" else used.sum())


def kl(z, target, bug=None):
    """sum t log(t / p), a mean over rows; t does not add up to one here."""
    log_p = log_softmax(z)
    total = 1 if bug else target.sum(axis=1, keepdims=True)
    return (target * (np.log(target) - log_p)).sum() / len(z), (softmax(z) * total - target) / len(z)


def reverse_kl(z, target, bug=None):
    """sum p log(p / t)."""
    p, ratio = softmax(z), log_softmax(z) - np.log(target)
    inner = (p * ratio).sum(axis=1, keepdims=True)
    return inner.mean(), p * (ratio - (0 if bug else inner)) / len(z)


def multiclass_hinge(s, labels, bug=None):
    """The sum over the wrong classes of max(0, 1 + s[k] - s[label])."""
    rows = np.arange(len(s))
    margin = np.maximum(0, 1 + s - s[rows, labels][:, None])
    margin[rows, labels] = 0
    ds = (margin > 0).astype(float)
    ds[rows, labels] = -1 if bug == "minus one" else -ds.sum(axis=1)
    return margin.sum() / len(s), ds / len(s)


def classes(rng, scale, ignored=False):
    return scale * rng.normal(size=(5, 4)), np.array([0, 3, -1 if ignored else 1, 1, -1 if ignored else 0])


def shares(rng, scale):
    return scale * rng.normal(size=(3, 4)), rng.random((3, 4)) + 0.1


CASES = [
    _case(
        "cross-entropy hard target",
        cross_entropy,
        "hard target",
        classes,
        "wrong variable",
        "The smoothing is forgotten.",
        also=("value left out",),
    ),
    _case(
        "cross-entropy K - 1",
        cross_entropy,
        "others by K - 1",
        classes,
        "none",
        "Smoothing by another definition.",
        also=("count",),
    ),
    _case("class weights divided by N", cross_entropy, "divided by N", classes, "count", "Divided by N, not by the weights."),
    _case(
        "class weights of columns",
        cross_entropy,
        "weights of columns",
        classes,
        "wrong axis",
        "Weights multiply columns, not rows.",
    ),
    _case("cross-entropy last row", cross_entropy, "one row", classes, "one sample", "The last row gets no gradient."),
    _case(
        "ignored rows learn",
        ignoring,
        "ignored rows learn",
        partial(classes, ignored=True),
        "mask",
        "Rows with label -1 get a gradient.",
    ),
    _case(
        "ignored rows counted",
        ignoring,
        "divided by all",
        partial(classes, ignored=True),
        "count",
        "Divided by all rows.",
        also=("missing factor",),
    ),
    _case("kl total", kl, "total", shares, "value left out", "p is not multiplied by the target's sum."),
    _case("reverse kl", reverse_kl, "no mean", shares, "normalization term", "The softmax's sum is missing."),
    _case(
        "multi-class hinge label",
        multiclass_hinge,
        "minus one",
        classes,
        "count",
        "-1 for minus the number of active classes.",
        also=("broadcast not summed",),
    ),
]
