# says: softmax_cross_entropy
# says: infinity
# says: log of a probability

import numpy as np


def softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    return e / e.sum(axis=1, keepdims=True)


def softmax_cross_entropy(logits, labels):
    N = len(logits)
    p = softmax(logits)
    log_p = np.log(p)
    loss = -log_p[np.arange(N), labels].mean()
    dlogits = p.copy()
    dlogits[np.arange(N), labels] -= 1
    return loss, dlogits / N
