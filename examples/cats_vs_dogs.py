"""Cats against dogs, from a folder of your own: each class is a folder of PNG or JPEG files.

    python examples/cats_vs_dogs.py FOLDER               # FOLDER/cat/*.jpg and FOLDER/dog/*.jpg, or with train/ and test/

Any two folders of images work, not only cats and dogs. Their names become the names of the classes.
"""

import numpy as np

from minicnn import SGD, Augment, AveragedWeights, OneCycle, Preprocessing, Residual, Sequential, softmax_cross_entropy
from minicnn.cli.arguments import run_example, training_flags
from minicnn.data.folder import class_weights, image_folder
from minicnn.layers import BatchNorm, Conv2D, Dense, GlobalAvgPool2D, MaxPool2D, ReLU
from minicnn.metrics import report_text
from minicnn.support.flags import at_least, path
from minicnn.training import Run, total_steps
from minicnn.training.evaluate import with_mirror


def network(width, rng):
    """Seven 3x3 convolutions with batch norm, the last two with a shortcut around them; it takes images of any size."""
    def conv(C, F):
        return [Conv2D(C, F, kernel_size=3, padding=1, bias=False, rng=rng), BatchNorm(F), ReLU()]

    return Sequential([
        *conv(3, width), MaxPool2D(2),                                                   # (N, 16, 16, 32)
        *conv(width, 2 * width), *conv(2 * width, 2 * width), MaxPool2D(2),              # (N, 8, 8, 64)
        *conv(2 * width, 4 * width), Residual([*conv(4 * width, 4 * width), *conv(4 * width, 4 * width)]),
        GlobalAvgPool2D(), Dense(4 * width, 2, rng=rng),                                 # (N, 128) -> (N, 2)
    ])


def train(flags):
    """Train, test once, and return the test accuracy."""
    rng = np.random.default_rng(flags.seed)
    data = image_folder(flags.folder, flags.size, validation=0.1, seed=flags.seed)
    if len(data.classes) != 2:
        raise ValueError(f"expected two class folders in {flags.folder}, got {', '.join(data.classes)}")
    print(*(f"left out {file}: {reason}\n" for file, reason in data.skipped), sep="", end="")
    print(", ".join(f"{count:,} of {name}" for name, count in zip(data.classes, data.counts)))
    rows = rng.permutation(len(data.train_images))[:flags.limit]
    images, labels = data.train_images[rows], data.train_labels[rows]                    # (9000, 32, 32, 3) bytes

    preprocess = Preprocessing.of("standard", (flags.size, flags.size, 3), images)       # each channel: mean 0, std 1
    weights = class_weights(labels, 2)                             # both classes count equally, whatever their sizes
    model = network(flags.width, rng)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
    schedule = OneCycle(optimizer, total_steps(images, 64, flags.epochs))
    average = AveragedWeights(model, decay=0.998)
    augment = Augment(flip=True, crop=flags.size // 8, rotation=5, erase=0.25, rng=rng)
    print(model.summary(preprocess.x_shape))
    with Run(flags.run, model, optimizer, schedule, rng=rng, preprocess=preprocess, classes=data.classes, name="cats-vs-dogs",
             average=average, predict=with_mirror(model), settings=vars(flags), resume=flags.resume) as run:
        for epoch in run.epochs(flags.epochs):
            for x, batch_labels in epoch.batches(images, labels, 64, augment):
                logits = model.forward(x)                                                # (64, 2)
                loss, dlogits = softmax_cross_entropy(logits, batch_labels, weights, label_smoothing=0.1)
                model.backward(dlogits)
                optimizer.step()
                schedule.step()
                average.update()
                epoch.record(loss, logits, batch_labels)
            epoch.validate(data.validation_images, data.validation_labels)
        result = run.finish(data.test_images, data.test_labels, pictures=True)      # the test images are used once, here

    print(report_text(result.metrics))
    print(f"test accuracy {result.accuracy:.2%}, AUC {result.metrics['auc']:.4f}; saved in {run.folder}")
    return result.accuracy


if __name__ == "__main__":
    flags = training_flags(__doc__, "cats-vs-dogs", epochs=30)
    flags.add_argument("folder", type=path, help="the folder of the class folders")
    flags.add_argument("--size", type=at_least(8), default=32, help="images are cut square, then resized (%(default)s)")
    flags.add_argument("--width", type=at_least(1), default=32, help="filters of the first convolution (default: %(default)s)")
    run_example(flags, train)
