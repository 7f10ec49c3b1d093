# says: sgd_step
# says: lr

def sgd_step(w, dw, lr):
    return w - dw


def mini_batches(N, batch_size, rng):
    order = rng.permutation(N)
    return [order[start:start + batch_size] for start in range(0, N, batch_size)]
