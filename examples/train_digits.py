"""Train a CNN on drawn digits. The program contains the whole training loop.

    python examples/train_digits.py

Nothing is downloaded: the program draws the digits, and the test digits in styles that training never shows.
"""

import math

import numpy as np

from minicnn import (
    Adam,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPool2D,
    OneCycle,
    Preprocessing,
    ReLU,
    Sequential,
    digits,
    softmax_cross_entropy,
    split,
)
from minicnn.cli.arguments import run_example, training_flags
from minicnn.support.display import sketch
from minicnn.training import Run, total_steps
from minicnn.visualize.plots import learning_curves, predictions


def train(flags):
    rng = np.random.default_rng(flags.seed)          # all random numbers: weights, split, order, dropout
    data = digits()
    preprocess = Preprocessing.of("0..1", (28, 28, 1), kind="digit")
    images, labels, validation_images, validation_labels = split(
        data.train_images[:flags.limit], data.train_labels[:flags.limit], 0.1, rng)      # (N, 28, 28, 1) bytes, (N,)
    test_images, test_labels = data.test_images[:flags.limit], data.test_labels[:flags.limit]

    model = Sequential([
        Conv2D(1, 16, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2),          # (N, 14, 14, 16)
        Conv2D(16, 32, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2),         # (N, 7, 7, 32)
        Flatten(), Dense(7 * 7 * 32, 128, rng=rng), ReLU(), Dropout(0.5, rng=rng),       # (N, 128)
        Dense(128, 10, rng=rng),                                                         # (N, 10) logits
    ])
    optimizer = Adam(model.parameters(), lr=flags.lr)
    schedule = OneCycle(optimizer, total_steps(images, flags.batch_size, flags.epochs))
    loss, _ = softmax_cross_entropy(model.predict(preprocess(validation_images)), validation_labels)
    print(f"guessing would give a loss of ln 10 = {math.log(10):.3f} and 10% accuracy; the model starts with {loss:.3f}")
    print(model.summary((28, 28, 1)))

    with Run(flags.run, model, optimizer, schedule, rng=rng, preprocess=preprocess, classes=data.classes, name="digits",
             settings=vars(flags), resume=flags.resume) as run:
        for epoch in run.epochs(flags.epochs):
            for x, batch_labels in epoch.batches(images, labels, flags.batch_size):      # (64, 28, 28, 1), (64,)
                logits = model.forward(x)                                                # (64, 10)
                loss, dlogits = softmax_cross_entropy(logits, batch_labels)              # a number, (64, 10)
                model.backward(dlogits)
                optimizer.step()
                schedule.step()
                epoch.record(loss, logits, batch_labels)
            epoch.validate(validation_images, validation_labels)
        result = run.finish(test_images, test_labels)                # the test images are used once, here

    print(f"test accuracy {result.accuracy:.2%}: {round(result.accuracy * len(test_images)):,} of {len(test_images):,} digits, "
          "in styles not seen in training")
    print(result.most_frequent_mistake())
    predicted = result.probabilities.argmax(axis=1)
    print(sketch(preprocess(test_images[:5]), [f"says {data.classes[k]}" for k in predicted[:5]]))
    doubtful = result.probabilities[np.arange(len(test_images)), test_labels].argsort()[:32]
    learning_curves(run.path("pictures", "curves.png"), run.history)
    predictions(run.path("pictures", "hardest.png"), preprocess(test_images[doubtful]), test_labels[doubtful],
                result.probabilities[doubtful], data.classes)
    print(f"saved in {run.folder}: model.npz, learning curves, the 32 hardest test digits; next: minicnn report {run.folder}")
    return result.accuracy


if __name__ == "__main__":
    run_example(training_flags(__doc__, "digits", epochs=6, lr=4e-3, batch_size=64), train)
