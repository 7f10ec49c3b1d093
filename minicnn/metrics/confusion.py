"""The confusion matrix, and what follows from it: accuracy, precision, recall, F1 and their averages."""

import numpy as np

from ..shapes import DtypeError, check_shape, message


def confusion_matrix(labels, predicted, classes):
    """counts[k, j] = how many rows of label k were predicted as j.

    Shapes: labels (N,), predicted (N,), both integers in 0..classes-1 -> counts (classes, classes).
    Raises: ShapeError where the two differ in length or are empty; DtypeError, ValueError for what is no class.
    """
    labels, predicted = _classes("confusion_matrix", labels, predicted)
    for name, array in (("labels", labels), ("predicted", predicted)):
        wrong = (array < 0) | (array >= classes)
        if wrong.any():
            raise ValueError(message("confusion_matrix", f"{name} in 0..{classes - 1}", array[wrong][0]))
    return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def accuracy(labels, predicted):
    """The share of rows that were predicted correctly.

    Shapes: labels (N,), predicted (N,) -> a float. Raises: ShapeError.
    """
    labels, predicted = _classes("accuracy", labels, predicted)
    return float((labels == predicted).mean())


def class_scores(counts):
    """Precision, recall, F1 and support of every class, from the confusion matrix.

    precision = right / predicted as k,   recall = right / labelled k,   F1 = 2 * right / (predicted as k + labelled k)

    What would be 0 / 0 is 0: the precision of a class that was never predicted, the recall of one that is never
    present, the F1 of one that is neither. So does scikit-learn with zero_division=0.

    Shapes: counts (K, K) -> four arrays (K,): precision, recall, f1, support.
    """
    right, predicted, support = np.diagonal(counts), counts.sum(axis=0), counts.sum(axis=1)
    return _share(right, predicted), _share(right, support), _share(2 * right, predicted + support), support


def average(scores, support, weighted=False):
    """The mean over all K classes: each counts alike (macro), or by how many rows carry its label (weighted).

    A class that is never present takes part in the macro average with its zeros: a score for K classes is about all K.

    Shapes: scores (K,), support (K,) -> a float.
    """
    return float(np.average(scores, weights=support if weighted else None))


def _share(part, whole):
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)


def _classes(who, labels, predicted):
    labels, predicted = np.asarray(labels), np.asarray(predicted)
    check_shape(who, "labels", labels.shape, ("N",))
    check_shape(who, "predicted", predicted.shape, labels.shape)
    for name, array in (("labels", labels), ("predicted", predicted)):
        if array.dtype.kind not in "iu":
            raise DtypeError(message(who, f"{name} of an integer type", array.dtype))
    return labels.astype(np.int64), predicted.astype(np.int64)     # bytes would overflow in labels * classes
