"""Checks of a network and its data that need no training: one forward pass, one backward pass.

Every check is a function of (model, x, labels), leaves all of them as they were, and returns a Finding. x (N, ...)
floats as the model takes them, labels (N,) integers; the model gives logits (N, K) for softmax_cross_entropy.
"""

import copy
import math

import numpy as np

from .. import ops
from ..layers import Dropout
from ..losses import softmax_cross_entropy
from ..training.nonfinite import first_nonfinite
from .findings import BOUNDS, Finding, finding

MANY = 256                                                         # pictures that tell a layer's statistics well enough
DARK = 1e-6                                                        # losses are exact to 1e-16, differences over 2e-7 to 1e-9


def some(x, labels, n):
    """At most n of the rows, of every label its share, without chance."""
    order = np.argsort(labels, kind="stable")
    n = min(n, len(x))
    rows = order[(2 * np.arange(n) + 1) * len(x) // (2 * n)]
    return x[rows], np.asarray(labels)[rows]


def calm(model, dtype=None):
    """A copy in training mode without dropout, so that two passes over one batch agree; perhaps in another dtype."""
    model = copy.deepcopy(model).train()
    for layer in layers(model):
        if isinstance(layer, Dropout):
            layer.rate = 0.0
        for name, array in vars(layer).items():
            if dtype and isinstance(array, np.ndarray) and array.dtype.kind == "f":
                setattr(layer, name, array.astype(dtype))
    for parameter in model.parameters().values():
        if dtype:
            parameter.value, parameter.grad = parameter.value.astype(dtype), None
    return model


def layers(model):
    yield model
    for child in model.children().values():
        yield from layers(child)


def size(array):
    """Root mean square."""
    return math.sqrt(float(np.square(array, dtype=np.float64).mean()))


def input_range(model, x, labels):
    """Are the pictures numbers of the size for which weights are drawn?"""
    found = f"{x.min():.3g} to {x.max():.3g}, root mean square {size(x):.3g}"
    differ = bool((x != x[:1]).any())
    return finding(
        "input range", found + ("" if differ else ", and all pictures are the same"),
        ("The pixels have the size for which initial weights are drawn.",
         "Weights are drawn for inputs near 1; others make the first layer's outputs and gradients as much too large or small."
         if differ else "A network cannot tell pictures apart that do not differ."),
        "Divide bytes by 255 once (as_float), or subtract the training set's mean and divide by its deviation."
        if differ else "Look at x where it was read or prepared.",
        size(x), value={"min": float(x.min()), "max": float(x.max()), "root_mean_square": size(x)},
        at_least="ok" if differ else "problem")


def initial_loss(model, x, labels):
    """Does the network start by guessing?  loss = ln K where all K classes look alike to it."""
    logits = calm(model).forward(some(x, labels, MANY)[0])
    loss, _ = softmax_cross_entropy(logits, some(x, labels, MANY)[1])
    guess = math.log(logits.shape[1])
    above = loss > guess
    return finding(
        "initial loss", f"{loss:.3g}; guessing among {logits.shape[1]} classes gives ln {logits.shape[1]} = {guess:.3g}",
        ("The network starts close to guessing, as one that has learned nothing should.",
         "The network is sure of its answers before it has seen a picture, and must first unlearn them." if above else
         "The network knows the answers already: it was trained before, or the label can be read off the input."),
        "Look at the input range, and at the scale of the initial weights, first of all the last layer's." if above else
        "Give a freshly made network, and look for the label in x.",
        loss - guess, value={"loss": loss, "guess": guess})


def activations(model, x, labels):
    """Does the difference between pictures survive its way through the layers, neither fading nor growing?"""
    x, _ = some(x, labels, MANY)
    spread, ratios = _spread(x), {}
    for place, layer, y in calm(model).trace(x):
        ratios[place] = _spread(y) / spread if spread else math.nan
    place = max(ratios, key=lambda place: abs(math.log(ratios[place])) if 0 < ratios[place] < math.inf else math.inf)
    return finding(
        "activations", f"spread between pictures, over that of x: {_span(ratios)}; farthest from 1 in {place}",
        ("Every layer hands on what tells the pictures apart at about the size at which it came.",
         f"What tells the pictures apart fades or explodes on the way to {place}: the layers behind it see little else."),
        "Draw weights with he_normal before ReLU and glorot_uniform before tanh, or put BatchNorm between the layers.",
        *ratios.values(), value=ratios)


def gradients(model, x, labels):
    """Does the loss reach every parameter, and with a comparable force?"""
    x, labels = some(x, labels, MANY)
    model = calm(model)
    _, dlogits = softmax_cross_entropy(model.forward(x), labels)
    model.backward(dlogits)
    sizes = {name: size(p.grad) if p.grad is not None else 0.0 for name, p in model.parameters().items()}
    blocked = [name for name, g in sizes.items() if g == 0 and model.parameters()[name].value.ndim > 1]
    weights = {name: g for name, g in sizes.items() if model.parameters()[name].value.ndim > 1} or sizes
    most = max(weights.values()) or math.nan
    shares = {name: g / most for name, g in weights.items()}
    weakest = min(shares, key=shares.get)
    return finding(
        "gradients", f"none at all for {', '.join(blocked)}" if blocked else
        f"sizes {min(sizes.values()):.2g} to {max(sizes.values()):.2g}; the weakest weight's, {weakest}, "
        f"is {shares[weakest]:.2g} of the strongest's",
        ("The loss reaches every weight.",
         "A layer between these weights and the loss blocks the gradient, so they will never learn." if blocked else
         f"The gradient fades on its way to {weakest}, which will learn far more slowly than the others."),
        f"Look at the backward of the layers behind {blocked[-1]} and at its ReLUs: check_layer(layer, x_shape) tests one."
        if blocked else "Use ReLU in place of sigmoid or tanh, better scaled weights, BatchNorm, or Residual.",
        *shares.values(), value=sizes, at_least="problem" if blocked else "ok")


def derivatives(model, x, labels, rng=0, h=1e-7, tries=3):
    """Is backward the derivative of forward?  (L(w + h*d) - L(w - h*d)) / 2h = <dL/dw, d> for one d of each parameter w.

    d is a random direction and the gradient's own, added: along the latter the difference stands out from rounding. In float64
    on the reference rung. Weights are moved a little before each try, because a kink of a ReLU or of a maximum may lie in
    the way (at 0, where biases start, it does); a wrong formula is wrong at every place.
    """
    rng, (x, labels) = np.random.default_rng(rng), some(x, labels, 8)
    model, x, errors = calm(model, np.float64), x.astype(np.float64), {}
    with ops.use("reference"):
        for _ in range(tries):
            for p in model.parameters().values():
                p.value = p.value + 1e-3 * (size(p.value) or 10) * rng.standard_normal(p.shape)
            for name, error in _differences(model, x, labels, rng, h).items():
                errors[name] = min(error, errors.get(name, math.inf))
            worst = max(errors, key=errors.get)
            if errors[worst] < BOUNDS["derivatives"].warning_above:
                break
    return finding(
        "derivatives", f"relative error at the most {errors[worst]:.1e}, for {worst}",
        ("backward computes the derivative of forward.",
         f"backward does not compute the derivative of forward: what {worst} is told is not what lowers the loss."),
        f"Run check_layer on the layers from {worst} to the loss, each on its own, the last first.",
        *errors.values(), value=errors)


def _differences(model, x, labels, rng, h):
    """The relative error of each parameter's directional derivative."""
    worked, errors = copy.deepcopy(model), {}
    _, dlogits = softmax_cross_entropy(worked.forward(x), labels)
    worked.backward(dlogits)
    for name, p in worked.parameters().items():
        grad = p.grad if p.grad is not None else np.zeros(p.shape)
        d = _unit(rng.standard_normal(p.shape)) + _unit(grad)
        analytic = float((d * grad).sum())
        numeric = (_loss_at(model, x, labels, name, h * d) - _loss_at(model, x, labels, name, -h * d)) / (2 * h)
        scale = max(abs(analytic), abs(numeric))
        errors[name] = abs(analytic - numeric) / scale if scale > DARK else 0.0
    return errors


def _unit(array):
    length = math.sqrt(float(np.square(array).sum()))
    return array / length if length else array


def _loss_at(model, x, labels, name, change):
    moved = copy.deepcopy(model)
    moved.parameters()[name].value = moved.parameters()[name].value + change
    return softmax_cross_entropy(moved.forward(x), labels)[0]


def finite(model, x, labels):
    """Is every number of the forward pass finite? None where it is, a Finding where it is not."""
    place = first_nonfinite(model, some(x, labels, MANY)[0] if np.isfinite(x).all() else x)
    return place and Finding("finite numbers", "problem", place, "NaN and infinity spread to all that comes after them.",
                             "Mend the place named first; nothing else can be examined before that.")


def _spread(y):
    """Deviation of each number between pictures, root mean square over the numbers."""
    return math.sqrt(float(y.astype(np.float64).var(axis=0).mean()))


def _span(ratios):
    return f"{min(ratios.values()):.2g} to {max(ratios.values()):.2g}"
