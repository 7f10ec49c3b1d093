"""Checks of a network and its data without training: one forward pass, one backward pass.

Every check is a function of (model, x, labels). It changes none of them and returns a Finding. x (N, ...) are floats as the
model takes them, labels (N,) integers; the model gives logits (N, K) for softmax_cross_entropy.
"""

import copy
import math

import numpy as np

from .. import ops
from ..data.sampling import stratified
from ..gradcheck import check_network
from ..layers import Dropout
from ..losses import softmax_cross_entropy
from ..training.nonfinite import first_nonfinite
from ..visualize.features import all_layers, copy_with_dx, rms
from .findings import Finding, finding, measured

MANY = 256                                                         # images: enough for a layer's statistics
BATCH = 4                                                          # images: enough for a check of derivatives


def sample_per_class(x, labels, n):
    """At most n of the rows, with the same fraction of every class."""
    rows = stratified(labels, n)
    return x[rows], np.asarray(labels)[rows]


def copy_without_dropout(model):
    """A copy in training mode whose dropout layers drop nothing: two passes over one batch then agree."""
    model = copy.deepcopy(model).train()
    for layer in all_layers(model):
        if isinstance(layer, Dropout):
            layer.rate = 0.0
    return model


def input_range(model, x, labels):
    """Do the images have the size for which weights are drawn?"""
    found = f"{x.min():.3g} to {x.max():.3g}, root mean square {rms(x):.3g}"
    differ = bool((x != x[:1]).any())
    return measured(
        "input range", found + ("" if differ else ", and all images are the same"),
        ("The pixels have the size for which initial weights are drawn.",
         "Weights are drawn for inputs near 1. With other inputs the outputs and gradients of the first layer are too large or "
         "too small by the same factor." if differ else "A network cannot tell equal images apart."),
        "Divide bytes by 255 once (as_float), or subtract the training set's mean and divide by its std."
        if differ else "Check the code that reads and preprocesses x.",
        rms(x), value={"min": float(x.min()), "max": float(x.max()), "root_mean_square": rms(x)},
        at_least="ok" if differ else "problem")


def initial_loss(model, x, labels):
    """Does the network start by guessing?  The loss is ln K if all K classes get the same probability."""
    x, labels = sample_per_class(x, labels, MANY)
    logits = copy_without_dropout(model).forward(x)
    loss, _ = softmax_cross_entropy(logits, labels)
    guess = math.log(logits.shape[1])
    above = loss > guess
    return measured(
        "initial loss", f"{loss:.3g}; guessing among {logits.shape[1]} classes gives ln {logits.shape[1]} = {guess:.3g}",
        ("The network starts close to guessing, as an untrained network should.",
         "The network is confident before it was trained, and must first unlearn its answers." if above else
         "The network already knows the answers: it was trained before, or the input contains the label."),
        "Check the input range and the scale of the initial weights, those of the last layer first." if above else
        "Use a network that was not trained, and check whether x contains the label.",
        loss - guess, value={"loss": loss, "guess": guess})


def activations(model, x, labels):
    """Does the difference between images get through all layers, without shrinking or growing too much?"""
    x, _ = sample_per_class(x, labels, MANY)
    std, ratios = _std_over_images(x), {}
    for place, _, y in copy_without_dropout(model).trace(x):
        ratios[place] = _std_over_images(y) / std if std else math.nan
    place = max(ratios, key=lambda place: abs(math.log(ratios[place])) if 0 < ratios[place] < math.inf else math.inf)
    return measured(
        "activations", f"std over the images, divided by that of x: {min(ratios.values()):.2g} to {max(ratios.values()):.2g}; "
        f"farthest from 1 in {place}",
        ("In the output of every layer the images differ about as much as in x.",
         f"The differences between images vanish or explode before {place}: the layers after it get little else."),
        "Draw weights with he_normal before ReLU and glorot_uniform before tanh, or put BatchNorm between the layers.",
        *ratios.values(), value=ratios)


def gradients(model, x, labels):
    """Does every parameter get a gradient, and are the gradients of similar size?"""
    x, labels = sample_per_class(x, labels, MANY)
    model = copy_without_dropout(model)
    _, dlogits = softmax_cross_entropy(model.forward(x), labels)
    model.backward(dlogits)
    parameters = model.parameters()
    sizes = {name: rms(p.grad) if p.grad is not None else 0.0 for name, p in parameters.items()}
    weights = {name: size for name, size in sizes.items() if parameters[name].value.ndim > 1}
    blocked = [name for name, size in weights.items() if size == 0]
    weights = weights or sizes
    largest = max(weights.values()) or math.nan
    ratios = {name: size / largest for name, size in weights.items()}
    weakest = min(ratios, key=ratios.get)
    return measured(
        "gradients", f"0 for {', '.join(blocked)}" if blocked else
        f"sizes {min(sizes.values()):.2g} to {max(sizes.values()):.2g}; the smallest of a weight, {weakest}, "
        f"is {ratios[weakest]:.2g} of the largest",
        ("Every weight gets a gradient.",
         "A layer between these weights and the loss blocks the gradient, so they will never learn." if blocked else
         f"The gradient vanishes before it reaches {weakest}, which will learn far more slowly than the others."),
        f"Check the backward of the layers after {blocked[-1]} (check_layer(layer, x_shape) tests one), and whether ReLUs "
        "there are dead." if blocked else "Use ReLU instead of sigmoid or tanh, other initial weights, BatchNorm, or Residual.",
        *ratios.values(), value=sizes, at_least="problem" if blocked else "ok")


def derivatives(model, x, labels):
    """Is backward the derivative of forward?  The answer of check_network, in float64 with the reference implementation."""
    with ops.use("reference"):
        report = check_network(copy_with_dx(model), (min(BATCH, len(x)), *x.shape[1:]))
    return finding(
        "derivatives", "ok" if report.ok else "problem",
        f"relative error {report.error:.1e} along {report.directions} random directions" if report.ok else report.culprits[0],
        ("backward computes the derivative of forward.",
         "backward does not compute the derivative of forward, so the steps of training do not lower the loss."),
        "See every wrong entry with " + next((line.partition(": ")[2] for line in report.culprits if "check_layer(" in line),
                                             "check_layer on each layer") + ".", float(report.error))


def finite(model, x, labels):
    """Is every number of the forward pass finite?  None if it is, otherwise a Finding."""
    place = first_nonfinite(model, sample_per_class(x, labels, MANY)[0] if np.isfinite(x).all() else x)
    return place and Finding("finite numbers", "problem", place, "NaN and infinity spread to everything computed after them.",
                             "Fix this place first: the other checks need finite numbers.")


def _std_over_images(y):
    """The std of each number over the images; root mean square over the numbers."""
    return math.sqrt(float(y.astype(np.float64).var(axis=0).mean()))
