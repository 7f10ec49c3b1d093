"""How good the predictions are."""

import numpy as np

from .shapes import DtypeError, check_shape, message


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


def _classes(who, labels, predicted):
    labels, predicted = np.asarray(labels), np.asarray(predicted)
    check_shape(who, "labels", labels.shape, ("N",))
    check_shape(who, "predicted", predicted.shape, labels.shape)
    for name, array in (("labels", labels), ("predicted", predicted)):
        if array.dtype.kind not in "iu":
            raise DtypeError(message(who, f"{name} of an integer type", array.dtype))
    return labels.astype(np.int64), predicted.astype(np.int64)     # bytes would overflow in labels * classes
