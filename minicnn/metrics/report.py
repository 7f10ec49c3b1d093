"""All figures of a classifier at once, for a file (JSON) and for people (text)."""

import numpy as np

from ..shapes import check_shape, message
from .calibration import calibration
from .confusion import accuracy, average, class_scores, confusion_matrix
from .probabilities import as_probabilities, log_loss, top_k_accuracy
from .roc import best_threshold, roc_auc


def report(labels, probabilities, classes, threshold=0.5):
    """Every figure about a classifier's predictions, as a dict that JSON can hold.

    Beside accuracy, loss and the confusion matrix: precision, recall, F1 and support per class and on average (macro,
    weighted), top-k, calibration. With two classes also the area under the ROC curve (None where one of them is
    missing), and `threshold`: class 1 is predicted where its probability is > `threshold["used"]`; `["best"]` is what
    best_threshold would choose on these rows.

    Shapes: labels (N,) integers in 0..K-1, probabilities (N, K), or (N,) for one sigmoid output; classes K names.
    Raises: ShapeError, DtypeError, ValueError for what does not fit together.
    """
    who, classes = "report", [str(name) for name in classes]
    K = len(classes)
    if K < 2:
        raise ValueError(message(who, "at least 2 classes", K))
    p = as_probabilities(who, probabilities, K)
    check_shape(who, "labels", np.shape(labels), (len(p),), "one label per row of probabilities")
    predicted = (p[:, 1] > threshold).astype(int) if K == 2 else p.argmax(axis=1)
    counts = confusion_matrix(labels, predicted, K)
    labels = np.asarray(labels)
    precision, recall, f1, support = class_scores(counts)
    rows = zip(classes, precision.tolist(), recall.tolist(), f1.tolist(), support.tolist())
    figures = {
        "rows": len(p),
        "accuracy": accuracy(labels, predicted),
        "loss": log_loss(labels, p),
        "classes": [dict(zip(("name", "precision", "recall", "f1", "support"), row)) for row in rows],
        "macro": _averages(precision, recall, f1, support, False),
        "weighted": _averages(precision, recall, f1, support, True),
        "top_k": {str(k): top_k_accuracy(labels, p, k) for k in (2, 3, 5) if k < K},
        "calibration": calibration(labels, p),
        "confusion": counts.tolist(),
        "never_predicted": [name for name, column in zip(classes, counts.T) if not column.any()],
        "never_present": [name for name, row in zip(classes, counts) if not row.any()],
    }
    if K == 2:
        both = bool(support.all())
        figures["auc"] = roc_auc(labels, p[:, 1]) if both else None
        figures["threshold"] = {"used": threshold, "best": best_threshold(labels, p[:, 1]) if both else None}
    return figures


def _averages(precision, recall, f1, support, weighted):
    return {"precision": average(precision, support, weighted), "recall": average(recall, support, weighted),
            "f1": average(f1, support, weighted), "support": int(support.sum())}


def report_text(figures, digits=4):
    """The report as the table that people know from scikit-learn, and lines for what has no place in a table."""
    N = figures["rows"]
    averages = {"macro avg": figures["macro"], "weighted avg": figures["weighted"]}
    width = max(len(name) for name in ["weighted avg", *(row["name"] for row in figures["classes"])])

    def line(name, row):
        numbers = "".join(f" {row[key]:>9.{digits}f}" for key in ("precision", "recall", "f1"))
        return f"{name:>{width}} {numbers} {row['support']:>9}"

    lines = [" " * width + " " + "".join(f" {head:>9}" for head in ("precision", "recall", "f1-score", "support")), ""]
    lines += [line(row["name"], row) for row in figures["classes"]]
    lines += ["", f"{'accuracy':>{width}} {'':>20} {figures['accuracy']:>9.{digits}f} {N:>9}"]
    lines += [line(name, row) for name, row in averages.items()]
    return "\n".join([*lines, "", *_sentences(figures)])


def _sentences(figures):
    top = "".join(f", top-{k} accuracy {value:.2%}" for k, value in figures["top_k"].items())
    yield f"loss {figures['loss']:.4f}{top}, expected calibration error {figures['calibration']['ece']:.2%}"
    if figures.get("auc") is not None:
        yield (f"ROC AUC {figures['auc']:.4f}; threshold {figures['threshold']['used']:.4g} used, "
               f"{figures['threshold']['best']:.4g} would separate these rows best")
    elif "auc" in figures:
        yield "ROC AUC: not defined, one of the two classes is missing"
    if figures["never_predicted"]:
        yield f"never predicted, so precision counts as 0: {', '.join(figures['never_predicted'])}"
    if figures["never_present"]:
        yield f"never present, so recall counts as 0: {', '.join(figures['never_present'])}"
