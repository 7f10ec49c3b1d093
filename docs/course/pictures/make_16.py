"""The picture of chapter 16: a digit, the first layer's filters and feature maps, and the saliency, after a short training."""

import numpy as np
from svg import Drawing

from minicnn import (
    Adam,
    Conv2D,
    Dense,
    Flatten,
    MaxPool2D,
    ReLU,
    Sequential,
    as_float,
    batches,
    digits,
    ops,
    softmax_cross_entropy,
)

PICTURES = ("inside",)
TRAINED = ("inside",)


def trained_model(x, labels):
    """The chapter's network after three epochs."""
    rng = np.random.default_rng(0)
    model = Sequential([
        Conv2D(1, 8, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2),
        Conv2D(8, 16, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2),
        Flatten(), Dense(7 * 7 * 16, 10, rng=rng),
    ])
    optimizer = Adam(model.parameters(), lr=3e-3)
    for _ in range(3):
        for x_batch, labels_batch in batches(x, labels, batch_size=50, rng=rng):
            _, dlogits = softmax_cross_entropy(model.forward(x_batch), labels_batch)
            model.backward(dlogits)
            optimizer.step()
    return model


def inside():
    """Four columns of grey images."""
    train_images, train_labels, test_images, test_labels = digits(train=3000, test=500)
    with ops.use("reference"):
        model = trained_model(as_float(train_images), train_labels).eval(cache=True)
        image = as_float(test_images[:1])
        w, b = (parameter.value for parameter in list(model.parameters().values())[:2])
        maps = ops.relu(ops.conv2d(image, w, b, padding=1))[0]
        _, dlogits = softmax_cross_entropy(model.forward(image), test_labels[:1])
        saliency = np.abs(model.backward(dlogits))[0, :, :, 0]
    d = Drawing(760, 260, "Inside a trained CNN",
                "A test digit; the eight filters of the first layer as 3 x 3 grey squares; the eight feature maps that they "
                "make of the digit, each bright at other strokes and edges; and the absolute gradient of the loss with respect "
                "to each pixel, which is largest along and beside the strokes.")
    d.text(85, 36, "the digit", "ink", 14, bold=True)
    d.image(image[0, :, :, 0], 20, 60, 130)
    d.text(235, 36, "filters", "ink", 14, bold=True)
    d.text(440, 36, "feature maps", "ink", 14, bold=True)
    for f in range(8):
        d.image(w[:, :, 0, f], 186 + 52 * (f % 2), 50 + 48 * (f // 2), 42)
        d.image(maps[:, :, f], 316 + 64 * (f % 4), 60 + 70 * (f // 4), 58)
    d.text(675, 36, "saliency", "ink", 14, bold=True)
    d.image(saliency, 610, 60, 130)
    return d.svg()
