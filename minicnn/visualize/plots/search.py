"""The result of a search: the validation accuracy against each setting that was varied."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from .canvas import BLUE, GREY, ORANGE, FilePath, save, shorten


def search_results(path: FilePath, trials: list[dict], accuracies, logarithmic=(), columns: int = 3) -> None:
    """One panel for each varied setting. Each dot is a training, the best one is orange.

    Look for a trend: search further in that direction, also beyond the edge if the best dot lies there. In a panel without
    a trend the setting does not matter, or others matter more.

    `trials` is a list of settings dicts with the same names, the best one first; `accuracies` (N,) are their validation
    accuracies; the axes of the settings in `logarithmic` are logarithmic.
    """
    names, percent = list(trials[0]), 100 * np.asarray(accuracies, float)
    rows, columns = -(-len(names) // columns), min(len(names), columns)
    figure = Figure(figsize=(3.6 * columns, 3.2 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for axes, name in zip(panels.flat, names):
        x = _places(axes, [settings[name] for settings in trials], name in logarithmic)
        axes.plot(x[1:], percent[1:], "o", color=BLUE, alpha=0.6, markeredgewidth=0)
        axes.plot(x[0], percent[0], "o", color=ORANGE, markersize=9, label="best")
        axes.set_xlabel(shorten(name, 30))
        axes.grid(alpha=0.3)
    for axes in panels.flat[len(names):]:
        axes.axis("off")
    for axes in panels[:, 0]:
        axes.set_ylabel("validation accuracy, %")
    panels[0, 0].legend(loc="best", frameon=False, labelcolor=GREY)
    save(figure, path)


def _places(axes, values, logarithmic):
    """The places of values on the x axis: numbers by their size or its logarithm, words one after the other."""
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    if numbers and len(set(values)) > 1:
        if logarithmic and min(values) > 0:
            axes.set_xscale("log")
            axes.xaxis.set_minor_formatter(NullFormatter())
        if len(set(values)) <= 5:
            axes.set_xticks(sorted(set(values)), [f"{value:g}" for value in sorted(set(values))])
        return np.array(values, float)
    words = sorted(dict.fromkeys(map(str, values)))
    axes.set_xticks(range(len(words)), [shorten(word, 14) for word in words])
    axes.set_xlim(-0.5, len(words) - 0.5)
    return np.array([words.index(str(value)) for value in values], float)
