# says: mini_batches
# says: use rng

import numpy as np


def sgd_step(w, dw, lr):
    return w - lr * dw


def mini_batches(N, batch_size, rng):
    order = np.random.permutation(N)
    return [order[start:start + batch_size] for start in range(0, N, batch_size)]
