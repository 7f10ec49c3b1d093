"""Exercise 4: a dense layer, forward and backward, in matrix products."""


def dense(x, w, b=None):
    y = x @ w                                            # (N, D) @ (D, K) = (N, K)
    return y if b is None else y + b                     # NumPy adds b to every row


def dense_backward(dy, x, w, input_gradient=True):
    # x[n, d] is multiplied by w[d, k] in each of the K outputs of example n: a sum over k.
    dx = dy @ w.T if input_gradient else None            # (N, K) @ (K, D) = (N, D)
    # w[d, k] is used by every example of the batch: a sum over n.
    dw = x.T @ dy                                        # (D, N) @ (N, K) = (D, K)
    # b[k] is added for every example: a sum over n. No mean: where a mean is taken, in the loss, dy got its 1 / N.
    db = dy.sum(axis=0)
    return dx, dw, db
