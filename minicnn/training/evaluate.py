"""How good a network is on images that it does not learn from."""

import numpy as np

from ..losses import sigmoid_cross_entropy, softmax_cross_entropy
from ..metrics import accuracy, roc_auc, softmax

CHUNK = 1024                                                       # images that are preprocessed at a time


def predict_in_chunks(predict, preprocess, images):
    """The logits (N, K) of images (N, H, W, C). Bytes are preprocessed, a chunk at a time; floats are taken as they are."""
    if images.dtype != np.uint8:
        return predict(images)
    return np.concatenate([predict(preprocess(images[n:n + CHUNK])) for n in range(0, len(images), CHUNK)])


def with_mirror(model):
    """A function x -> logits for Run(predict=...): it averages the probabilities of each image and of its mirror image."""
    def predict(x):
        p = (softmax(model.predict(x)) + softmax(model.predict(np.ascontiguousarray(x[:, :, ::-1])))) / 2
        return np.log(np.maximum(p, np.finfo(p.dtype).tiny))       # softmax of these logits gives p again
    return predict


def predicted_labels(logits):
    """The label with the largest logit; for one logit per image: 1 if it is positive, that is if its probability is above 1/2.

    Shapes: (N, K) -> (N,)
    """
    return logits.argmax(axis=1) if logits.shape[1] > 1 else (logits[:, 0] > 0).astype(np.int64)


def evaluate(logits, labels):
    """Loss and accuracy, for one row of the log. The loss has neither label smoothing nor class weights.

    With one logit per image, also the area under the ROC curve, if both labels are present.

    Shapes: logits (N, K), labels (N,)
    """
    if logits.shape[1] == 1:
        loss, _ = sigmoid_cross_entropy(logits, labels)
        auc = {"validation_auc": roc_auc(labels, logits[:, 0])} if len(np.unique(labels)) == 2 else {}
    else:
        (loss, _), auc = softmax_cross_entropy(logits, labels), {}
    return {"validation_loss": loss, "validation_accuracy": accuracy(labels, predicted_labels(logits)), **auc}


def best_epoch(history):
    """The row of the best epoch: the highest validation accuracy, then the lowest validation loss, then the first."""
    return max(history, key=lambda row: (row["validation_accuracy"], -row["validation_loss"]))


def out_of_patience(history, patience):
    """Whether the last `patience` epochs were no better than one before them."""
    return bool(patience and history) and history[-1]["epoch"] - best_epoch(history)["epoch"] >= patience
