"""The page of softmax_cross_entropy: log-softmax in loops, then the lines of the loss."""

import numpy as np

from ... import losses, ops
from ...ops import definition
from ...shapes import message
from . import given
from .recorder import Recorder
from .scene import Scene, View
from .wanted import check_size


def softmax_cross_entropy(wanted) -> Scene:
    """The loss and its gradient; or with `backward` the gradient on its way back through log-softmax."""
    logits = wanted.matrix("logits", given.LOGITS)
    N, K = logits.shape
    labels = np.asarray(wanted.numbers.get("labels", given.LABELS if logits.shape == (2, 3) else np.arange(N) % K))
    if not np.array_equal(labels, labels.astype(int)):
        raise ValueError(message("minicnn step softmax_cross_entropy", "labels that are whole numbers", labels.tolist()))
    labels = labels.astype(int)
    check_size("softmax_cross_entropy", "logits", logits.shape, lambda N, K: (2 * N + 3 * N * K, 4 * N * K))
    losses.softmax_cross_entropy(logits, labels)                   # it checks shapes and labels
    view = _backward if wanted.backward else _forward
    return Scene("softmax_cross_entropy", f"Softmax and cross-entropy, {wanted.direction}",
                 "Scores become logarithms of probabilities. The loss is minus the one of the right class, the mean over the "
                 "rows. Its gradient is p - target, divided by N.", [view(logits, labels)])


def _forward(logits, labels):
    recorder = Recorder()
    logits = recorder.array("logits", logits, "input", axes="nk", rows=[f"label {label}" for label in labels])
    log_p = recorder.show("log_p", logits.shape, "output", axes="nk")
    target = recorder.show("target", logits.shape, "middle", axes="nk")
    loss = recorder.show("loss", (1,), "output", axes="n")
    dlogits = recorder.show("dlogits", logits.shape, "input", axes="nk")
    recorder.call(definition.log_softmax, logits, created={"y": log_p}, window=("row",),
                  stage="log_softmax: the largest of the row is subtracted, so that exp cannot overflow")
    value, gradient = recorder.call(losses.softmax_cross_entropy, logits, labels,
                                    stage="loss: the mean of -log_p at the labels, and its gradient",
                                    created={"log_p": log_p, "target": target, "loss": loss, "dlogits": dlogits})
    return View("loss", "The loss", "First the loops of log-softmax, then the lines of the loss.", recorder,
                {"loss": np.array([value]), "dlogits": gradient})


def _backward(logits, labels):
    recorder, N = Recorder(), len(logits)
    rows = [f"label {label}" for label in labels]
    log_p = recorder.array("log_p", ops.log_softmax(logits), "output", axes="nk", rows=rows)
    dy = np.zeros(logits.shape)
    dy[np.arange(N), labels] = -1 / N
    dy = recorder.array("dlog_p", dy, "output", axes="nk",
                        note="-target / N: the loss is -log_p at the labels, the mean over rows")
    dlogits = recorder.show("dlogits", logits.shape, "input", axes="nk")
    result = recorder.call(definition.log_softmax_backward, dy, log_p, created={"dx": dlogits}, window=("row",))
    return View("backward", "Backward", "Back through log-softmax: each row of dlog_p has the sum -1 / N, and exp(log_p) is p. "
                "So dlogits = (p - target) / N.", recorder, {"dlogits": result})
