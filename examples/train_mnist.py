"""Train a CNN on MNIST, 70,000 handwritten digits.

    python examples/train_mnist.py --epochs 3

The data are looked for in --data-dir, in $MINICNN_DATA/mnist, in the user's cache, and then downloaded (12 MB).
"""

import math

import numpy as np

from minicnn import Adam, OneCycle, Preprocessing, mnist, softmax_cross_entropy, split
from minicnn.cli.arguments import run_example, training_flags
from minicnn.models import two_conv
from minicnn.support.display import sketch
from minicnn.training import Run, total_steps
from minicnn.visualize.plots import learning_curves, predictions


def train(flags):
    """Train, test once, and return the test accuracy."""
    rng = np.random.default_rng(flags.seed)          # all random numbers: weights, split, order, dropout
    data = mnist(flags.data_dir)
    preprocess = Preprocessing.of("0..1", (28, 28, 1), kind="digit")
    images, labels, validation_images, validation_labels = split(
        data.train_images[:flags.limit], data.train_labels[:flags.limit], 1 / 12, rng)   # 55,000 and 5,000
    test_images, test_labels = data.test_images[:flags.limit], data.test_labels[:flags.limit]

    model = two_conv((28, 28, 1), classes=10, rng=rng)             # conv, pool, conv, pool, dense, dense: see models.py
    optimizer = Adam(model.parameters(), lr=flags.lr)
    schedule = OneCycle(optimizer, total_steps(images, flags.batch_size, flags.epochs))
    loss, _ = softmax_cross_entropy(model.predict(preprocess(validation_images)), validation_labels)
    print(f"guessing would give a loss of ln 10 = {math.log(10):.3f} and 10% accuracy; the model starts with {loss:.3f}")
    print(model.summary((28, 28, 1)))

    with Run(flags.run, model, optimizer, schedule, rng=rng, preprocess=preprocess, classes=data.classes, name="mnist",
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

    print(f"test accuracy {result.accuracy:.2%}: {round(result.accuracy * len(test_images)):,} of {len(test_images):,} digits")
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
    run_example(training_flags(__doc__, "mnist", epochs=3, lr=3e-3, batch_size=64, data_dir=True), train)
