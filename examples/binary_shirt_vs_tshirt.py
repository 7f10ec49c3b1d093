"""A question of yes or no, with one output: is this Fashion-MNIST picture a shirt, or is it a T-shirt?

    python examples/binary_shirt_vs_tshirt.py

The network ends in one number, the logit z; p = sigmoid(z) is the probability of 'Shirt'. From which p on we say
'Shirt' is another question, which training does not answer: that threshold is chosen on the validation pictures.
"""

import argparse
import os

import numpy as np

from minicnn import Adam, as_float, batches, fashion_mnist, save_checkpoint, sigmoid_cross_entropy, split
from minicnn.cli.console import Progress, at_least, one_line_errors, positive, share
from minicnn.data.augment import Augment
from minicnn.metrics import best_threshold, report, report_text, roc_auc, roc_curve
from minicnn.models import two_conv

CLASSES = ("T-shirt/top", "Shirt")                                 # label 0 and label 1


def only(images, labels, names, limit):
    """The pictures of our two classes, with labels 0 and 1."""
    numbers = [names.index(name) for name in CLASSES]
    rows = np.flatnonzero(np.isin(labels, numbers))[:limit]
    return as_float(images[rows]), (labels[rows] == numbers[1]).astype(np.int64)


def sigmoid(z):
    return 1 / (1 + np.exp(-z.astype(np.float64)))


def train(flags):
    rng = np.random.default_rng(flags.seed)
    data = fashion_mnist(flags.data_dir)
    x, labels = only(*data[:2], data.classes, flags.limit)                               # (12000, 28, 28, 1), (12000,)
    x_test, labels_test = only(*data[2:], data.classes, flags.limit)
    x, labels, x_validation, labels_validation = split(x, labels, 0.1, rng)
    os.makedirs(flags.run, exist_ok=True)

    model = two_conv((28, 28, 1), classes=1, rng=rng)                                    # ONE output
    optimizer = Adam(model.parameters(), lr=flags.lr)
    augment = Augment(flip=True, shift=0.05, rng=rng)
    for epoch in range(1, flags.epochs + 1):
        progress = Progress(f"epoch {epoch}/{flags.epochs}", total=len(x))
        for x_batch, labels_batch in batches(x, labels, 64, rng=rng, transform=augment):
            z = model.forward(x_batch)                                                   # (64, 1)
            loss, dz = sigmoid_cross_entropy(z, labels_batch)                            # dz = (sigmoid(z) - label) / 64
            model.backward(dz, input_gradient=False)
            optimizer.step()
            progress.update(loss, ((z[:, 0] > 0) == labels_batch).sum(), len(labels_batch))      # z > 0 where p > 0.5
        p_validation = sigmoid(model.predict(x_validation)[:, 0])
        progress.close(f"; validation AUC {roc_auc(labels_validation, p_validation):.4f}")

    threshold = best_threshold(labels_validation, p_validation)
    p = sigmoid(model.predict(x_test)[:, 0])                       # (2000,) the test pictures are looked at once, here
    for at, why in ((0.5, "what is more probable"), (threshold, "chosen on the validation pictures")):
        figures = report(labels_test, p, CLASSES, threshold=at)
        print(f"\n'Shirt' where p > {at:.3f}, {why}\n{report_text(figures)}")

    print("\nwhat a threshold buys:  threshold   shirts found   T-shirts taken for shirts")
    false_positives, true_positives, thresholds = roc_curve(labels_test, p)
    for wanted in (0.7, 0.8, 0.9, 0.95, 0.99):
        at = np.searchsorted(true_positives, wanted)               # the highest threshold that finds so many
        print(f"{thresholds[at]:33.3f} {true_positives[at]:14.1%} {false_positives[at]:19.1%}")
    save_checkpoint(os.path.join(flags.run, "model.npz"), notes={"classes": CLASSES, "threshold": threshold}, model=model)
    print(f"\ntest AUC {figures['auc']:.4f}, accuracy {figures['accuracy']:.2%}; saved {flags.run}/model.npz")
    return figures["accuracy"]


def main(arguments=None):
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--epochs", type=at_least(1), default=10, help="how often each picture is seen (default: %(default)s)")
    flags.add_argument("--lr", type=positive, default=1e-3, help="learning rate (default: %(default)s)")
    flags.add_argument("--seed", type=at_least(0), default=0, help="same seed, same bits (default: %(default)s)")
    flags.add_argument("--limit", type=at_least(20), metavar="N", help="the first N pictures of the two classes only")
    flags.add_argument("--data-dir", metavar="FOLDER", help="a folder with the four files, or with fashion-mnist/ in it")
    flags.add_argument("--run", metavar="FOLDER", default="runs/shirt-vs-tshirt", help="where the model goes")
    flags.add_argument("--expect-accuracy", type=share, metavar="A", default=0, help="exit with status 1 below this")
    flags = flags.parse_args(arguments)
    with one_line_errors():
        reached = train(flags)
    if reached < flags.expect_accuracy:
        raise SystemExit(f"expected a test accuracy of at least {flags.expect_accuracy:.2%}, got {reached:.2%}")


if __name__ == "__main__":
    main()
