"""All metrics of a classifier at once, for a file (JSON) and for people (text)."""

from collections.abc import Iterable

import numpy as np

from ..shapes import check_shape, message
from ..support.tables import table
from .calibration import calibration
from .confusion import accuracy, average, class_scores, confusion_matrix
from .probabilities import as_probabilities, log_loss, top_k_accuracy
from .roc import best_threshold, roc_auc


def report(labels: np.ndarray, probabilities: np.ndarray, classes: Iterable, threshold: float = 0.5) -> dict:
    """Every metric of a classifier's predictions, as a dict that JSON can hold.

    It has accuracy, loss and the confusion matrix; precision, recall, F1 and support of each class and on average (macro,
    weighted); top-k accuracy; calibration. With two classes it also has the area under the ROC curve (None if one of them
    is missing) and `threshold`: class 1 is predicted if its probability is > `threshold["used"]`; `threshold["best"]` is
    what best_threshold would choose on these rows.

    Shapes: labels (N,) integers in 0..K-1, probabilities (N, K), or (N,) for one sigmoid output; classes K names.
    Raises: ShapeError, DtypeError, ValueError if the arguments do not fit together.
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
    found = {
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
        found["auc"] = roc_auc(labels, p[:, 1]) if both else None
        found["threshold"] = {"used": threshold, "best": best_threshold(labels, p[:, 1]) if both else None}
    return found


def _averages(precision, recall, f1, support, weighted):
    return {"precision": average(precision, support, weighted), "recall": average(recall, support, weighted),
            "f1": average(f1, support, weighted), "support": int(support.sum())}


def report_text(found: dict, digits: int = 4) -> str:
    """The report as the table of scikit-learn's classification_report, then sentences for the rest."""
    def row(name, scores):
        return f"{name} ", *(f"{scores[key]:.{digits}f}" for key in ("precision", "recall", "f1")), str(scores["support"])

    rows = [("", *(f"{head:>9}" for head in ("precision", "recall", "f1-score", "support"))), ()]
    rows += [row(scores["name"], scores) for scores in found["classes"]]
    rows += [(), ("accuracy ", "", "", f"{found['accuracy']:.{digits}f}", str(found["rows"]))]
    rows += [row("macro avg", found["macro"]), row("weighted avg", found["weighted"])]
    return "\n".join([table(rows, ">>>>>", gap=" "), "", *_sentences(found)])


def _sentences(found):
    top = "".join(f", top-{k} accuracy {value:.2%}" for k, value in found["top_k"].items())
    yield f"loss {found['loss']:.4f}{top}, expected calibration error {found['calibration']['ece']:.2%}"
    if found.get("auc") is not None:
        yield (f"ROC AUC {found['auc']:.4f}; threshold {found['threshold']['used']:.4g} used, "
               f"{found['threshold']['best']:.4g} would separate these rows best")
    elif "auc" in found:
        yield "ROC AUC: not defined, one of the two classes is missing"
    if found["never_predicted"]:
        yield f"never predicted, so precision counts as 0: {', '.join(found['never_predicted'])}"
    if found["never_present"]:
        yield f"never present, so recall counts as 0: {', '.join(found['never_present'])}"
