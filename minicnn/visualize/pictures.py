"""All pictures of a trained network, written in one go."""

import os

import numpy as np

from .. import metrics
from . import features as looking
from . import plots

SHOWN, MEASURED = 10, 128                                          # pictures with saliency; pictures behind the statistics


def write_pictures(folder, model, x, images, labels, probabilities, classes, history):
    """Write every picture of a trained network into `folder` and return the names of the files, in reading order.

    curves, confusion, calibration, mistakes, saliency, features, filters, layers: see minicnn.visualize.plots for what each one
    shows. A picture for which there is nothing to draw (no history, no filters) is left out.

    Shapes: x (N, H, W, C) as the model takes it; images (N, h, w, c) bytes for show, labels (N,), probabilities (N, K)
    or (N,), aligned with x; classes K names; history as for plots.learning_curves.
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
    some = one_of_each(labels, SHOWN)
    gradients = looking.saliency(model, x[some], predicted[some])
    plots.saliency(path("saliency.png"), images[some], gradients, labels[some], p[some], classes)
    plots.feature_maps(path("features.png"), images[some[0]], looking.feature_maps(model, x[some[:1]]))
    w = looking.first_filters(model, x.shape[1:])
    if w is not None:
        plots.filters(path("filters.png"), w)
    plots.layer_statistics(path("layers.png"), looking.layer_statistics(model, x[:MEASURED], labels[:MEASURED]))
    return written


def one_of_each(labels, most):
    """The rows where each class appears first, at most `most` of them; filled up with the rows that follow.

    Shapes: labels (N,) -> integers, at most min(most, N).
    """
    first = np.sort(np.unique(labels, return_index=True)[1])
    others = np.setdiff1d(np.arange(len(labels)), first)
    return np.concatenate([first, others])[:most]
