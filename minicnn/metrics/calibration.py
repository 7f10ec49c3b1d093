"""Calibration: is a network that gives 80% probability right in 80% of the cases?"""

import numpy as np


def calibration(labels: np.ndarray, probabilities: np.ndarray, bins: int = 15) -> dict:
    """Confidence and accuracy in bins of equal width, and the expected calibration error (ece).

    The confidence of a row is its highest probability.

    confidence_n = max over k of p[n, k];   row n falls into bin m where m / bins < confidence_n <= (m + 1) / bins
    ece = sum over bins of  rows in the bin / N * |accuracy in the bin - mean confidence in the bin|

    Shapes: labels (N,), probabilities (N, K) -> {"ece": a float, "bins": [{"low", "high", "rows", "confidence",
    "accuracy"}]}; in an empty bin both are None.
    Source: Guo, Pleiss, Sun, Weinberger, 'On Calibration of Modern Neural Networks', 2017, equations 2, 3 and 5.
    """
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    rows = np.bincount(place, minlength=bins)
    confidences = np.bincount(place, confidence, bins) / np.maximum(rows, 1)
    accuracies = np.bincount(place, right, bins) / np.maximum(rows, 1)
    return {
        "ece": float((rows * np.abs(accuracies - confidences)).sum() / len(confidence)),
        "bins": [{"low": m / bins, "high": (m + 1) / bins, "rows": int(rows[m]),
                  "confidence": float(confidences[m]) if rows[m] else None,
                  "accuracy": float(accuracies[m]) if rows[m] else None} for m in range(bins)],
    }
