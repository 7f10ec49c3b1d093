import numpy as np


def softmax(logits):
    p = np.zeros_like(logits)
    for n in range(len(logits)):
        e = np.exp(logits[n] - max(logits[n]))
        p[n] = e / sum(e)
    return p


def softmax_cross_entropy(logits, labels):
    N = logits.shape[0]
    loss = 0
    dlogits = softmax(logits)
    for n in range(N):
        z = logits[n] - logits[n].max()
        loss += -(z[labels[n]] - np.log(np.exp(z).sum()))
        dlogits[n, labels[n]] -= 1
    return loss / N, dlogits / N
