"""How good the predictions are."""

import numpy as np

from .shapes import check_shape


def confusion_matrix(labels, predicted, classes):
    """counts[k, j] = how many rows of label k were predicted as j.

    Shapes: labels (N,), predicted (N,), both integers in 0..classes-1 -> counts (classes, classes).
    Raises: ShapeError where the two differ in length or are empty.
    """
    labels, predicted = np.asarray(labels), np.asarray(predicted)
    check_shape("confusion_matrix", "labels", labels.shape, ("N",))
    check_shape("confusion_matrix", "predicted", predicted.shape, labels.shape)
    return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def accuracy(labels, predicted):
    """The share of rows that were predicted correctly.

    Shapes: labels (N,), predicted (N,) -> a float. Raises: ShapeError.
    """
    counts = confusion_matrix(labels, predicted, classes=int(max(np.max(labels), np.max(predicted))) + 1)
    return float(np.trace(counts) / counts.sum())
