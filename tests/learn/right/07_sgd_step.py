import numpy as np


def sgd_step(w, dw, lr):
    new = w.copy()
    new -= lr * dw
    return new


def mini_batches(N, batch_size, rng):
    order = np.arange(N)
    rng.shuffle(order)
    return np.split(order, range(batch_size, N, batch_size))
