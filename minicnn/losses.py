"""Losses: each takes logits and labels, and returns the loss and its gradient, ready for model.backward.

Both losses are means over the batch. With class weights, the loss of row n is multiplied by the weight of its label, and the
total is divided by the sum of these weights, as in PyTorch.
"""

import numbers

import numpy as np

from .ops.checks import plain_array
from .shapes import DtypeError, NonFiniteError, check_floats, check_not_empty, check_shape, message, shape_text, shown


def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray, class_weights=None,
                          label_smoothing: float = 0.0) -> tuple[float, np.ndarray]:
    """Cross-entropy of softmax(logits) against class labels: each row has one right class out of K.

        p = softmax(logits),      target[n, k] = 1 if k == label_n, else 0
        loss    = -1/N * sum over n, k of  target[n, k] * log p[n, k]
        dlogits = (p - target) / N

    `label_smoothing` s moves the target away from 0 and 1: target[n, k] = (1 - s) * [k == label_n] + s / K.
    `class_weights` w multiply the terms of the sum by w[k]; then N becomes  total = sum over n of w[label_n],  and
    dlogits = (p * (sum over k of w[k] * target[n, k]) - w * target) / total.

    Shapes: logits (N, K) floats, labels (N,) integers in 0..K-1, class_weights (K,) -> loss (a float), dlogits (N, K).
    Raises: ShapeError, DtypeError; ValueError for a label outside 0..K-1 or a bad weight or smoothing;
    NonFiniteError if a logit is NaN or infinite, so training stops before NaN reaches the weights.
    Source: Bridle, 1990; label smoothing: Szegedy et al., 'Rethinking the Inception Architecture', 2015, section 7.
    The derivation of p - target is chapter 5 of the course.
    """
    who = "softmax_cross_entropy"
    _check_order(who, logits, labels)
    check_floats(who, logits=logits)
    check_shape(who, "logits", logits.shape, ("N", "K"), "Flatten or GlobalAvgPool2D comes before the last Dense")
    N, K = logits.shape
    labels = _labels(who, labels, (N,), K)
    weights, s = _class_weights(who, class_weights, K), _smoothing(who, label_smoothing)
    _finite(who, logits)

    log_p = _log_softmax(logits)                                   # (N, K) in float64
    target = np.zeros((N, K))
    target[np.arange(N), labels] = 1
    if class_weights is None and s == 0:                           # neither weights nor smoothing
        loss = _cross_entropy(target, log_p) / N
        dlogits = (np.exp(log_p) - target) / N
    else:
        weighted = weights * ((1 - s) * target + s / K)            # (N, K): w[k] * target[n, k]
        total = _total(who, weights[labels])
        loss = _cross_entropy(weighted, log_p) / total
        dlogits = (np.exp(log_p) * weighted.sum(axis=1, keepdims=True) - weighted) / total
    return _finite_loss(who, loss), dlogits.astype(logits.dtype)


def _log_softmax(logits):
    """Logarithms of probabilities. In float64: for only N * K numbers that takes almost no time."""
    z = logits.astype(np.float64)
    with np.errstate(over="ignore"):
        shifted = z - z.max(axis=1, keepdims=True)                 # each row's own maximum: exp cannot overflow
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _cross_entropy(target, log_p):
    """The sum of -target * log p. p can be 0: log p is then -infinity, and 0 * -infinity would be NaN."""
    return -(target * np.where(target > 0, log_p, 0)).sum()        # 0 * log 0 counts as 0


def sigmoid_cross_entropy(logits: np.ndarray, labels: np.ndarray, class_weights=None,
                          label_smoothing: float = 0.0) -> tuple[float, np.ndarray]:
    """Binary cross-entropy of sigmoid(logits): each logit answers a question of its own with yes (1) or no (0).

        p = sigmoid(z),      t = (1 - s) * label + s / 2          with z = logits, s = label_smoothing
        loss = sum of  w[label] * (max(z, 0) - z * t + log(1 + exp(-|z|)))  / total,      total = sum of w[label]
        dz   = w[label] * (p - t) / total

    The term in the sum equals -t * log p - (1 - t) * log(1 - p). Written this way, no exp overflows and no log sees 0.

    Shapes: logits (N,), (N, 1) or (N, K), labels like logits (or (N,) for (N, 1)), class_weights a pair for the
    labels 0 and 1 -> loss (a float), dlogits like logits.
    Raises: as softmax_cross_entropy.
    """
    who = "sigmoid_cross_entropy"
    _check_order(who, logits, labels)
    check_floats(who, logits=logits)
    check_not_empty(who, "logits", logits.shape)
    labels = plain_array(who, "labels", labels)
    if logits.ndim == 2 and logits.shape[1] == 1 and labels.shape == logits.shape[:1]:
        labels = labels[:, None]
    labels = _labels(who, labels, logits.shape, 2)
    weights = _class_weights(who, class_weights, 2)[labels]
    s = _smoothing(who, label_smoothing)
    _finite(who, logits)

    z = logits.astype(np.float64)
    target = (1 - s) * labels + s / 2
    e = np.exp(-np.abs(z))                                         # in (0, 1]: cannot overflow
    p = np.where(z > 0, 1, e) / (1 + e)
    total = _total(who, weights)
    loss = (weights * (np.maximum(z, 0) - z * target + np.log1p(e))).sum() / total
    dlogits = weights * (p - target) / total
    return _finite_loss(who, loss), dlogits.astype(logits.dtype)


def _check_order(who, logits, labels):
    """Raise DtypeError if the two arguments are swapped: floats where the integers belong."""
    kinds = [getattr(array, "dtype", np.dtype(bool)).kind for array in (logits, labels)]
    if kinds[1] == "f" and (kinds[0] in "iu" or (kinds[0] == "f" and logits.ndim < labels.ndim)):
        raise DtypeError(message(who, "logits, then labels", "them in the other order", "labels come second"))


def _labels(who, labels, shape, K):
    labels = plain_array(who, "labels", labels)
    if labels.dtype.kind not in "iu":
        raise DtypeError(message(who, f"labels of an integer type {shape_text(shape)}",
                                 f"{labels.dtype} {shape_text(labels.shape)}", "labels.astype(int); one-hot: argmax(1)"))
    check_shape(who, "labels", labels.shape, shape, "one-hot rows: labels.argmax(axis=1)" if labels.ndim == 2 else "")
    wrong = (labels < 0) | (labels >= K)
    if wrong.any():
        raise ValueError(message(who, f"labels in 0..{K - 1}", f"{labels[wrong][0]} at {np.argwhere(wrong)[0].tolist()}",
                                 "labels count from 0; the last layer gives one logit per class"))
    return labels


def _class_weights(who, class_weights, K):
    if class_weights is None:
        return np.ones(K)
    try:
        weights = np.asarray(class_weights, np.float64)
    except (TypeError, ValueError):
        raise DtypeError(message(who, f"class_weights: {K} numbers", shown(class_weights))) from None
    check_shape(who, "class_weights", weights.shape, (K,), "one weight per class")
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise ValueError(message(who, "class_weights >= 0 and finite", weights.tolist()))
    return weights


def _smoothing(who, label_smoothing):
    if isinstance(label_smoothing, bool) or not isinstance(label_smoothing, numbers.Real) or not 0 <= label_smoothing <= 1:
        raise ValueError(message(who, "label_smoothing in [0, 1]", shown(label_smoothing)))
    return label_smoothing


def _total(who, weights):
    total = weights.sum()
    if not total > 0:
        raise ValueError(message(who, "class_weights that leave a row of this batch with a weight > 0", "all 0"))
    return total


def _finite_loss(who, loss):
    if not np.isfinite(loss):
        raise NonFiniteError(message(who, "logits and class_weights whose loss is a finite number", loss,
                                     "they are close to the largest number there is"))
    return float(loss)


def _finite(who, logits):
    if not np.isfinite(logits).all():
        bad = np.argwhere(~np.isfinite(logits))
        raise NonFiniteError(message(
            who, "finite logits", f"{len(bad)} of {logits.size} NaN or infinite, the first at {bad[0].tolist()}",
            "minicnn.first_nonfinite(model, x) names the layer; a smaller learning rate or clip_gradients may help"))
