"""Checks that train on a few pictures: can it learn at all, and does it learn what can be seen in the pictures?"""

import copy
import hashlib
import math

import numpy as np

from ..data import split
from ..losses import NonFiniteError, softmax_cross_entropy
from ..optim.optimizers import Adam
from .findings import BOUNDS, Finding, finding, told
from .network import calm, some
from .steps import steps

FEW = 20
TRAIN, HELD_OUT, SHUFFLE_STEPS, SHUFFLE_BATCH = 400, 300, 150, 32
FEWEST = 60                                                        # pictures below which chance cannot be told from skill


def overfitting(model, x, labels, most=300):
    """Can it learn 20 pictures by heart?  Adam at 1e-3, without dropout, whatever the training itself will use."""
    x, labels = some(x, labels, FEW)
    model, loss, right, step = calm(model), math.inf, 0.0, 0
    optimizer = Adam(model.parameters(), lr=1e-3)
    for step in range(most + 1):
        logits = model.forward(x)
        try:
            loss, dlogits = softmax_cross_entropy(logits, labels)
        except NonFiniteError:
            loss = math.inf
            break
        right = float((logits.argmax(axis=1) == labels).mean())
        if right == 1 and loss < BOUNDS["overfitting"].warning_above:
            break
        model.backward(dlogits)
        optimizer.step()
    return finding(
        "overfitting", f"{right:.0%} of {len(x)} pictures right, loss {loss:.2g} after {step} steps",
        ("The network can learn a few pictures by heart: forward, loss, backward and optimizer work together.",
         "The network learns even a handful of pictures slowly." if right == 1 else
         "A network that cannot learn a handful of pictures by heart will learn nothing from many."),
        "Mend the other findings first; then look for equal pictures with different labels, or a layer too narrow.",
        loss, value={"right": right, "loss": loss, "steps": step}, at_least="ok" if right == 1 else "warning")


def predicted_right(model, x, labels):
    """The share of labels that the model, in eval mode, gives the largest logit."""
    model, right = copy.deepcopy(model).eval(), 0
    for n in range(0, len(x), 256):
        right += (model.forward(x[n:n + 256]).argmax(axis=1) == labels[n:n + 256]).sum()
    return float(right / len(x))


def label_shuffle(model, x, labels, held_out=None, evaluate=predicted_right, rng=0):
    """Are held-out pictures recognised where the labels are true, and only there?

    Trained twice, without dropout: on the true labels, and on labels that were shuffled among the pictures. Pictures that are
    equal get equal shuffled labels, so that one which stands in both parts betrays itself. `held_out` is (x, labels);
    without it a third is set apart. `evaluate(model, x, labels)` gives the accuracy: pass your own to test it.
    """
    rng = np.random.default_rng(rng)
    if len(x) < FEWEST:
        return Finding("label shuffle", "warning", f"{len(x)} pictures", "With so few pictures, chance and skill look alike.",
                       f"Give {FEWEST} pictures or more.")
    if held_out is None:
        x, labels, *held_out = split(x, np.asarray(labels), 1 / 3, rng)
    x_test, labels_test = some(*held_out, HELD_OUT)
    keys, keys_test = _digests(x), set(_digests(x_test))
    shared = np.array([key in keys_test for key in keys])          # these come along, whatever else is left out
    rest = some(x[~shared], labels[~shared], max(TRAIN - shared.sum(), 0)) if (~shared).any() else (x[:0], labels[:0])
    x, labels = np.concatenate([x[shared][:TRAIN], rest[0]]), np.concatenate([labels[shared][:TRAIN], rest[1]])

    together, (shuffled, shuffled_test) = np.concatenate([labels, labels_test]), _shuffled(x, labels, x_test, labels_test, rng)
    true = _accuracy(model, x, labels, x_test, labels_test, evaluate)
    false = _accuracy(model, x, shuffled, x_test, shuffled_test, evaluate)
    guess = np.bincount(together).max() / len(together)
    error = math.sqrt(guess * (1 - guess) / len(x_test)) or math.inf
    skill, leak = (true - guess) / error, (false - guess) / error
    bound, both = BOUNDS["label shuffle"].problem_above, int(shared.sum())
    found = (f"{true:.0%} of {len(x_test)} held-out pictures right with true labels, {false:.0%} with shuffled ones; "
             f"guessing gives {guess:.0%}" + (f"; {both} training pictures are also held out" if both else ""))
    value = {"true": true, "shuffled": false, "guess": float(guess), "standard_error": error, "in_both": both}
    if not leak <= bound:
        status, meaning = "problem", "Shuffled labels cannot be learned: the evaluation sees what it must not, and flatters."
        advice = "Look for pictures that stand in both parts, and for a mistake in what computes the accuracy."
    elif not skill > bound:
        status = "warning" if skill > bound / 2 else "problem"
        meaning = "The network reads little or nothing off these few pictures that would tell their labels."
        advice = ("Look at pictures beside their labels (were they shuffled apart?), mend the other findings, and give "
                  "more pictures if the task is hard.")
    else:
        status, meaning = "warning" if both else "ok", "Held-out pictures that were seen in training flatter the accuracy."
        advice = "Split again after taking out what stands twice."
    well = "The pictures carry the label, and the evaluation does not see what it must not."
    return told("label shuffle", status, found, (well, meaning), advice, value)


def _accuracy(model, x, labels, x_test, labels_test, evaluate):
    model = calm(model)
    try:
        for _ in steps(model, x, labels, Adam(model.parameters(), lr=1e-3), SHUFFLE_STEPS, batch_size=SHUFFLE_BATCH):
            pass
    except NonFiniteError:
        return 0.0
    return float(evaluate(model, x_test, labels_test))


def _shuffled(x, labels, x_test, labels_test, rng):
    """Labels for both parts, drawn from all of them anew; equal pictures get equal ones."""
    keys = _digests(np.concatenate([x, x_test]))
    drawn = rng.permutation(np.concatenate([labels, labels_test]))
    of_key = dict(zip(keys, drawn))
    both = np.array([of_key[key] for key in keys])
    return both[:len(x)], both[len(x):]


def _digests(x):
    return [hashlib.blake2b(np.ascontiguousarray(picture), digest_size=16).digest() for picture in x]
