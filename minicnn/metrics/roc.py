"""Two classes: how well the scores separate them (ROC curve), and which threshold to choose."""

import numpy as np

from ..shapes import check_shape, message


def roc_curve(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rates of true and false positives for every threshold. Rows with a score >= threshold are predicted positive.

    false_positives = negatives predicted positive / negatives
    true_positives = positives predicted positive / positives

    Shapes: labels (N,) of 0 and 1, scores (N,) -> three arrays (T + 1,): false_positives, true_positives, thresholds. The
    first threshold is infinity (nothing is positive), then come the T distinct scores from the highest to the lowest.
    Raises: ShapeError; ValueError for other labels, or if one of the two classes is missing.
    """
    labels, scores = np.asarray(labels), np.asarray(scores, np.float64)
    check_shape("roc_curve", "labels", labels.shape, ("N",))
    check_shape("roc_curve", "scores", scores.shape, labels.shape)
    present = np.unique(labels).tolist()
    if present != [0, 1]:
        raise ValueError(message("roc_curve", "labels 0 and 1, both present", f"{present[:4]}"))
    order = np.argsort(-scores, kind="stable")
    labels, scores = labels[order], scores[order]
    ends = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)         # equal scores have one threshold
    true = np.append(0, np.cumsum(labels)[ends])
    false = np.append(0, np.cumsum(1 - labels.astype(np.int64))[ends])
    return false / false[-1], true / true[-1], np.append(np.inf, scores[ends])


def area_under(x: np.ndarray, y: np.ndarray) -> float:
    """The area under a polygon:  sum of (x[i+1] - x[i]) * (y[i+1] + y[i]) / 2."""
    return float((np.diff(x) * (y[1:] + y[:-1]) / 2).sum())


def roc_auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """The area under the ROC curve.

    It is the probability that a positive row has a higher score than a negative row. Equal scores count as half.

    Shapes and errors: as roc_curve -> a float.
    Source: Hanley, McNeil, 'The meaning and use of the area under a ROC curve', 1982.
    """
    return area_under(*roc_curve(labels, scores)[:2])


def best_threshold(labels: np.ndarray, scores: np.ndarray) -> float:
    """The threshold with the largest true_positives - false_positives; in a tie the highest.

    It lies half way to the next lower score, so that `score > threshold` and `score >= threshold` mean the same.
    Choose it on validation data: on the rows on which it was chosen, the result is too good.

    Shapes and errors: as roc_curve -> a float. Source: Youden, 'Index for rating diagnostic tests', 1950.
    """
    false_positives, true_positives, thresholds = roc_curve(labels, scores)
    at = 1 + int((true_positives - false_positives)[1:].argmax())
    lower = thresholds[at + 1] if at + 1 < len(thresholds) else np.nextafter(thresholds[at], -np.inf)
    return float((thresholds[at] + lower) / 2)
