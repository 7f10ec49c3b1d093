# says: sgd_step
# says: changes its input w

def sgd_step(w, dw, lr):
    w -= lr * dw
    return w


def mini_batches(N, batch_size, rng):
    order = rng.permutation(N)
    return [order[start:start + batch_size] for start in range(0, N, batch_size)]
