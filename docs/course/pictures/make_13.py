"""The pictures of chapter 13: validation losses with and without augmentation, and dropout with its mask."""

import numpy as np
from svg import Drawing

from minicnn import SGD, Dense, ReLU, Sequential, as_float, batches, digits, ops, softmax_cross_entropy

PICTURES = ("curves", "dropout")
TRAINED = ("curves",)


def losses(shift):
    """The validation loss after each of sixty epochs on 300 images, moved by up to `shift` pixels; 60 labels are wrong."""
    train_images, labels, other_images, other_labels = digits(train=300, test=500)
    x, other = as_float(train_images).reshape(300, 784), as_float(other_images).reshape(500, 784)
    labels = labels.copy()
    spoiled = np.random.default_rng(1).choice(300, 60, replace=False)
    labels[spoiled] = (labels[spoiled] + 3) % 10
    rng = np.random.default_rng(0)
    model = Sequential([Dense(784, 100, rng=rng), ReLU(), Dense(100, 10, rng=rng)])
    optimizer = SGD(model.parameters(), lr=0.3)
    for _ in range(60):
        for x_batch, labels_batch in batches(x, labels, batch_size=50, rng=rng):
            if shift:
                moves = tuple(rng.integers(-shift, shift + 1, 2))
                x_batch = np.roll(x_batch.reshape(-1, 28, 28), moves, axis=(1, 2)).reshape(-1, 784)
            _, dlogits = softmax_cross_entropy(model.forward(x_batch), labels_batch)
            model.backward(dlogits)
            optimizer.step()
        yield softmax_cross_entropy(model.predict(other), other_labels)[0]


def curves():
    """Two curves over sixty epochs."""
    d = Drawing(700, 340, "Validation loss with and without augmentation",
                "With the images as they are the validation loss falls at first and then rises. With images moved by up to two "
                "pixels it goes lower and stays there.")
    place = d.axes(70, 45, 460, 230, (1, 60), (0, 2.5), "epoch", "validation loss", (1, 20, 40, 60), (0, 0.5, 1, 1.5, 2, 2.5))
    with ops.use("reference"):
        for shift, colour, name in ((0, "orange", "as they are"), (2, "blue", "moved by up to 2")):
            points = [place(e, min(loss, 2.5)) for e, loss in enumerate(losses(shift), start=1)]
            d.line(points, colour, 2.5)
            d.text(points[-1][0] + 8, points[-1][1] + 4, name, colour, 13, "start", bold=True)
    return d.svg()


def dropout():
    """Forward above, backward below, with one mask."""
    x, mask, dy, rate = np.array([2, 4, 6, 8]), np.array([1, 0, 0, 1]), np.array([1, 2, 3, 4]), 0.5
    y, dx = x * mask / (1 - rate), dy * mask / (1 - rate)
    d = Drawing(640, 240, "Dropout, forward and backward",
                f"With rate {rate}: x is {x.tolist()}, the mask is {mask.tolist()}, y is {y.tolist()}. dy is {dy.tolist()}, "
                f"dx is {dx.tolist()}.")
    marks = {(0, k): "green" for k in np.flatnonzero(mask)}
    for top, first, name, last, result, colour in ((60, x, "x", y, "y = x * mask / (1 - rate)", "blue"),
                                                   (165, dy, "dy", dx, "dx = dy * mask / (1 - rate)", "orange")):
        d.grid([first], 20, top, 38, name)
        d.text(192, top + 25, "*", "ink", 20, bold=True)
        d.grid([mask], 212, top, 38, "mask", marks)
        d.arrow(376, top + 19, 424, top + 19, colour)
        d.grid([last], 438, top, 38, result, marks, show=lambda value: f"{value:g}")
    return d.svg()
