"""How well a network that learned only from drawn digits reads real handwriting.

    python -m benchmarks.real_handwriting

It trains as examples/train_digits.py does, with the same network, settings and seed, on digits() alone. Then it reads the
drawn test digits, in styles that training never shows, and MNIST's 10,000 test images, of which it has seen nothing.
MNIST is looked for as `mnist()` does: in $MINICNN_DATA/mnist/, then in the cache, and only then downloaded.
"""

import argparse
import math
import time

import numpy as np

from minicnn import (
    Adam,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPool2D,
    OneCycle,
    ReLU,
    Sequential,
    as_float,
    batches,
    digits,
    mnist,
    softmax_cross_entropy,
    split,
)
from minicnn.metrics import accuracy, confusion_matrix

EPOCHS, BATCH_SIZE, LEARNING_RATE = 6, 64, 4e-3  # as in examples/train_digits.py


def trained(images, labels, seed):
    """A network after EPOCHS epochs on the images (N, 28, 28, 1)."""
    rng = np.random.default_rng(seed)
    x, labels, _, _ = split(as_float(images), labels, 0.1, rng)  # the example keeps a tenth for its learning curves
    model = Sequential([
        Conv2D(1, 16, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2),
        Conv2D(16, 32, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2),
        Flatten(), Dense(7 * 7 * 32, 128, rng=rng), ReLU(), Dropout(0.5, rng=rng),
        Dense(128, 10, rng=rng),
    ])
    optimizer = Adam(model.parameters(), lr=LEARNING_RATE)
    schedule = OneCycle(optimizer, total_steps=EPOCHS * math.ceil(len(x) / BATCH_SIZE))
    for _ in range(EPOCHS):
        for x_batch, labels_batch in batches(x, labels, BATCH_SIZE, rng=rng):
            _, dlogits = softmax_cross_entropy(model.forward(x_batch), labels_batch)
            model.backward(dlogits)
            optimizer.step()
            schedule.step()
    return model


def main():
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--seed", type=int, default=0, help="of the weights, of the order and of dropout; default %(default)s")
    seed = flags.parse_args().seed
    real = mnist()  # first: if it cannot be had, the error comes before the training
    start = time.perf_counter()
    drawn = digits()
    seconds = time.perf_counter() - start
    print(f"drew {len(drawn.train_images):,} + {len(drawn.test_images):,} digits in {seconds:.1f} s")
    model = trained(drawn.train_images, drawn.train_labels, seed)
    print(f"trained {EPOCHS} epochs, {time.perf_counter() - start:.1f} s after the start")
    for name, data in (("drawn test digits, in styles unseen in training", drawn), ("MNIST's test images", real)):
        predicted = model.predict(as_float(data.test_images)).argmax(axis=1)
        right = np.count_nonzero(predicted == data.test_labels)
        print(f"{accuracy(data.test_labels, predicted):.2%}: {right:,} of {len(predicted):,} {name}")
    print("MNIST, rows: label, columns: prediction")
    print(confusion_matrix(real.test_labels, predicted, 10))


if __name__ == "__main__":
    main()
