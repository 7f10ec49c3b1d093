"""The confusion matrix and the calibration."""

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from . import canvas

MOST_NUMBERS, MOST_NAMES = 20, 60                                  # classes up to which numbers, and names, are written


def confusion_matrix(path: canvas.FilePath, counts: np.ndarray, classes) -> None:
    """How often each label (row) was predicted as each class (column).

    Look for dark cells outside the diagonal: these are pairs of classes that the network confuses. A dark column is a
    class that it predicts too often.

    Shapes: counts (K, K), classes K names.
    """
    counts, K = np.asarray(counts), len(classes)
    fraction = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [canvas.shorten(name, 16) for name in classes]
    side = 2.4 + 0.42 * min(K, MOST_NUMBERS)
    figure = Figure(figsize=(side + 0.9, side), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(fraction, cmap="Blues", norm=PowerNorm(0.5, 0, 1))        # a square root makes rare mistakes visible
    axes.set(xlabel="predicted", ylabel="label")
    if K <= MOST_NAMES:
        small = 9 if K <= MOST_NUMBERS else 6
        upright = max(map(len, names)) > 2
        axes.set_xticks(range(K), names, rotation=90 if upright else 0, fontsize=small)
        axes.set_yticks(range(K), names, fontsize=small)
    if K <= MOST_NUMBERS:
        for k, j in np.argwhere(counts):
            axes.text(j, k, f"{counts[k, j]:,}", ha="center", va="center", fontsize=8 if counts.max() < 10000 else 6,
                      color="white" if fraction[k, j] > 0.35 else "black")
    figure.colorbar(image, ax=axes, label="fraction of the label's images", shrink=0.8, ticks=[0, 0.05, 0.25, 0.5, 1],
                    format="{x:.0%}")
    canvas.save(figure, path)


def calibration(path: canvas.FilePath, found: dict) -> None:
    """How often the network is right, compared with its own confidence, in bins of confidence.

    Look for bars that do not reach the dashed line (the network is too confident there) or rise above it (it is better
    than its confidence says). The lower half shows how many images each bar stands for: a bar for few images means little.

    found: what metrics.calibration returns.
    """
    figure = Figure(figsize=(5, 4.6), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    bins = [bin for bin in found["bins"] if bin["rows"]]
    middle, width = [(bin["low"] + bin["high"]) / 2 for bin in bins], 0.92 / len(found["bins"])
    top.bar(middle, [bin["accuracy"] for bin in bins], width, color=canvas.BLUE, alpha=0.6, label="accuracy")
    top.plot([0, 1], [0, 1], "--", color="black", label="perfect calibration")
    top.set(ylabel="accuracy", ylim=(0, 1.02), title=f"expected calibration error {found['ece']:.1%}")
    top.legend(loc="upper left")
    bottom.bar(middle, [bin["rows"] for bin in bins], width, color=canvas.GREY)
    bottom.set(xlabel="confidence (probability of the predicted class)", ylabel="images", xlim=(0, 1))
    for axes in (top, bottom):
        axes.grid(alpha=0.3)
    canvas.save(figure, path)
