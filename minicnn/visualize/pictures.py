"""All pictures of a trained network, written in one call."""

import os

import numpy as np

from .. import metrics
from ..layers import Layer
from . import features, plots
from .plots.canvas import FilePath

SHOWN, MEASURED = 10, 128                                          # images with saliency; images for the layers' statistics


def write_pictures(folder: FilePath, model: Layer, x: np.ndarray, images: np.ndarray, labels: np.ndarray,
                   probabilities: np.ndarray, classes, history: list[dict]) -> list[str]:
    """Write every picture of a trained network into `folder` and return the names of the files, in reading order.

    curves, confusion, calibration, mistakes, saliency, features, filters, layers: see minicnn.visualize.plots for what
    each one shows. A picture without content (no history, no filters) is left out.

    Shapes: x (N, H, W, C) as the model takes it; images (N, h, w, c) bytes to show, labels (N,), probabilities (N, K)
    or (N,), in the order of x; classes K names; history as for plots.learning_curves.
    """
    labels, written = np.asarray(labels), []
    p = metrics.as_probabilities("write_pictures", probabilities, len(classes))
    predicted = p.argmax(axis=1)

    def path(name):
        written.append(name)
        return os.path.join(folder, name)

    if history:
        plots.learning_curves(path("curves.png"), history)
    plots.confusion_matrix(path("confusion.png"), metrics.confusion_matrix(labels, predicted, len(classes)), classes)
    plots.calibration(path("calibration.png"), metrics.calibration(labels, p))
    plots.mistakes(path("mistakes.png"), images, labels, p, classes)
    rows = one_of_each(labels, SHOWN)
    gradients = features.saliency(model, x[rows], predicted[rows])
    plots.saliency(path("saliency.png"), images[rows], gradients, labels[rows], p[rows], classes)
    plots.feature_maps(path("features.png"), images[rows[0]], features.feature_maps(model, x[rows[:1]]))
    w = features.first_filters(model, x.shape[1:])
    if w is not None:
        plots.filters(path("filters.png"), w)
    plots.layer_statistics(path("layers.png"), features.layer_statistics(model, x[:MEASURED], labels[:MEASURED]))
    return written


def one_of_each(labels: np.ndarray, most: int) -> np.ndarray:
    """The rows in which each class appears first, then the rows that follow; at most `most` rows.

    Shapes: labels (N,) -> integers, at most min(most, N).
    """
    first = np.sort(np.unique(labels, return_index=True)[1])
    others = np.setdiff1d(np.arange(len(labels)), first)
    return np.concatenate([first, others])[:most]
