"""Two classes with one output: does this Fashion-MNIST image show a shirt, or a T-shirt?

    python examples/binary_shirt_vs_tshirt.py

The network ends in one number, the logit z; p = sigmoid(z) is the probability of 'Shirt'. Training does not say how
large p must be for the answer 'Shirt'. This threshold is chosen on the validation images.
"""

import numpy as np

from minicnn import Adam, Augment, Preprocessing, fashion_mnist, sigmoid_cross_entropy, split
from minicnn.cli.arguments import run_example, training_flags
from minicnn.metrics import best_threshold, report, report_text, roc_curve
from minicnn.models import two_conv
from minicnn.training import Run

CLASSES = ("T-shirt/top", "Shirt")                                 # label 0 and label 1


def only(images, labels, names, limit):
    """The images of our two classes, with labels 0 and 1."""
    numbers = [names.index(name) for name in CLASSES]
    rows = np.flatnonzero(np.isin(labels, numbers))[:limit]
    return images[rows], (labels[rows] == numbers[1]).astype(np.int64)


def train(flags):
    """Train, test once, and return the test accuracy."""
    rng = np.random.default_rng(flags.seed)
    data = fashion_mnist(flags.data_dir)
    preprocess = Preprocessing.of("0..1", (28, 28, 1), kind="garment")
    images, labels = only(*data[:2], data.classes, flags.limit)                          # (12000, 28, 28, 1), (12000,)
    test_images, test_labels = only(*data[2:], data.classes, flags.limit)
    images, labels, validation_images, validation_labels = split(images, labels, 0.1, rng)

    model = two_conv((28, 28, 1), classes=1, rng=rng)                                    # ONE output
    optimizer = Adam(model.parameters(), lr=flags.lr)
    augment = Augment(flip=True, shift=0.05, rng=rng)
    with Run(flags.run, model, optimizer, rng=rng, preprocess=preprocess, classes=CLASSES, name="shirt-vs-tshirt",
             settings=vars(flags), resume=flags.resume) as run:
        for epoch in run.epochs(flags.epochs):
            for x, batch_labels in epoch.batches(images, labels, 64, augment):
                z = model.forward(x)                                                     # (64, 1)
                loss, dz = sigmoid_cross_entropy(z, batch_labels)                        # dz = (sigmoid(z) - label) / 64
                model.backward(dz)
                optimizer.step()
                epoch.record(loss, z, batch_labels)
            epoch.validate(validation_images, validation_labels)
        p = 1 / (1 + np.exp(-run.logits(validation_images)[:, 0].astype(np.float64)))    # sigmoid(z)
        threshold = best_threshold(validation_labels, p)
        result = run.finish(test_images, test_labels, threshold)     # the test images are used once, here

    p = result.probabilities[:, 1]
    print(f"\n'Shirt' if p > 0.5: it is more probable\n{report_text(report(test_labels, p, CLASSES))}")
    print(f"\n'Shirt' if p > {threshold:.3f}: chosen on the validation images\n{report_text(result.metrics)}")
    print("\nthe choice of a threshold:  threshold   shirts found   T-shirts taken for shirts")
    false_positives, true_positives, thresholds = roc_curve(test_labels, p)
    for wanted in (0.7, 0.8, 0.9, 0.95, 0.99):
        at = np.searchsorted(true_positives, wanted)               # the highest threshold that finds so many
        print(f"{thresholds[at]:37.3f} {true_positives[at]:14.1%} {false_positives[at]:19.1%}")
    print(f"\ntest AUC {result.metrics['auc']:.4f}, accuracy {result.accuracy:.2%}; saved {run.path('model.npz')}")
    return result.accuracy


if __name__ == "__main__":
    run_example(training_flags(__doc__, "shirt-vs-tshirt", epochs=10, lr=1e-3, data_dir=True), train)
