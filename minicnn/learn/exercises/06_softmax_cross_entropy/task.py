"""Exercise 6: softmax and cross-entropy. Chapter 5, 'From scores to probabilities'.

Sizes: N examples, K classes. Each row of the logits belongs to one example.

Replace each `...` by your code. Then run:  minicnn learn check 6
"""

import numpy as np


def softmax(logits):
    """The probabilities of each row: p[n, k] = exp(logits[n, k]) / sum over j of exp(logits[n, j])

    Logits of 10000 or -10000 must give numbers, not NaN.
    Shapes: logits (N, K) -> p (N, K). Each row of p sums to 1.
    """
    ...


def softmax_cross_entropy(logits, labels):
    """The mean over the batch of -log p[n, labels[n]], and its gradient with respect to the logits.

    The loss must be right for logits of 10000 or -10000, too: then the probability of the label may be too small for
    the computer, and becomes 0. So do not compute the logarithm of a probability.
    Shapes: logits (N, K) floats, labels (N,) integers from 0 to K - 1 -> the tuple (loss, dlogits): a number, and (N, K).
    """
    ...
