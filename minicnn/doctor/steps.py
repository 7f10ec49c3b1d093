"""Checks that take the first steps of the planned training: its optimizer, its learning rate, with dropout."""

import copy
import math

import numpy as np

from ..data import batches
from ..layers import ReLU
from ..losses import NonFiniteError, softmax_cross_entropy
from ..optim.optimizers import Adam
from ..visualize.features import rms
from .findings import BOUNDS, measured
from .network import MANY, copy_without_dropout, sample_per_class

STEPS, BATCH = 30, 64


def train_steps(model, x, labels, optimizer, count=STEPS, rng=0, batch_size=BATCH):
    """Train for `count` steps, epoch after epoch. Yields (loss, the values before the step) after each."""
    done, rng = 0, np.random.default_rng(rng)
    while done < count:
        for x_batch, labels_batch in batches(x, labels, batch_size, rng=rng):
            loss, dlogits = softmax_cross_entropy(model.forward(x_batch), labels_batch)
            model.backward(dlogits)
            before = {name: p.value for name, p in optimizer.parameters.items()}
            optimizer.step()
            yield loss, before
            done += 1
            if done == count:
                return


def update_ratios(model, x, labels, optimizer=Adam, lr=1e-3):
    """How far does a step move each layer's weights?  mean over 30 steps of |w after - w before| / |w at the start|

    `optimizer(parameters, lr=lr)` makes the optimizer.
    """
    model = copy.deepcopy(model).train()
    optimizer = optimizer(model.parameters(), lr=lr)
    start = {name: rms(p.value) for name, p in optimizer.parameters.items() if p.value.ndim > 1 and p.value.any()}
    moved, losses = {name: [] for name in start}, []
    try:
        for loss, before in train_steps(model, *sample_per_class(x, labels, STEPS * BATCH), optimizer):
            losses.append(loss)
            for name in start:
                moved[name].append(rms(optimizer.parameters[name].value - before[name]) / start[name])
    except NonFiniteError:
        losses.append(math.inf)
    ratios = {name: float(np.mean(values)) for name, values in moved.items()}
    first, last = losses[0], float(np.mean(losses[-5:]))
    fastest, slowest = max(ratios, key=ratios.get), min(ratios, key=ratios.get)
    diverges = not last < 2 * first + 1
    large = diverges or ratios[fastest] > BOUNDS["update ratios"].warning_above
    return measured(
        "update ratios", f"{ratios[slowest]:.2g} ({slowest}) to {ratios[fastest]:.2g} ({fastest}) in each step at lr {lr:g}; "
        f"loss {first:.3g} -> {last:.3g} in {len(losses)} steps",
        ("Steps are small compared with the weights, and large enough to make progress.",
         "Steps this large overwrite the weights instead of improving them." if large else
         "With steps this small, training needs many thousands of them."),
        f"Try a learning rate of about {_better_lr(lr, ratios, large):.0e}.",
        *ratios.values(), value={"ratios": ratios, "losses": losses}, at_least="problem" if diverges else "ok")


def dead_relus(model, x, labels, optimizer=Adam, lr=1e-3):
    """Which fraction of each layer's ReLUs (channels after a convolution) is 0 for every image, now and after 30 steps?"""
    images, _ = sample_per_class(x, labels, MANY)
    start, model = _dead(model, images), copy.deepcopy(model).train()
    try:
        for _ in train_steps(model, *sample_per_class(x, labels, STEPS * BATCH), optimizer(model.parameters(), lr=lr)):
            pass
        later = _dead(model, images)
    except NonFiniteError:
        later = dict.fromkeys(start, math.nan)
    most = max(start, key=lambda place: max(start[place], later[place]), default=None)
    found = "the network has no ReLUs" if most is None else (
        f"{start[most]:.0%} at the start, {later[most]:.0%} after {STEPS} steps at lr {lr:g}, in {most}, "
        f"the largest of {len(start)} layers")
    return measured(
        "dead ReLUs", found,
        ("In every layer enough units are above 0 for some image.",
         f"Units that are 0 for every image get no gradient: most units of {most} contribute nothing and cannot recover."),
        "Check that biases start near 0 and that x is not far from 0; lower the learning rate if units die during training.",
        *start.values(), value={"start": start, "later": later},
        at_least=BOUNDS["dead ReLUs after 30 steps"].status(*later.values()))


def _dead(model, x):
    return {place: float((y.reshape(-1, y.shape[-1]) <= 0).all(axis=0).mean())
            for place, layer, y in copy_without_dropout(model).trace(x) if isinstance(layer, ReLU)}


def _better_lr(lr, ratios, large):
    """The rate at which the largest ratio would be 0.02 (if steps are too large) or the smallest 0.002 (if too small)."""
    extreme, goal = (max, 0.02) if large else (min, 0.002)
    ratio = extreme(ratios.values())
    return lr * (goal / ratio if 0 < ratio < math.inf else 0.01)
