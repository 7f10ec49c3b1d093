"""Softmax, and metrics that use all probabilities and not only the largest: top-k accuracy, log loss."""

import numpy as np

from ..ops.checks import plain_array
from ..shapes import DtypeError, check_not_empty, check_shape, message

SLACK = 1e-3                                                       # the sum of a float32 softmax may differ from 1 by this


def softmax(logits: np.ndarray) -> np.ndarray:
    """Turn logits into probabilities:  p[n, k] = exp(logits[n, k]) / sum over j of exp(logits[n, j]), in float64.

    Shapes: logits (N, K) -> (N, K).
    """
    logits = plain_array("softmax", "logits", logits)
    if logits.dtype.kind not in "fiu":
        raise DtypeError(message("softmax", "logits of a float type", logits.dtype))
    check_shape("softmax", "logits", logits.shape, ("N", "K"))
    logits = logits.astype(np.float64)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))         # minus each row's maximum: exp cannot overflow
    return e / e.sum(axis=1, keepdims=True)


def as_probabilities(who: str, probabilities: np.ndarray, K: int) -> np.ndarray:
    """Check probabilities and return them as float64 (N, K). One sigmoid output p, (N,) or (N, 1), becomes (1 - p, p).

    Raises: ShapeError, DtypeError; ValueError for values outside 0..1 or rows that do not sum to 1.
    """
    p = np.asarray(probabilities)
    if p.dtype.kind != "f":
        raise DtypeError(message(who, "probabilities of a float type", p.dtype))
    p = p.astype(np.float64)
    check_not_empty(who, "probabilities", p.shape)
    if K == 2 and (p.ndim == 1 or p.shape[1:] == (1,)):
        p = np.stack([1 - p.reshape(-1), p.reshape(-1)], axis=1)
    check_shape(who, "probabilities", p.shape, ("N", K), "one column per class")
    wrong = ~((p >= 0) & (p <= 1 + SLACK)).all(axis=1) | (np.abs(p.sum(axis=1) - 1) > SLACK)         # NaN is wrong too
    if wrong.any():
        n = int(wrong.argmax())
        raise ValueError(message(who, "probabilities in 0..1 whose rows sum to 1", f"row {n}: {p[n, :4].tolist()}",
                                 "softmax(logits) makes them"))
    return p


def top_k_accuracy(labels: np.ndarray, probabilities: np.ndarray, k: int) -> float:
    """The fraction of rows whose label is among the k most probable classes. In a tie the smaller class comes first.

    Shapes: labels (N,), probabilities (N, K) -> a float. With k = 1 it is the accuracy of argmax.
    """
    labels, p = _matched("top_k_accuracy", labels, probabilities)
    own = p[np.arange(len(p)), labels][:, None]
    before = (p > own) | (p == own) & (np.arange(p.shape[1]) < labels[:, None])
    return float((before.sum(axis=1) < k).mean())


def log_loss(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The cross-entropy:  - mean over n of log p[n, label_n].  A probability of 0 counts as the smallest float above 0.

    Shapes: labels (N,), probabilities (N, K) -> a float.
    """
    labels, p = _matched("log_loss", labels, probabilities)
    return float(-np.log(np.maximum(p[np.arange(len(p)), labels], np.finfo(np.float64).tiny)).mean())


def _matched(who, labels, probabilities):
    labels, probabilities = np.asarray(labels), np.asarray(probabilities)
    check_shape(who, "probabilities", probabilities.shape, ("N", "K"))
    check_shape(who, "labels", labels.shape, probabilities.shape[:1])
    return labels, probabilities
