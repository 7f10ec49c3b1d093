"""All checks of a network, the quick ones first."""

import numpy as np

from ..losses import NonFiniteError, softmax_cross_entropy
from ..optim.optimizers import Adam
from ..shapes import ShapeError, check_floats, check_not_empty, message
from . import learning, network
from .findings import Finding, Findings
from .network import copy_without_dropout, finite
from .steps import dead_relus, update_ratios


def examine(model, x, labels, held_out=None, optimizer=Adam, lr=1e-3):
    """Run every check of a network on its data. The result prints itself; `.ok` says whether no finding is a problem.

        print(minicnn.doctor.examine(model, x, labels))

    The model stays as it is. `held_out` is another (x, labels) that training must not use; `optimizer(parameters, lr=lr)`
    makes the optimizer of the planned training.

    Shapes: x (N, ...) floats as the model takes them, labels (N,) integers; the model gives logits (N, K).
    Raises: ShapeError, DtypeError, ValueError if the model and its loss cannot take x and labels.
    """
    return Findings(network_checks(model, x, labels, held_out, optimizer, lr))


def network_checks(model, x, labels, held_out=None, optimizer=Adam, lr=1e-3):
    """Yield the findings of `examine`, each as soon as it is known."""
    _check(model, x, labels, *(held_out or ()))
    not_finite = finite(model, x, labels)
    if not_finite:
        yield not_finite
        return
    planned = {"optimizer": optimizer, "lr": lr}
    for check, settings in ((network.input_range, {}), (network.initial_loss, {}), (network.activations, {}),
                            (network.gradients, {}), (network.derivatives, {}), (update_ratios, planned),
                            (dead_relus, planned), (learning.overfitting, {}),
                            (learning.label_shuffle, {"held_out": held_out})):
        try:
            yield check(model, x, labels, **settings)
        except (NonFiniteError, RuntimeError, ValueError, TypeError, ArithmeticError, AttributeError) as problem:
            yield Finding(check.__name__.replace("_", " "), "problem", f"{type(problem).__name__}: {problem}",
                          "The check could not be carried out on this network.",
                          "Fix what the error names, then run the doctor again.")


def _check(model, x, labels, x_held_out=None, labels_held_out=None):
    who = "minicnn.doctor.examine"
    for name, images, targets in (("x", x, labels), ("held-out x", x_held_out, labels_held_out)):
        if images is None:
            continue
        check_floats(who, **{name: images})
        check_not_empty(who, name, images.shape)
        if np.shape(targets) != images.shape[:1]:
            raise ShapeError(message(who, f"a label for each of {len(images)} images", f"labels {np.shape(targets)}"))
        logits = copy_without_dropout(model).eval().forward(np.zeros_like(images[:1]))
        if logits.ndim == 2:
            softmax_cross_entropy(np.zeros((len(images), logits.shape[1])), targets)     # raises if a label is wrong
        else:
            softmax_cross_entropy(logits, targets[:1])                                   # raises: the shape is wrong
