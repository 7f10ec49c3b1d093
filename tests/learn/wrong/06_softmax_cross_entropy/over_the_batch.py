# says: softmax
# says: sums over the examples

import numpy as np


def softmax(logits):
    shifted = logits - logits.max(axis=0)
    e = np.exp(shifted)
    return e / e.sum(axis=0)


def softmax_cross_entropy(logits, labels):
    N = len(logits)
    shifted = logits - logits.max(axis=0)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[np.arange(N), labels].mean()
    dlogits = np.exp(log_p)
    dlogits[np.arange(N), labels] -= 1
    return loss, dlogits / N
