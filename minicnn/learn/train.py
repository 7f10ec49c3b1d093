"""Train a network on the functions that a learner wrote."""

import shlex
import textwrap

import numpy as np

from .. import ops
from ..data import Preprocessing, digits, mnist, split
from ..layers import BatchNorm, Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU, Sequential
from ..layers.initializers import he_normal
from ..losses import softmax_cross_entropy
from ..optim import Adam, OneCycle
from ..training import Run, total_steps
from ..training.run_folder import fresh_folder
from .mine import Mine

TRAIN, TEST = 20_000, 10_000                                       # images, at most: a subset of MNIST is enough for 97%
EPOCHS = {"digits": 6, "mnist": 3}                                 # the test digits are drawn in styles of their own
BATCH_SIZE, LR = 64, 5e-3


def train(folder, data="digits", run_folder=None, resume=False, images=TRAIN, epochs=None):
    """Train on the functions of a Folder that pass their checks, and say which these are. Returns the test accuracy.

    `data` is "digits" or "mnist". `resume` continues the training in run_folder after Ctrl-C.
    Raises: FolderError if no function passes.
    """
    print("checking your functions", flush=True)
    mine = Mine(folder)
    print(mine.table(), flush=True)
    source = mnist() if data == "mnist" else digits(images, max(100, images // 10))
    run_folder = run_folder or fresh_folder("runs", f"learn-{data}")
    again = shlex.join(["minicnn", "learn", "train", str(folder.path), "--data", data, "--run", run_folder, "--resume"])
    with ops.use(mine.ops):
        result, run = fit(mine, source, images, epochs or EPOCHS[data], folder=run_folder, resume=resume, resume_command=again,
                          settings={"data": data})
    calls = ", ".join(f"{name} {count:,}" for name, count in mine.calls().items())
    print(textwrap.fill(f"calls of your functions: {calls}", 116, subsequent_indent=" " * 4, break_on_hyphens=False))
    print(f"test accuracy {result.accuracy:.2%} on {data}. {result.most_frequent_mistake()}")
    print(f"saved in {run.folder}; next: minicnn report {run.folder}")
    return result.accuracy


def fit(mine, data, limit, epochs, **settings):
    """The training loop, in a Run with these settings. Returns the Result on the test images, and the Run."""
    rng = np.random.default_rng(0)                                 # draws the split, the weights, the order, dropout
    preprocess = Preprocessing.of("0..1", (28, 28, 1), kind="digit")
    images, labels, validation_images, validation_labels = split(data.train_images[:limit], data.train_labels[:limit], 0.1, rng)
    loss_and_gradient = mine.function("softmax_cross_entropy", softmax_cross_entropy)
    model = network(rng, mine.function("he_normal", he_normal))
    optimizer = Adam(model.parameters(), lr=LR)
    schedule = OneCycle(optimizer, total_steps(images, BATCH_SIZE, epochs))
    with Run(model=model, optimizer=optimizer, schedule=schedule, rng=rng, preprocess=preprocess, classes=data.classes,
             **settings) as run:
        for epoch in run.epochs(epochs):
            for x, batch_labels in epoch.batches(images, labels, BATCH_SIZE):            # (64, 28, 28, 1), (64,)
                logits = model.forward(x)                                                # (64, 10)
                loss, dlogits = loss_and_gradient(logits, batch_labels)                  # a number, (64, 10)
                model.backward(dlogits)
                optimizer.step()
                schedule.step()
                epoch.record(loss, logits, batch_labels)
            epoch.validate(validation_images, validation_labels)
        return run.finish(data.test_images[:TEST], data.test_labels[:TEST]), run


def network(rng, initializer):
    """A small CNN that uses many of the ops of the exercises, and that NumPy trains in a minute or two."""
    model = Sequential([
        Conv2D(1, 8, kernel_size=3, padding=1, rng=rng, initializer=initializer), BatchNorm(8), ReLU(), MaxPool2D(2),
        Conv2D(8, 16, kernel_size=3, padding=1, rng=rng, initializer=initializer), ReLU(), MaxPool2D(2),
        Flatten(), Dense(7 * 7 * 16, 64, rng=rng, initializer=initializer), ReLU(), Dropout(0.25, rng=rng),
        Dense(64, 10, rng=rng, initializer=initializer),
    ])
    model[0].input_gradient = False                                # no layer before it has parameters
    return model
