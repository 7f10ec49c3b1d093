"""It still learns: what a training says of each bug, which is why nobody should believe a falling loss."""

import numpy as np

from .. import ops
from ..containers import Concat, Residual, Sequential
from ..data import as_float, batches, digits
from ..layers import (
    AvgPool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2D,
    LeakyReLU,
    MaxPool2D,
    ReLU,
    Sigmoid,
    Tanh,
)
from ..losses import softmax_cross_entropy
from ..optimizers import Adam
from ..shapes import NonFiniteError
from .exhibit import broken


def network(rng):
    """A small network in which every layer stands at least once, windows overlap, and paddings are there to be forgotten."""
    return Sequential([
        Conv2D(1, 8, kernel_size=3, padding=1, rng=rng), BatchNorm(8), ReLU(), MaxPool2D(3, stride=2, padding=1),    # 14 x 14
        Residual([Conv2D(8, 8, kernel_size=3, padding=1, rng=rng), LeakyReLU(0.1)]),
        AvgPool2D(3, stride=2, padding=1),                                                                           # 7 x 7
        Concat([Conv2D(8, 8, kernel_size=(3, 1), padding=(1, 0), rng=rng), Conv2D(8, 8, kernel_size=1, rng=rng)]), Tanh(),
        Concat([[Flatten(), Dropout(0.2, rng=rng), Dense(7 * 7 * 16, 32, rng=rng), Sigmoid()], GlobalAvgPool2D()]),
        Dense(48, 10, rng=rng),
    ])


def accuracy_with(exhibit=None, seed=0, epochs=4):
    """Test accuracy on the built-in digits after a short training with Adam, with the bug in place (or with none).

    NaN where the training broke down. Trains on the reference rung, which is the one that exhibits break.
    """
    train_images, train_labels, test_images, test_labels = digits(train=2000, test=500)
    rng = np.random.default_rng(seed)
    model = network(rng)
    optimizer = Adam(model.parameters(), lr=2e-3)
    with ops.use("reference") if exhibit is None else broken(exhibit):
        try:
            for _ in range(epochs):
                for x, labels in batches(as_float(train_images), train_labels, batch_size=32, rng=rng):
                    _, dlogits = softmax_cross_entropy(model.forward(x), labels)
                    model.backward(dlogits)
                    optimizer.step()
            return float((model.predict(as_float(test_images)).argmax(axis=1) == test_labels).mean())
        except (NonFiniteError, ValueError):                       # predict refuses NaN
            return float("nan")
