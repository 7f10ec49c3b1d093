"""Checks that train on a few images: can the network learn at all, and does it learn what the images show?"""

import copy
import hashlib
import math

import numpy as np

from ..data import split
from ..losses import NonFiniteError, softmax_cross_entropy
from ..optim.optimizers import Adam
from .findings import BOUNDS, Finding, finding, measured
from .network import copy_without_dropout, sample_per_class
from .steps import train_steps

FEW = 20                                                           # images to memorise
TRAIN, HELD_OUT, SHUFFLE_STEPS, SHUFFLE_BATCH = 400, 300, 150, 32
FEWEST = 60                                                        # with fewer images, chance looks like skill


def overfitting(model, x, labels, most=300):
    """Can the network memorise 20 images?  Adam at 1e-3, without dropout, whatever the training itself will use."""
    x, labels = sample_per_class(x, labels, FEW)
    model, loss, accuracy, step = copy_without_dropout(model), math.inf, 0.0, 0
    optimizer = Adam(model.parameters(), lr=1e-3)
    for step in range(most + 1):
        logits = model.forward(x)
        try:
            loss, dlogits = softmax_cross_entropy(logits, labels)
        except NonFiniteError:
            loss = math.inf
            break
        accuracy = float((logits.argmax(axis=1) == labels).mean())
        if accuracy == 1 and loss < BOUNDS["overfitting"].warning_above:
            break
        model.backward(dlogits)
        optimizer.step()
    return measured(
        "overfitting", f"{accuracy:.0%} of {len(x)} images right, loss {loss:.2g} after {step} steps",
        ("The network can memorise a few images: forward, loss, backward and optimizer work together.",
         "The network needs many steps to learn even a few images." if accuracy == 1 else
         "A network that cannot memorise a few images will learn nothing from many."),
        "Fix the other findings first; then look for equal images with different labels, or a layer that is too narrow.",
        loss, value={"right": accuracy, "loss": loss, "steps": step}, at_least="ok" if accuracy == 1 else "warning")


def accuracy_of(model, x, labels):
    """The fraction of labels that get the largest logit from the model in eval mode."""
    model, right = copy.deepcopy(model).eval(), 0
    for n in range(0, len(x), 256):
        right += (model.forward(x[n:n + 256]).argmax(axis=1) == labels[n:n + 256]).sum()
    return float(right / len(x))


def label_shuffle(model, x, labels, held_out=None, evaluate=accuracy_of, rng=0):
    """Does the network recognise held-out images if the labels are true, and only then?

    It is trained twice, without dropout: on the true labels, and on labels that were shuffled among the images. Equal images
    get equal shuffled labels, so an image that is in both parts is found out. `held_out` is (x, labels); without it a third
    is set apart. `evaluate(model, x, labels)` gives the accuracy: pass your own to test it.
    """
    rng = np.random.default_rng(rng)
    if len(x) < FEWEST:
        return Finding("label shuffle", "warning", f"{len(x)} images", "With so few images, chance looks like skill.",
                       f"Give {FEWEST} images or more.")
    if held_out is None:
        x, labels, *held_out = split(x, np.asarray(labels), 1 / 3, rng)
    x_test, labels_test = sample_per_class(*held_out, HELD_OUT)
    x, labels, in_both = _training_part(x, labels, x_test)
    all_labels, keys = np.concatenate([labels, labels_test]), _digests(x) + _digests(x_test)
    label_of = dict(zip(keys, rng.permutation(all_labels)))        # equal images have equal keys
    shuffled = np.array([label_of[key] for key in keys])

    with_true = _trained_accuracy(model, x, labels, x_test, labels_test, evaluate)
    with_shuffled = _trained_accuracy(model, x, shuffled[:len(x)], x_test, shuffled[len(x):], evaluate)
    guess = np.bincount(all_labels).max() / len(all_labels)
    error = math.sqrt(guess * (1 - guess) / len(x_test)) or math.inf
    skill, leak, bound = (with_true - guess) / error, (with_shuffled - guess) / error, BOUNDS["label shuffle"].problem_above
    found = (f"{with_true:.0%} of {len(x_test)} held-out images right with true labels, {with_shuffled:.0%} with shuffled "
             f"labels; guessing gives {guess:.0%}" + (f"; {in_both} training images are also held out" if in_both else ""))
    if not leak <= bound:
        status, meaning = "problem", "Shuffled labels cannot be learned, so the evaluation uses what it must not use."
        advice = "Look for images that are in both parts, and for a mistake in the code that computes the accuracy."
    elif not skill > bound:
        status = "warning" if skill > bound / 2 else "problem"
        meaning = "The network learns little or nothing about the labels from these few images."
        advice = ("Look at images together with their labels (were they shuffled apart?), fix the other findings, and give "
                  "more images if the task is hard.")
    else:
        status = "warning" if in_both else "ok"
        meaning = "Held-out images that were used in training make the accuracy too high."
        advice = "Remove the images that occur twice, then split again."
    return finding("label shuffle", status, found,
                   ("The images carry the label, and the evaluation uses nothing that it must not use.", meaning), advice,
                   {"true": with_true, "shuffled": with_shuffled, "guess": float(guess), "standard_error": error,
                    "in_both": in_both})


def _training_part(x, labels, x_test):
    """TRAIN rows to train on, first those that are also in x_test; and how many of x these are."""
    held_out = set(_digests(x_test))
    shared = np.array([key in held_out for key in _digests(x)])
    count = int(shared.sum())
    if shared.all():
        return x[:TRAIN], labels[:TRAIN], count
    rest = sample_per_class(x[~shared], labels[~shared], max(TRAIN - count, 0))
    return np.concatenate([x[shared][:TRAIN], rest[0]]), np.concatenate([labels[shared][:TRAIN], rest[1]]), count


def _trained_accuracy(model, x, labels, x_test, labels_test, evaluate):
    model = copy_without_dropout(model)
    try:
        for _ in train_steps(model, x, labels, Adam(model.parameters(), lr=1e-3), SHUFFLE_STEPS, batch_size=SHUFFLE_BATCH):
            pass
    except NonFiniteError:
        return 0.0
    return float(evaluate(model, x_test, labels_test))


def _digests(x):
    return [hashlib.blake2b(np.ascontiguousarray(image), digest_size=16).digest() for image in x]
