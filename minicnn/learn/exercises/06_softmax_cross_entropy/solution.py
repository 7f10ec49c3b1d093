"""Exercise 6: softmax and cross-entropy, and why nothing overflows."""

import numpy as np


def softmax(logits):
    # Only differences of logits count. So subtract the largest logit of each row: the largest exponent is 0 now, and
    # exp cannot overflow. keepdims=True leaves the shape (N, 1), which NumPy subtracts from every row.
    shifted = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    return e / e.sum(axis=1, keepdims=True)


def softmax_cross_entropy(logits, labels):
    N = len(logits)
    shifted = logits - logits.max(axis=1, keepdims=True)
    # log of exp(shifted) / sum is shifted - log(sum). The sum is at least 1, because one term is exp(0) = 1.
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[np.arange(N), labels].mean()
    dlogits = np.exp(log_p)                              # p, a new array
    dlogits[np.arange(N), labels] -= 1                   # p - target
    return loss, dlogits / N                             # the loss is a mean over N examples, so divide by N
