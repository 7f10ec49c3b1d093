"""The confusion matrix, and what is computed from it: accuracy, precision, recall, F1 and their averages."""

import numpy as np

from ..ops.checks import plain_array
from ..shapes import DtypeError, ShapeError, check_shape, message, whole

MOST_CLASSES = 2**14                                               # their matrix takes 2 GB


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Count which classes are confused:  counts[k, j] = number of rows with label k that were predicted as j.

    Shapes: labels (N,), predicted (N,), both integers in 0..classes-1 -> counts (classes, classes).
    Raises: ShapeError if the two differ in length or are empty; DtypeError, ValueError for numbers that are no class.
    """
    labels, predicted = _classes("confusion_matrix", labels, predicted)
    if whole("confusion_matrix", "classes", classes, 1) > MOST_CLASSES:
        raise ShapeError(message("confusion_matrix", f"at most {MOST_CLASSES:,} classes", classes))
    for name, array in (("labels", labels), ("predicted", predicted)):
        wrong = (array < 0) | (array >= classes)
        if wrong.any():
            raise ValueError(message("confusion_matrix", f"{name} in 0..{classes - 1}", array[wrong][0]))
    return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def accuracy(labels: np.ndarray, predicted: np.ndarray) -> float:
    """The fraction of rows that were predicted correctly.

    Shapes: labels (N,), predicted (N,) -> a float. Raises: ShapeError.
    """
    labels, predicted = _classes("accuracy", labels, predicted)
    return float((labels == predicted).mean())


def class_scores(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Precision, recall, F1 and support of every class, from the confusion matrix.

    precision = correct / predicted as k,   recall = correct / labelled k,   F1 = 2 correct / (predicted as k + labelled k)
    support = labelled k

    0 / 0 counts as 0, as in scikit-learn with zero_division=0: the precision of a class that was never predicted, the
    recall of a class that is never present, the F1 of a class that is neither.

    Shapes: counts (K, K) -> four arrays (K,): precision, recall, f1, support.
    """
    correct, predicted, support = np.diagonal(counts), counts.sum(axis=0), counts.sum(axis=1)
    return _ratio(correct, predicted), _ratio(correct, support), _ratio(2 * correct, predicted + support), support


def average(scores: np.ndarray, support: np.ndarray, weighted: bool = False) -> float:
    """The mean over all K classes. Every class has the same weight (macro), or the number of its rows (weighted).

    The macro average is over all K classes: a class that is never present counts with its score of 0.

    Shapes: scores (K,), support (K,) -> a float.
    """
    return float(np.average(scores, weights=support if weighted else None))


def _ratio(part, whole):
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)


def _classes(who, labels, predicted):
    labels, predicted = plain_array(who, "labels", labels), plain_array(who, "predicted", predicted)
    check_shape(who, "labels", labels.shape, ("N",))
    check_shape(who, "predicted", predicted.shape, labels.shape)
    for name, array in (("labels", labels), ("predicted", predicted)):
        if array.dtype.kind not in "iu":
            raise DtypeError(message(who, f"{name} of an integer type", array.dtype))
    return labels.astype(np.int64), predicted.astype(np.int64)     # uint8 would overflow in labels * classes
