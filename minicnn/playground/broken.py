"""Train a small network twice from the same numbers: with the engine as it is, and with one of the museum's bugs.

Both trainings run on the reference implementation, because the bugs are changes of its lines. Nothing is written to the disk.
"""

from typing import NamedTuple

import numpy as np

from ..data.batches import batches
from ..data.digits import digits
from ..data.preprocessing import Preprocessing
from ..layers import (
    AvgPool2D,
    BatchNorm,
    Concat,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2D,
    LeakyReLU,
    LogSoftmax,
    MaxPool2D,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Tanh,
)
from ..losses import softmax_cross_entropy
from ..museum import EXHIBITS, broken, caught
from ..ops import use
from ..optim import SGD, Adam, AdamW, RMSprop
from ..shapes import NonFiniteError

STEPS, MEASURE_EVERY, IMAGES, TESTED, BATCH = 150, 10, 2000, 300, 32


class Setup(NamedTuple):
    """A network and an optimizer in which a bug shows."""

    activation: type = ReLU
    pool: tuple = (MaxPool2D, 2)
    middle: str = ""                                               # what else stands between the convolutions
    head: str = "dense"
    dropout: float = 0.0
    optimizer: tuple = (SGD, {"lr": 0.1})
    loss: dict = {}                                                # more arguments of the loss


OVERLAPS = Setup(pool=(MaxPool2D, 3, 2, 1))
BEFORE_ACTIVATION = Setup(activation=Tanh, pool=(MaxPool2D, 3, 2, 1))
AVERAGES = Setup(pool=(AvgPool2D, 3, 2, 1))
LEAKY, NORMED = Setup(activation=lambda: LeakyReLU(0.3)), Setup(middle="batch norm")
DROPPED = Setup(dropout=0.5)
RESIDUAL, BRANCHES = Setup(middle="residual"), Setup(middle="branches")
ADAM = Setup(optimizer=(Adam, {"lr": 2e-3}))
SETUPS = {
    **dict.fromkeys(["col2im-assigns", "padding-cut-off-at-the-end", "kernel-gradient-flipped", "kh-and-kw-swapped",
                     "reshape-for-transpose", "bias-gradient-averaged", "batch-size-divided-twice", "loop-ends-one-early",
                     "one-image-of-the-batch", "dense-gradient-transposed", "all-biases-alike", "every-tie-wins",
                     "relu-asks-dy", "relu-asks-its-output-with-or-equal", "mean-forgotten",
                     "mean-taken-twice", "gradient-added-up", "flatten-in-fortran-order"], Setup()),
    **dict.fromkeys(["pooled-overlaps-assign", "pooling-forgets-its-padding"], OVERLAPS),
    "maximum-padded-with-zero": BEFORE_ACTIVATION,
    **dict.fromkeys(["average-not-divided", "padding-counted-once"], AVERAGES),
    "mean-of-pixels-not-divided": Setup(head="mean of pixels"),
    **dict.fromkeys(["leaky-slope-forgotten", "leaky-slope-instead-of-gradient"], LEAKY),
    "sigmoid-derivative-at-x": Setup(activation=Sigmoid, optimizer=(Adam, {"lr": 1e-2})), "tanh-twice": Setup(activation=Tanh),
    **dict.fromkeys(["dropout-backward-unscaled", "dropout-mask-not-applied", "dropout-forward-unscaled",
                     "dropout-draws-again"], DROPPED),
    "log-softmax-sums-nothing": Setup(head="log softmax"),
    **dict.fromkeys(["statistics-as-constants", "variance-path-forgotten", "mean-path-forgotten", "gamma-forgotten"], NORMED),
    "class-weights-by-column": Setup(loss={"class_weights": np.linspace(0.5, 1.5, 10)}),
    "smoothing-forgotten-in-backward": Setup(loss={"label_smoothing": 0.1}),
    **dict.fromkeys(["shortcut-forgotten", "shortcut-taken-twice", "relu-overwrites-dy"], RESIDUAL),
    "last-branch-only": BRANCHES,
    **dict.fromkeys(["adam-without-bias-correction", "adam-corrected-upside-down", "adam-epsilon-inside-the-root"], ADAM),
    "adamw-decay-in-the-gradient": Setup(optimizer=(AdamW, {"lr": 2e-3, "weight_decay": 0.5})),
    "rmsprop-without-root": Setup(optimizer=(RMSprop, {"lr": 1e-3})),
    "momentum-damped": Setup(optimizer=(SGD, {"lr": 0.02, "momentum": 0.9})),
}


def cards():
    """What the page shows of each bug before and after its training."""
    return [{"name": name, "where": EXHIBITS[name].target, "patch": EXHIBITS[name].patch(), "symptom": EXHIBITS[name].symptom,
             "fix": EXHIBITS[name].fix, "seen": EXHIBITS[name].seen} for name in SETUPS]


def compare(pipe, bug, steps=STEPS):
    """Train without and with the bug, and report both; then report what the bug's check says about it."""
    data = digits(train=IMAGES, test=TESTED)
    pipe.send("begin", steps=steps, bug=bug)
    train(pipe, "healthy", data, SETUPS[bug], steps)
    with broken(EXHIBITS[bug]):
        train(pipe, "broken", data, SETUPS[bug], steps)
    if not pipe.paused:
        pipe.send("verdict", text=caught(EXHIBITS[bug]).text)
    pipe.send("end", finished=not pipe.paused)


def train(pipe, series, data, setup, steps):
    """One training of `steps` steps. The seed fixes weights and order, so that both trainings begin alike."""
    rng = np.random.default_rng(0)
    preprocess, model = Preprocessing.of("0..1", (28, 28, 1), kind="digit"), network(setup, rng)
    kind, settings = setup.optimizer
    optimizer, step, losses = kind(model.parameters(), **settings), 0, []
    test_x, test_labels = preprocess(data.test_images), data.test_labels
    with use("reference"):
        while step < steps and not pipe.paused:
            for x, labels in batches(data.train_images, data.train_labels, BATCH, rng, transform=preprocess):
                try:
                    loss, dlogits = softmax_cross_entropy(model.train().forward(x), labels, **setup.loss)
                    model.backward(dlogits)
                    optimizer.step()
                    losses, step = [*losses, loss], step + 1
                    if step % MEASURE_EVERY == 0 or step == 1:
                        right = model.predict(test_x).argmax(axis=1) == test_labels
                        pipe.send("point", series=series, step=step, loss=float(np.mean(losses)), accuracy=float(right.mean()))
                        losses = []
                except (NonFiniteError, ValueError) as problem:    # predict refuses weights that overflowed
                    pipe.send("text", text=f"{series}, step {step + 1}: {problem}")
                    return
                if step == steps or pipe.paused:
                    break


def network(setup, rng):
    """The network of a Setup. No layers are fused: each line that a bug may have changed is used."""
    kind, *pooling = setup.pool
    middle = {"": [], "batch norm": [BatchNorm(8)],
              "residual": [Residual([Conv2D(8, 8, kernel_size=3, padding=1, rng=rng), setup.activation()])],
              "branches": [Concat([[Conv2D(8, 4, kernel_size=1, rng=rng)],
                                   [Conv2D(8, 4, kernel_size=3, padding=1, rng=rng)]])]}[setup.middle]
    head = [Flatten(), Dense(7 * 7 * 16, 32, rng=rng), setup.activation(), Dropout(setup.dropout, rng=rng),
            Dense(32, 10, rng=rng)]
    if setup.head == "mean of pixels":
        head = [GlobalAvgPool2D(), Dense(16, 10, rng=rng)]
    elif setup.head == "log softmax":
        head.append(LogSoftmax())
    model = Sequential([
        Conv2D(1, 8, kernel_size=3, padding=1, rng=rng), *middle, setup.activation(), kind(*pooling),     # (N, 14, 14, 8)
        Conv2D(8, 16, kernel_size=3, padding=1, rng=rng), setup.activation(), kind(*pooling), *head,       # (N, 7, 7, 16)
    ])
    for layer in model.all_layers():
        if isinstance(layer, Sequential):
            layer.blocks = layer.layers
    return model
