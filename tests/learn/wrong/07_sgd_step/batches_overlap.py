# says: mini_batches
# says: exactly one batch

def sgd_step(w, dw, lr):
    return w - lr * dw


def mini_batches(N, batch_size, rng):
    order = rng.permutation(N)
    return [order[start:start + batch_size + 1] for start in range(0, N, batch_size)]
