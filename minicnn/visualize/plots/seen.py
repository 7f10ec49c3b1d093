"""Image files, next to the input that the network got from each, and its answer."""

import numpy as np
from matplotlib.figure import Figure

from . import canvas


def what_was_seen(path: canvas.FilePath, images: list[np.ndarray], seen: list[np.ndarray], names: list[str],
                  answers: list[list[tuple[str, float]]]) -> None:
    """One row for each image: the image file, what the network saw of it, and its first answers.

    Look for what got lost: a digit that was cut off, a background that was taken for the object.

    Shapes: images and seen are lists of (h, w, c) and of (H, W, C), bytes or floats 0..1; names: a title for each;
    answers: a list of (class, probability) for each.
    """
    figure = Figure(figsize=(6.4, 1.9 * len(images)), layout="constrained")
    rows = figure.subplots(len(images), 3, squeeze=False, width_ratios=(1, 1, 1.6))
    for (left, middle, right), image, x, name, answer in zip(rows, images, seen, names, answers):
        canvas.show_image(left, image)
        canvas.show_image(middle, x)
        left.set_title(canvas.shorten(name, 24), fontsize=8)
        middle.set_title("what the network saw", fontsize=8)
        left.axis("off")
        middle.axis("off")
        classes, probabilities = [canvas.shorten(name, 16) for name, _ in answer], [p for _, p in answer]
        bars = right.barh(range(len(answer)), probabilities, color=[canvas.BLUE] + [canvas.GREY] * (len(answer) - 1))
        right.bar_label(bars, [f"{p:.1%}" for p in probabilities], padding=3, fontsize=8)
        right.set(xlim=(0, 1.25), xticks=(), yticks=range(len(answer)), yticklabels=classes)
        right.invert_yaxis()
        right.spines[["top", "right", "bottom"]].set_visible(False)
    canvas.save(figure, path)
