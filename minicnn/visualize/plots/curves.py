"""Learning curves."""

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from . import canvas


def learning_curves(path: canvas.FilePath, history: list[dict]) -> None:
    """Loss and accuracy of each epoch, for training and for validation.

    Look for the gap. If validation gets worse while training still improves, the network memorises its training images. If
    both still improve at the end, more epochs would help. The training curves are measured during the epoch, with dropout
    and augmentation, so they may be the worse ones.

    history: a list of dicts with the keys epoch, loss, accuracy and, if there was a validation, validation_loss,
    validation_accuracy.
    """
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    for axes, what in zip(figure.subplots(1, 2), ("loss", "accuracy")):
        for key, style, colour, label in ((what, "o-", canvas.BLUE, "training"),
                                          (f"validation_{what}", "s--", canvas.ORANGE, "validation")):
            rows = [row for row in history if row.get(key) is not None]
            if rows:
                axes.plot([row["epoch"] for row in rows], [row[key] for row in rows], style, color=colour, label=label,
                          markersize=5 if len(rows) <= 40 else 0)
        axes.set(xlabel="epoch", ylabel="loss (cross-entropy)" if what == "loss" else "accuracy")
        axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True, min_n_ticks=1))
        axes.grid(alpha=0.3)
        if axes.lines:
            axes.legend()
    canvas.save(figure, path)
