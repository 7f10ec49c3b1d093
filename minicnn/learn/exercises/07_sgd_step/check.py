"""The check of exercise 7."""

import numpy as np

from minicnn.learn import Fault, compare_forward

STEP = {
    "this goes uphill: the gradient points to where the loss grows. Go the other way, w - lr * dw":
        lambda w, dw, lr: w + lr * dw,
    "the learning rate lr is not used: w - lr * dw": lambda w, dw, lr: w - dw,
}


def check(task):
    w, dw = np.array([[1.0, 2.0], [3.0, -4.0]]), np.array([[10.0, -10.0], [0.0, 5.0]])
    compare_forward(task, "sgd_step", {"w": w, "dw": dw, "lr": 0.1}, lambda w, dw, lr: w - lr * dw, ("w",), STEP)
    learned = task.function("mini_batches")
    for N, batch_size in ((10, 5), (50, 8), (3, 7)):
        _check_epoch(learned, N, batch_size)
    _check_randomness(learned)


def _batches(learned, N, batch_size, rng):
    found = learned(N, batch_size, rng)
    if not isinstance(found, (list, tuple)) or not all(isinstance(batch, np.ndarray) for batch in found):
        raise Fault(f"{learned.where} returned a {type(found).__name__}, expected a list of NumPy arrays of indices")
    if not all(batch.ndim == 1 and batch.dtype.kind in "iu" for batch in found):
        raise Fault(f"{learned.where}: every batch must be an array of integers with one axis")
    return found


def _check_epoch(learned, N, batch_size):
    call = f"mini_batches({N}, {batch_size}, rng)"
    found = _batches(learned, N, batch_size, np.random.default_rng(0))
    sizes, used = [len(batch) for batch in found], np.concatenate([*found, np.zeros(0, int)])
    if len(used) and (used.min() < 0 or used.max() >= N):
        raise Fault(f"{learned.where}: {call} has the index {used.max()}; indices go from 0 to {N - 1}")
    if len(np.unique(used)) == len(used) == N // batch_size * batch_size < N:
        raise Fault(f"{learned.where}: {call} has batches of the sizes {sizes}, {len(used)} examples in all: the last, "
                    f"smaller batch is missing, and {N - len(used)} examples are never used")
    if sorted(used) != list(range(N)):
        counts = np.bincount(used, minlength=N)
        wrong = int(np.argmax(counts != 1))
        raise Fault(f"{learned.where}: in {call}, the index {wrong} is in {counts[wrong]} batches. Every index must be in "
                    "exactly one batch")
    if any(size != batch_size for size in sizes[:-1]) or not 0 < sizes[-1] <= batch_size:
        raise Fault(f"{learned.where}: {call} has batches of the sizes {sizes}, expected {batch_size} in each but the last")


def _check_randomness(learned):
    rng = np.random.default_rng(1)
    first, second = (np.concatenate(_batches(learned, 50, 8, rng)) for _ in range(2))
    again = np.concatenate(_batches(learned, 50, 8, np.random.default_rng(1)))
    if (first == np.arange(50)).all() or (first == np.arange(50)[::-1]).all():
        raise Fault(f"{learned.where}: the indices are in their natural order. Put them in a random order first: "
                    "rng.permutation(N)")
    if (first == second).all():
        raise Fault(f"{learned.where}: the second call has the same order as the first one. Each epoch needs another order: "
                    "draw it with the rng that you are given, in each call")
    if not (first == again).all():
        raise Fault(f"{learned.where}: two calls with equal generators give different batches: use rng, the argument, and no "
                    "other source of random numbers. Then a training can be repeated")
