"""Exercise 7: a step of SGD, and its mini-batches."""


def sgd_step(w, dw, lr):
    # The gradient points to where the loss grows, so go against it. `w - ...` makes a new array; `w -= ...` would
    # change the caller's array.
    return w - lr * dw


def mini_batches(N, batch_size, rng):
    order = rng.permutation(N)                           # every index once, in a new order each time
    # A slice may go past the end: then it is shorter. This is the last, smaller batch.
    return [order[start:start + batch_size] for start in range(0, N, batch_size)]
