"""Pictures of a training, saved as files. Colours keep apart for colour-blind readers (Okabe, Ito)."""

import os

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"


def learning_curves(path, history):
    """Loss and accuracy over the epochs, training beside validation.

    history: a list of dicts with the keys epoch, loss, accuracy, validation_loss, validation_accuracy.
    """
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    for axes, what in zip(figure.subplots(1, 2), ("loss", "accuracy")):
        epochs = [row["epoch"] for row in history]
        axes.plot(epochs, [row[what] for row in history], "o-", color=BLUE, label="training (dropout on)")
        axes.plot(epochs, [row[f"validation_{what}"] for row in history], "s--", color=ORANGE, label="validation")
        axes.set(xlabel="epoch", ylabel=what, xticks=epochs if len(epochs) <= 20 else epochs[::len(epochs) // 10])
        axes.grid(alpha=0.3)
        axes.legend()
    _save(figure, path)


def predictions(path, images, labels, probabilities, classes, columns=8):
    """Pictures with what the network said of each: green where right; where wrong, red with the right answer.

    Shapes: images (N, H, W, C), labels (N,), probabilities (N, K).
    """
    rows = -(-len(images) // columns)
    figure = Figure(figsize=(1.35 * columns, 1.65 * rows), layout="constrained")
    for n, axes in enumerate(figure.subplots(rows, columns, squeeze=False).flat):
        axes.axis("off")
        if n >= len(images):
            continue
        best = int(probabilities[n].argmax())
        right = best == labels[n]
        axes.imshow(images[n].squeeze(), cmap="gray")
        axes.set_title(f"{classes[best]}  {probabilities[n, best]:.0%}" + ("" if right else f"\nis {classes[labels[n]]}"),
                       color=GREEN if right else RED, fontsize=9)
    _save(figure, path)


def _save(figure, path):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    FigureCanvasAgg(figure).print_figure(path, dpi=120)
