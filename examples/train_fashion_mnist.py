"""Fashion-MNIST by three recipes: what everybody tries first, the same network trained better, and a better network.

    python examples/train_fashion_mnist.py                       # plain: two convolutions, Adam, ten epochs
    python examples/train_fashion_mnist.py --recipe tuned        # the same network, trained with all the arts
    python examples/train_fashion_mnist.py --recipe best         # residual blocks, trained with all the arts

The data is looked for in --data-dir, in $MINICNN_DATA/fashion-mnist, in the user's cache, and then downloaded (30 MB).
"""

import argparse
import contextlib
import math
import os
import time
from typing import NamedTuple

import numpy as np

from minicnn import (
    SGD,
    Adam,
    BatchNorm,
    Conv2D,
    Dense,
    GlobalAvgPool2D,
    MaxPool2D,
    OneCycle,
    ReLU,
    Residual,
    Sequential,
    batches,
    save_checkpoint,
    softmax_cross_entropy,
)
from minicnn.cli.console import Progress, at_least, one_line_errors, share
from minicnn.data.augment import Augment
from minicnn.data.preprocessing import Preprocessing
from minicnn.data.sources import load
from minicnn.layers.initializers import fans
from minicnn.metrics import accuracy, report, report_text, softmax
from minicnn.models import two_conv
from minicnn.optim.averaging import AveragedWeights
from minicnn.optim.optimizers import Optimizer
from minicnn.visualize.plots import confusion_matrix, mistakes


class Recipe(NamedTuple):
    """What is decided before the loop begins."""

    prepare: Preprocessing
    model: Sequential
    optimizer: Optimizer
    augment: Augment
    epochs: int
    batch_size: int
    arts: bool                                                     # see `train`


def plain(images, rng):
    """Two convolutions at 32 x 32 in [-1, 1], flips and rotations, dropout 0.5, Adam at one rate."""
    def small_uniform(shape, rng, dtype):                          # PyTorch's first weights: 2.4 times smaller than He's
        bound = 1 / math.sqrt(fans(shape)[0])
        return rng.uniform(-bound, bound, shape).astype(dtype)

    prepare = Preprocessing.of("-1..1", (32, 32, 1), kind="garment")
    model = two_conv((32, 32, 1), dropout=0.5, rng=rng, initializer=small_uniform)
    augment = Augment(flip=True, rotation=5, fill=-1.0, rng=rng)
    return Recipe(prepare, model, Adam(model.parameters(), lr=1e-3), augment, epochs=10, batch_size=64, arts=False)


def tuned(images, rng):
    """The network of `plain`, and everything else as in `best`."""
    return _with_arts(two_conv((28, 28, 1), dropout=0.5, rng=rng), images, rng, lr=0.05, epochs=18)


def best(images, rng):
    """Seven 3 x 3 convolutions with batch norm, four of them in two residual blocks: 460,000 weights."""
    def conv(C, F):
        return [Conv2D(C, F, kernel_size=3, padding=1, bias=False, rng=rng), BatchNorm(F), ReLU()]

    def pooled(C, F):                                              # pooled first, batch norm and ReLU have a quarter to do
        return [Conv2D(C, F, kernel_size=3, padding=1, bias=False, rng=rng), MaxPool2D(2), BatchNorm(F), ReLU()]

    model = Sequential([
        *conv(1, 32),                                                                    # (N, 28, 28, 32)
        *pooled(32, 64), Residual([*conv(64, 64), *conv(64, 64)]),                       # (N, 14, 14, 64)
        *pooled(64, 128), Residual([*conv(128, 128), *conv(128, 128)]),                  # (N, 7, 7, 128)
        GlobalAvgPool2D(), Dense(128, 10, rng=rng),
    ])
    return _with_arts(model, images, rng, lr=0.15, epochs=18)


def _with_arts(model, images, rng, lr, epochs):
    prepare = Preprocessing.of("standard", (28, 28, 1), images, kind="garment")
    black = -prepare.mean[0] / prepare.std[0]
    augment = Augment(flip=True, crop=2, fill=black, rng=rng)
    optimizer = SGD(model.parameters(), lr, momentum=0.9, nesterov=True, weight_decay=5e-4)
    return Recipe(prepare, model, optimizer, augment, epochs, batch_size=128, arts=True)


RECIPES = {recipe.__name__: recipe for recipe in (plain, tuned, best)}


def train(flags):
    rng = np.random.default_rng(flags.seed)      # the one source of chance: weights, order, dropout, augmentation
    data = load("fashion-mnist", seed=flags.seed, limit=flags.limit, data_dir=flags.data_dir, validation=1 / 60)
    os.makedirs(flags.run, exist_ok=True)                          # better an error now than after an epoch
    prepare, model, optimizer, augment, epochs, batch_size, arts = RECIPES[flags.recipe](data.train_images, rng)
    epochs = flags.epochs or epochs
    print(f"{flags.recipe}: {RECIPES[flags.recipe].__doc__}\n{model.summary(prepare.x_shape)}")

    x, labels = prepare(data.train_images), data.train_labels                            # (59000, H, W, 1), (59000,)
    x_validation = prepare(data.validation_images)                                       # (1000, H, W, 1)
    schedule = average = None
    if arts:                                                       # what `plain` does not have:
        schedule = OneCycle(optimizer, max(2, epochs * math.ceil(len(x) / batch_size)), warm_up=0.25)
        average = AveragedWeights(model, decay=0.99)               # the mean of about the last 100 steps
    averages = average.applied if arts else contextlib.nullcontext
    smoothing = 0.1 if arts else 0.0                               # nobody is surer than 91%: the labels are not either

    started = time.perf_counter()
    for epoch in range(1, epochs + 1):
        progress = Progress(f"epoch {epoch}/{epochs}", total=len(x))
        for x_batch, labels_batch in batches(x, labels, batch_size, rng=rng, transform=augment):
            logits = model.forward(x_batch)
            loss, dlogits = softmax_cross_entropy(logits, labels_batch, label_smoothing=smoothing)
            model.backward(dlogits, input_gradient=False)
            optimizer.step()
            if arts:
                schedule.step()
                average.update()
            progress.update(loss, (logits.argmax(axis=1) == labels_batch).sum(), len(labels_batch))
        with averages():
            predicted = classify(model, x_validation, mirrored=arts).argmax(axis=1)
        progress.close(f"; validation accuracy {accuracy(data.validation_labels, predicted):.2%}")
    minutes = (time.perf_counter() - started) / 60

    with averages():
        probabilities = classify(model, prepare(data.test_images), mirrored=arts)        # looked at once, here
        save_checkpoint(os.path.join(flags.run, "model.npz"), notes={"classes": list(data.classes)}, model=model)
    figures = report(data.test_labels, probabilities, data.classes)
    print(report_text(figures))
    label, wrong = worst(np.array(figures["confusion"]))
    print(f"most frequent mistake: {data.classes[label]} taken for {data.classes[wrong]}, "
          f"{figures['confusion'][label][wrong]} of {figures['classes'][label]['support']:,}")
    print(f"test accuracy {figures['accuracy']:.2%} after {minutes:.1f} minutes, seed {flags.seed}")
    confusion_matrix(os.path.join(flags.run, "confusion.png"), figures["confusion"], data.classes)
    mistakes(os.path.join(flags.run, "mistakes.png"), data.test_images, data.test_labels, probabilities, data.classes)
    print(f"saved in {flags.run}: model.npz, confusion.png, mistakes.png (the surest of them)")
    return figures["accuracy"]


def classify(model, x, mirrored):
    """Probabilities (N, 10); of the picture alone, or the mean with those of its mirror image."""
    p = softmax(model.predict(x))
    return (p + softmax(model.predict(np.ascontiguousarray(x[:, :, ::-1])))) / 2 if mirrored else p


def worst(confusion):
    """(label, predicted) of the most frequent mistake."""
    return np.unravel_index((confusion * (1 - np.eye(len(confusion), dtype=int))).argmax(), confusion.shape)


def main(arguments=None):
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--recipe", choices=RECIPES, default="plain", help="see above (default: %(default)s)")
    flags.add_argument("--epochs", type=at_least(1), help="how often each picture is seen (default: the recipe's)")
    flags.add_argument("--seed", type=at_least(0), default=0, help="same seed, same bits (default: %(default)s)")
    flags.add_argument("--limit", type=at_least(20), metavar="N", help="the first N pictures only")
    flags.add_argument("--data-dir", metavar="FOLDER", help="a folder with the four files, or with fashion-mnist/ in it")
    flags.add_argument("--run", metavar="FOLDER", default="runs/fashion-mnist", help="where the model and the pictures go")
    flags.add_argument("--expect-accuracy", type=share, metavar="A", default=0, help="exit with status 1 below this")
    flags = flags.parse_args(arguments)
    with one_line_errors():
        reached = train(flags)
    if reached < flags.expect_accuracy:
        raise SystemExit(f"expected a test accuracy of at least {flags.expect_accuracy:.2%}, got {reached:.2%}")


if __name__ == "__main__":
    main()
