"""The pictures of chapter 6: the network with its shapes, and a learning curve."""

import numpy as np
from svg import Drawing

from minicnn import digits

PICTURES = ("network", "curve")
TRAINED = ("curve",)
N, PIXELS, HIDDEN, CLASSES = 50, 28 * 28, 64, 10


def network():
    """Boxes for arrays and ops, forward above and backward below."""
    d = Drawing(760, 270, "Forward and backward through a network of two dense layers",
                f"Forward: x ({N}, {PIXELS}), dense, h ({N}, {HIDDEN}), ReLU, a ({N}, {HIDDEN}), dense, "
                f"logits ({N}, {CLASSES}), loss. Backward, from right to left: dlogits, da and dh with the shapes of logits, "
                "a and h. Each dense layer also gives dw and db.")
    arrays = [("x", (N, PIXELS)), ("h", (N, HIDDEN)), ("a", (N, HIDDEN)), ("logits", (N, CLASSES)), ("loss", ())]
    ops = ["dense", "ReLU", "dense", "softmax cross-entropy"]
    places = [62 + 159 * k for k in range(5)]
    for k, (name, shape) in enumerate(arrays):
        d.box(places[k] - 46, 50, 92, 44, "blue-cell")
        d.text(places[k], 69, name, "ink", 15, bold=True)
        d.text(places[k], 86, shape or "a number", "soft", 12)
        gradient = "dloss = 1" if name == "loss" else f"d{name}"
        if k:
            d.box(places[k] - 46, 165, 92, 44, "orange-cell")
            d.text(places[k], 184, gradient, "ink", 15, bold=True)
            d.text(places[k], 201, shape, "soft", 12) if shape else None
    for k, op in enumerate(ops):
        middle = (places[k] + places[k + 1]) / 2
        d.arrow(places[k] + 48, 72, places[k + 1] - 48, 72, "blue")
        d.text(middle, 60 if op in ("dense", "ReLU") else 40, op, "blue", 13)
        if k:
            d.arrow(places[k + 1] - 48, 187, places[k] + 48, 187, "orange")
        if op == "dense":
            x, width = (places[k], PIXELS) if k == 0 else (middle, HIDDEN)
            d.text(x, 238, f"dw{1 if k == 0 else 2} {(width, HIDDEN if k == 0 else CLASSES)}", "orange", 13, bold=True)
            d.text(x, 256, f"db{1 if k == 0 else 2} {(HIDDEN if k == 0 else CLASSES,)}", "orange", 13, bold=True)
            if k == 0:
                d.line([(places[1] - 48, 187), (x, 187)], "orange", 1.8)
            d.arrow(x, 188, x, 222, "orange")
    d.text(16, 28, "forward", "blue", 14, "start", bold=True)
    d.text(16, 150, "backward", "orange", 14, "start", bold=True)
    return d.svg()


def curve():
    """Loss and accuracies over ten epochs of the chapter's program."""
    train_images, train_labels, test_images, test_labels = digits(train=2000, test=500)
    x, x_test = train_images.reshape(2000, PIXELS) / 255, test_images.reshape(500, PIXELS) / 255
    rng = np.random.default_rng(0)
    w1, b1 = rng.standard_normal((PIXELS, HIDDEN)) * np.sqrt(2 / PIXELS), np.zeros(HIDDEN)
    w2, b2 = rng.standard_normal((HIDDEN, CLASSES)) * np.sqrt(2 / HIDDEN), np.zeros(CLASSES)
    losses, training, testing = [], [], []
    for _ in range(10):
        order, total = rng.permutation(2000), 0
        for start in range(0, 2000, N):
            rows = order[start:start + N]
            h = x[rows] @ w1 + b1
            a = np.maximum(h, 0)
            z = a @ w2 + b2
            log_p = z - z.max(axis=1, keepdims=True)
            log_p -= np.log(np.exp(log_p).sum(axis=1, keepdims=True))
            total -= log_p[np.arange(N), train_labels[rows]].mean()
            dz = (np.exp(log_p) - np.eye(CLASSES)[train_labels[rows]]) / N
            dh = (dz @ w2.T) * (h > 0)
            for p, g in ((w1, x[rows].T @ dh), (b1, dh.sum(axis=0)), (w2, a.T @ dz), (b2, dz.sum(axis=0))):
                p -= 0.3 * g
        losses.append(total / (2000 / N))
        for found, images, labels in ((training, x, train_labels), (testing, x_test, test_labels)):
            found.append(100 * ((np.maximum(images @ w1 + b1, 0) @ w2 + b2).argmax(axis=1) == labels).mean())
    d = Drawing(740, 320, "A learning curve over ten epochs",
                "Left: the mean training loss falls in every epoch. Right: the accuracy on the training images rises, "
                "that on the test images stays clearly below it.")
    epochs = range(1, 11)
    left = d.axes(60, 45, 270, 210, (1, 10), (0, 1.5), "epoch", "mean training loss", (1, 5, 10), (0, 0.5, 1, 1.5))
    right = d.axes(430, 45, 270, 210, (1, 10), (50, 100), "epoch", "accuracy in percent", (1, 5, 10), (50, 60, 70, 80, 90, 100))
    d.line([left(e, min(v, 1.5)) for e, v in zip(epochs, losses)], "blue", 2.5)
    for values, colour, name, shift in ((training, "blue", "training images", 18), (testing, "orange", "test images", 26)):
        d.line([right(e, max(v, 50)) for e, v in zip(epochs, values)], colour, 2.5)
        place = right(8, values[7])
        d.text(place[0], place[1] + shift, name, colour, 13, bold=True, on_lines=True)
    return d.svg()
