"""Checks that take a few steps of the training as it is planned: this optimizer, this learning rate, dropout and all."""

import copy
import math

import numpy as np

from ..data import batches
from ..layers import ReLU
from ..losses import NonFiniteError, softmax_cross_entropy
from ..optim.optimizers import Adam
from .findings import BOUNDS, finding
from .network import MANY, calm, size, some

STEPS, BATCH = 30, 64


def steps(model, x, labels, optimizer, count=STEPS, rng=0, batch_size=BATCH):
    """Train for `count` steps, epoch after epoch; yields (loss, the values before the step) after each."""
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
    start = {name: size(p.value) for name, p in optimizer.parameters.items() if p.value.ndim > 1 and p.value.any()}
    moved, losses = {name: [] for name in start}, []
    try:
        for loss, before in steps(model, *_enough(x, labels), optimizer):
            losses.append(loss)
            for name in start:
                moved[name].append(size(optimizer.parameters[name].value - before[name]) / start[name])
    except NonFiniteError:
        losses.append(math.inf)
    ratios = {name: float(np.mean(values)) for name, values in moved.items()}
    first, last = losses[0], float(np.mean(losses[-5:]))
    fastest, slowest = max(ratios, key=ratios.get), min(ratios, key=ratios.get)
    diverges = not last < 2 * first + 1
    large = diverges or ratios[fastest] > BOUNDS["update ratios"].warning_above
    return finding(
        "update ratios", f"{ratios[slowest]:.2g} ({slowest}) to {ratios[fastest]:.2g} ({fastest}) a step at lr {lr:g}; "
        f"loss {first:.3g} -> {last:.3g} in {len(losses)} steps",
        ("Steps are small beside the weights, and large enough to get somewhere.",
         "Steps this large overwrite the weights rather than improve them." if large else
         "Steps this small take many thousands of them to change the network."),
        f"Try a learning rate of about {_better(lr, ratios, large):.0e}.",
        *ratios.values(), value={"ratios": ratios, "losses": losses}, at_least="problem" if diverges else "ok")


def dead_relus(model, x, labels, optimizer=Adam, lr=1e-3):
    """Which share of each layer's ReLUs (channels after a convolution) is 0 for every picture, now and after 30 steps?"""
    seen, _ = some(x, labels, MANY)
    now, model = _dead(model, seen), copy.deepcopy(model).train()
    try:
        for _ in steps(model, *_enough(x, labels), optimizer(model.parameters(), lr=lr)):
            pass
        later = _dead(model, seen)
    except NonFiniteError:
        later = {place: math.nan for place in now}
    worst = max(now, key=lambda place: max(now[place], later[place]), default=None)
    found = "the network has none" if worst is None else (
        f"{now[worst]:.0%} at the start, {later[worst]:.0%} after {STEPS} steps at lr {lr:g}, in {worst}, "
        f"the worst of {len(now)} layers")
    return finding(
        "dead ReLUs", found,
        ("Enough units of every layer answer to some picture.",
         f"Units that are 0 for every picture get no gradient, so most of {worst} can neither help nor recover."),
        "Check that biases start near 0 and that x is not far from 0; lower the learning rate if they die in training.",
        *now.values(), value={"start": now, "later": later},
        at_least=BOUNDS["dead ReLUs after 30 steps"].judge(*later.values()))


def _dead(model, x):
    return {place: float((y.reshape(-1, y.shape[-1]) <= 0).all(axis=0).mean())
            for place, layer, y in calm(model).trace(x) if isinstance(layer, ReLU)}


def _better(lr, ratios, large):
    """The rate at which the extreme layer would have a ratio of 0.02 (where it is too fast) or 0.002 (too slow)."""
    extreme, goal = (max, 0.02) if large else (min, 0.002)
    ratio = extreme(ratios.values())
    return lr * (goal / ratio if 0 < ratio < math.inf else 0.01)


def _enough(x, labels):
    return some(x, labels, STEPS * BATCH)
