# says: mini_batches
# says: exactly one batch

def sgd_step(w, dw, lr):
    return w - lr * dw


def mini_batches(N, batch_size, rng):
    order = rng.integers(0, N, N)
    return [order[start:start + batch_size] for start in range(0, N, batch_size)]
