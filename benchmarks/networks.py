"""The networks that are timed, each a plain function that returns a Sequential, and the batch they are timed on."""

from typing import NamedTuple

import numpy as np

from minicnn import Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU, Sequential, models

from . import verify

SEED, CLASSES = 0, 10


def lenet_5(rng):
    """LeNet-5 of 1998 as it is written today: ReLU and max-pooling instead of tanh and averages."""
    return Sequential([
        Conv2D(1, 6, kernel_size=5, padding=2, rng=rng), ReLU(), MaxPool2D(2),           # (N, 14, 14, 6)
        Conv2D(6, 16, kernel_size=5, rng=rng), ReLU(), MaxPool2D(2),                     # (N, 5, 5, 16)
        Flatten(), Dense(5 * 5 * 16, 120, rng=rng), ReLU(), Dense(120, 84, rng=rng), ReLU(), Dense(84, CLASSES, rng=rng),
    ])


def two_conv(rng):
    """The network of minicnn's examples, on images of 32 x 32."""
    return Sequential([
        Conv2D(1, 32, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2),          # (N, 16, 16, 32)
        Conv2D(32, 64, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2),         # (N, 8, 8, 64)
        Flatten(), Dense(8 * 8 * 64, 128, rng=rng), ReLU(), Dropout(0.5, rng=rng), Dense(128, CLASSES, rng=rng),
    ])


def mnist_example(rng):
    """The network of PyTorch's own MNIST example (pytorch/examples, mnist/main.py), with logits as its output."""
    return Sequential([
        Conv2D(1, 32, kernel_size=3, rng=rng), ReLU(),                                   # (N, 26, 26, 32)
        Conv2D(32, 64, kernel_size=3, rng=rng), ReLU(), MaxPool2D(2),                    # (N, 12, 12, 64)
        Dropout(0.25, rng=rng), Flatten(),
        Dense(12 * 12 * 64, 128, rng=rng), ReLU(), Dropout(0.5, rng=rng), Dense(128, CLASSES, rng=rng),
    ])


def vgg_like(rng):
    """Two blocks like VGG's, for colour images. Nearly all of the work is in three convolutions of 64 to 128 channels."""
    return Sequential([
        Conv2D(3, 64, kernel_size=3, padding=1, rng=rng), ReLU(),
        Conv2D(64, 64, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2),         # (N, 16, 16, 64)
        Conv2D(64, 128, kernel_size=3, padding=1, rng=rng), ReLU(),
        Conv2D(128, 128, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2),       # (N, 8, 8, 128)
        Flatten(), Dense(8 * 8 * 128, 128, rng=rng), ReLU(), Dense(128, CLASSES, rng=rng),
    ])


class Network(NamedTuple):
    """A network, the shape of one image, and the relative error that rounding may bring into a gradient."""

    make: callable
    x_shape: tuple
    gradients: float = verify.GRADIENTS


NETWORKS = {
    "LeNet-5": Network(lenet_5, (28, 28, 1)),
    "two-conv": Network(two_conv, (32, 32, 1)),
    "MNIST example": Network(mnist_example, (28, 28, 1)),
    "VGG-like": Network(vgg_like, (32, 32, 3)),
}


# With batch norm and shortcuts; of the peers only PyTorch has a translation of these. Batch norm puts the inputs of each
# ReLU around 0. One that float32 rounds to the other side of 0 changes the gradients by up to 3e-3: so far apart are PyTorch
# in float32 and in float64 (ResNet of width 16), and our reference in both; 2e-6 if no input changes sides. It is chance which
# package meets one. A wrong kernel is off by far more.
KINKS = 1e-2
DEEPER = {
    "ResNet, width 16": Network(lambda rng: models.resnet(width=16, rng=rng), (32, 32, 3), KINKS),
    "ResNet, width 32": Network(lambda rng: models.resnet(width=32, rng=rng), (32, 32, 3), KINKS),
    "VGG-like, batch norm": Network(lambda rng: models.vgg_like(width=64, batch_norm=True, rng=rng), (32, 32, 3), KINKS),
}


def build(name, batch, dropout=True):
    """(model, x, labels): the same weights and the same batch in every process that asks.

    If `dropout` is False, the dropout layers have the rate 0: frameworks draw different masks, but all else can be compared.
    """
    rng = np.random.default_rng(SEED)
    network = (NETWORKS | DEEPER)[name]
    model = network.make(rng)
    for layer in model.layers:
        if isinstance(layer, Dropout) and not dropout:
            layer.rate = 0.0
    x = rng.standard_normal((batch, *network.x_shape), dtype=np.float32)
    return model, x, rng.integers(0, CLASSES, batch)
