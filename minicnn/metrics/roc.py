"""Two classes: how well the scores separate them, whatever threshold is chosen, and which one to choose."""

import numpy as np

from ..shapes import check_shape, message


def roc_curve(labels, scores):
    """What each threshold buys: the rows with a score >= threshold are called positive.

    true_positives = found / positives,   false_positives = false alarms / negatives

    Shapes: labels (N,) of 0 and 1, scores (N,) -> three arrays (T + 1,): false_positives, true_positives, thresholds,
    for the T distinct scores from the highest to the lowest, after infinity, where nothing is called positive.
    Raises: ShapeError; ValueError for other labels, or where one of the two classes is missing.
    """
    labels, scores = np.asarray(labels), np.asarray(scores, np.float64)
    check_shape("roc_curve", "labels", labels.shape, ("N",))
    check_shape("roc_curve", "scores", scores.shape, labels.shape)
    present = np.unique(labels).tolist()
    if present != [0, 1]:
        raise ValueError(message("roc_curve", "labels 0 and 1, both present", f"{present[:4]}"))
    order = np.argsort(-scores, kind="stable")
    labels, scores = labels[order], scores[order]
    ends = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)         # equal scores pass a threshold together
    found = np.append(0, np.cumsum(labels)[ends])
    alarms = np.append(0, np.cumsum(1 - labels.astype(np.int64))[ends])
    return alarms / alarms[-1], found / found[-1], np.append(np.inf, scores[ends])


def area_under(x, y):
    """The area under a polygon:  sum of (x[i+1] - x[i]) * (y[i+1] + y[i]) / 2."""
    return float((np.diff(x) * (y[1:] + y[:-1]) / 2).sum())


def roc_auc(labels, scores):
    """The probability that a positive row scores higher than a negative one, ties counting half.

    It is the area under the ROC curve. Shapes and errors: as roc_curve -> a float.
    Source: Hanley, McNeil, 'The meaning and use of the area under a ROC curve', 1982.
    """
    return area_under(*roc_curve(labels, scores)[:2])


def best_threshold(labels, scores):
    """The threshold that separates best: where true_positives - false_positives is largest; of equals, the highest.

    It lies half way to the next lower score, so that `score > threshold` and `score >= threshold` say the same.
    Choose it on validation data: chosen and measured on the same rows, it flatters.

    Shapes and errors: as roc_curve -> a float. Source: Youden, 'Index for rating diagnostic tests', 1950.
    """
    false_positives, true_positives, thresholds = roc_curve(labels, scores)
    at = 1 + int((true_positives - false_positives)[1:].argmax())
    lower = thresholds[at + 1] if at + 1 < len(thresholds) else np.nextafter(thresholds[at], -np.inf)
    return float((thresholds[at] + lower) / 2)
