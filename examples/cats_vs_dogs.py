"""Cats against dogs, from a folder of your own: each class is a folder of PNG or JPEG files.

    python examples/cats_vs_dogs.py FOLDER               # FOLDER/cat/*.jpg and FOLDER/dog/*.jpg, or with train/ and test/

Nothing here knows what a cat is: any two folders of pictures will do, and their names become the names of the classes.
"""

import argparse
import math
import os

import numpy as np

from minicnn import (
    SGD,
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
from minicnn.data.folder import class_weights, image_folder
from minicnn.data.preprocessing import Preprocessing
from minicnn.metrics import accuracy, report, report_text, softmax
from minicnn.optim.averaging import AveragedWeights
from minicnn.visualize.plots import mistakes


def network(width, rng):
    """Six 3 x 3 convolutions with batch norm, two of them with a way around; any size of picture goes in."""
    def conv(C, F):
        return [Conv2D(C, F, kernel_size=3, padding=1, bias=False, rng=rng), BatchNorm(F), ReLU()]

    return Sequential([
        *conv(3, width), MaxPool2D(2),                                                   # (N, 16, 16, 32)
        *conv(width, 2 * width), *conv(2 * width, 2 * width), MaxPool2D(2),              # (N, 8, 8, 64)
        *conv(2 * width, 4 * width), Residual([*conv(4 * width, 4 * width), *conv(4 * width, 4 * width)]),
        GlobalAvgPool2D(), Dense(4 * width, 2, rng=rng),                                 # (N, 128) -> (N, 2)
    ])


def classify(model, x):
    """Probabilities (N, 2): the mean of what it says of a picture and of its mirror image."""
    return (softmax(model.predict(x)) + softmax(model.predict(np.ascontiguousarray(x[:, :, ::-1])))) / 2


def train(flags):
    rng = np.random.default_rng(flags.seed)
    data = image_folder(flags.folder, flags.size, validation=0.1, seed=flags.seed)
    if len(data.classes) != 2:
        raise ValueError(f"expected two class folders in {flags.folder}, got {', '.join(data.classes)}")
    for path, reason in data.skipped:
        print(f"left out {path}: {reason}")
    print(", ".join(f"{count:,} of {name}" for name, count in zip(data.classes, data.counts)))
    os.makedirs(flags.run, exist_ok=True)
    some = rng.permutation(len(data.train_images))[:flags.limit]
    images, labels = data.train_images[some], data.train_labels[some]                    # (9000, 32, 32, 3) bytes

    prepare = Preprocessing.of("standard", (flags.size, flags.size, 3), images)            # each channel to mean 0, std 1
    x, x_validation = prepare(images), prepare(data.validation_images)
    weights = class_weights(labels, 2)                             # equal classes count equally, however many they have
    model = network(flags.width, rng)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
    schedule = OneCycle(optimizer, max(2, flags.epochs * math.ceil(len(x) / 64)))
    average = AveragedWeights(model, decay=0.998)
    augment = Augment(flip=True, crop=flags.size // 8, rotation=5, erase=0.25, rng=rng)
    print(model.summary(prepare.x_shape))
    for epoch in range(1, flags.epochs + 1):
        progress = Progress(f"epoch {epoch}/{flags.epochs}", total=len(x))
        for x_batch, labels_batch in batches(x, labels, 64, rng=rng, transform=augment):
            logits = model.forward(x_batch)                                              # (64, 2)
            loss, dlogits = softmax_cross_entropy(logits, labels_batch, weights, label_smoothing=0.1)
            model.backward(dlogits, input_gradient=False)
            optimizer.step()
            schedule.step()
            average.update()
            progress.update(loss, (logits.argmax(axis=1) == labels_batch).sum(), len(labels_batch))
        with average.applied():
            predicted = classify(model, x_validation).argmax(axis=1)
        progress.close(f"; validation accuracy {accuracy(data.validation_labels, predicted):.2%}")

    test_images, test_labels = data.test_images, data.test_labels
    with average.applied():
        probabilities = classify(model, prepare(test_images))      # the test pictures are looked at once, here
        save_checkpoint(os.path.join(flags.run, "model.npz"), model=model,
                        notes={"classes": list(data.classes), "preprocessing": prepare.as_dict()})
    figures = report(test_labels, probabilities, data.classes)
    print(report_text(figures))
    mistakes(os.path.join(flags.run, "mistakes.png"), test_images, test_labels, probabilities, data.classes)
    print(f"test accuracy {figures['accuracy']:.2%}, AUC {figures['auc']:.4f}; "
          f"saved in {flags.run}: model.npz, mistakes.png (the surest of them)")
    return figures["accuracy"]


def main(arguments=None):
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("folder", help="the folder of the class folders")
    flags.add_argument("--size", type=at_least(8), default=32, help="pictures are cut square, then resized (%(default)s)")
    flags.add_argument("--width", type=at_least(1), default=32, help="filters of the first convolution (default: %(default)s)")
    flags.add_argument("--epochs", type=at_least(1), default=30, help="how often each picture is seen (default: %(default)s)")
    flags.add_argument("--seed", type=at_least(0), default=0, help="same seed, same bits (default: %(default)s)")
    flags.add_argument("--limit", type=at_least(20), metavar="N", help="N training pictures only")
    flags.add_argument("--run", metavar="FOLDER", default="runs/cats-vs-dogs", help="where the model and the pictures go")
    flags.add_argument("--expect-accuracy", type=share, metavar="A", default=0, help="exit with status 1 below this")
    flags = flags.parse_args(arguments)
    with one_line_errors():
        reached = train(flags)
    if reached < flags.expect_accuracy:
        raise SystemExit(f"expected a test accuracy of at least {flags.expect_accuracy:.2%}, got {reached:.2%}")


if __name__ == "__main__":
    main()
