"""Handwritten digits without a data file: a random hand writes the strokes, and a random pen draws them as 28x28 images.

A digit is a skeleton of strokes (strokes.py). A hand moves, bends, slants and turns it (this file). A pen draws it and
frames it as MNIST does (pen.py). A network that learned only from these images therefore reads real handwriting too.

Only sums, products, quotients and square roots are used, which IEEE 754 rounds alike on every machine, and randomness
only as `Generator.random`. So a seed gives the same images everywhere.
"""

from typing import NamedTuple

import numpy as np

from ..shapes import whole
from .datasets import DIGITS, Dataset
from .pen import Pen, between, draw, pieces
from .skeletons import TRAIN_STYLES
from .strokes import TEST_STYLES, parse


class Hand(NamedTuple):
    """The bounds within which hands differ. Unit: the height of the digit, unless another one is named.

    Chosen by the accuracy on MNIST's training images: narrower bounds miss hands, wider ones make a 1 look like a 7.
    """

    wobble: float = 0.07  # how far each control point moves, along x and along y
    bend: float = 0.15  # how far each term of a smooth distortion moves the skeleton
    width: tuple = (0.65, 1.35)  # 1 is the width of the style
    slant: tuple = (-0.25, 0.6)  # how far the top leans to the right
    turn: tuple = (-0.12, 0.12)  # tangent of half the angle by which the digit is rotated: -14 to 14 degrees
    tremor: float = 0.015  # how far the points between two control points move


def digits(train=20_000, test=2_000, seed=0):
    """Draw handwritten digits, every label equally often and in random order. A seed always gives the same images.

    The test images are drawn in styles that the training images do not have, by hands and pens of the same kind.

    Shapes: images (N, 28, 28, 1) uint8, white on black; labels (N,) int64 in 0 ... 9; N is `train`, then `test`.
    Raises: DtypeError or ShapeError if train, test or seed is not an integer or is too small.
    """
    train, test = whole("digits", "train", train, minimum=1), whole("digits", "test", test, minimum=1)
    seed = whole("digits", "seed", seed, minimum=0)
    training = _split(train, TRAIN_STYLES, np.random.default_rng([seed, 0]))
    testing = _split(test, TEST_STYLES, np.random.default_rng([seed, 1]))
    return Dataset(*training, *testing, classes=DIGITS)


def _split(N, styles, rng):
    """Draw N images, each label and each style of it equally often to within one."""
    labels = (np.arange(N) % 10)[np.argsort(rng.random(N), kind="stable")]
    images = np.empty((N, 28, 28, 1), np.uint8)
    for label in range(10):
        rows = np.flatnonzero(labels == label)
        for k, style in enumerate(styles[label]):
            chosen = rows[k :: len(styles[label])]  # all images of a style are drawn at once
            points, spans = parse(style)
            path = pieces(_write(len(chosen), points, Hand(), rng), spans, Hand().tremor, rng)
            images[chosen, :, :, 0] = draw(path, Pen(), rng)
    return images, labels.astype(np.int64)


def _write(n, points, hand, rng):
    """Write a skeleton n times: its control points (P, 2) become (n, P, 2), around (0, 0), y downwards."""
    points = points - 0.5 + between((-hand.wobble, hand.wobble), (n, *points.shape), rng)
    x, y = _bend(points[..., 0], points[..., 1], hand.bend, rng)
    width, slant, t = (between(bounds, (n, 1), rng) for bounds in (hand.width, hand.slant, hand.turn))
    x = width * x - slant * y
    cosine, sine = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)  # of an angle whose half has the tangent t
    return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1)


def _bend(x, y, bend, rng):
    """Distort the plane smoothly: add a random polynomial of degree 3 to x and another one to y, both (n, P).

    In a digit of height and width 1 around (0, 0), no term is larger than 1.
    """
    terms = 1 - 4 * y * y, 2 * x * y, 2 * x * x, 4 * x * x * y, 4 * x * y * y, 4 * y * y * y
    for_x, for_y = between((-bend, bend), (2, len(terms), len(x), 1), rng)
    return x + sum(a * term for a, term in zip(for_x, terms)), y + sum(a * term for a, term in zip(for_y, terms))
