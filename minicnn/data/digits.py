"""Handwritten digits without a data file: pen strokes of a random hand, drawn as 28x28 pictures.

A digit is a skeleton of strokes; a hand bends, slants and places it; a pen of radius r lights each pixel by its
distance d to the nearest stroke:

    light = clip(r + 1/2 - d, 0, 1)

which is 1 inside the stroke, 0 outside, and falls over the width of one pixel at its edge.

Only sums, products, quotients and square roots are used, which IEEE 754 rounds alike on every machine, and randomness
only as `Generator.random`, so that a seed gives the same pictures everywhere.
"""

from typing import NamedTuple

import numpy as np

from ..shapes import whole
from .datasets import DIGITS, Dataset
from .strokes import TEST_STYLES, TRAIN_STYLES, parse

SIZE = 28
PIECES = 4  # straight pieces for each span of a curve
CHUNK = 64  # pictures drawn at a time, so that their distances stay in the processor's cache


class Hand(NamedTuple):
    """The bounds within which a hand and its pen vary."""

    wobble: float = 0.035  # of each control point, in heights of the digit
    bend: float = 0.12  # of the whole skeleton, in heights
    height: tuple = (17.0, 21.0)  # in pixels
    width: tuple = (0.75, 1.15)  # 1 is the width of the style
    slant: tuple = (-0.10, 0.30)  # how far the top leans to the right, in heights
    turn: tuple = (-0.10, 0.10)  # tangent of half the angle
    place: float = 0.4  # share of the free room that is used
    radius: tuple = (0.9, 1.6)  # of the pen, in pixels
    ink: tuple = (0.75, 1.0)  # brightness of a stroke
    noise: float = 0.10  # added to each pixel, between -noise / 2 and noise / 2


TRAIN_HAND = Hand()
TEST_HAND = Hand(radius=(0.8, 0.9), noise=0.20)


def digits(train=10_000, test=2_000, seed=0):
    """Draw handwritten digits, every label equally often and in random order; a seed always gives the same ones.

    The test pictures are drawn in styles, with pens and with noise that the training pictures do not have.

    Shapes: images (N, 28, 28, 1) uint8, white on black; labels (N,) int64 in 0 ... 9; N is `train`, then `test`.
    Raises: DtypeError or ShapeError when train, test or seed is no integer or too small.
    """
    train, test = whole("digits", "train", train, minimum=1), whole("digits", "test", test, minimum=1)
    seed = whole("digits", "seed", seed, minimum=0)
    training = _split(train, TRAIN_STYLES, TRAIN_HAND, np.random.default_rng([seed, 0]))
    testing = _split(test, TEST_STYLES, TEST_HAND, np.random.default_rng([seed, 1]))
    return Dataset(*training, *testing, classes=DIGITS)


def _split(N, styles, hand, rng):
    """Draw N pictures, each label and each style of it equally often to within one."""
    labels = (np.arange(N) % 10)[np.argsort(rng.random(N), kind="stable")]
    images = np.empty((N, SIZE, SIZE, 1), np.uint8)
    for label in range(10):
        rows = np.flatnonzero(labels == label)
        for k, style in enumerate(styles[label]):
            chosen = rows[k :: len(styles[label])]
            images[chosen, :, :, 0] = _draw(len(chosen), style, hand, rng)
    return images, labels.astype(np.int64)


def _draw(n, style, hand, rng):
    """Draw n pictures (n, 28, 28) of one style."""
    points, spans = parse(style)
    radius, ink = _between(hand.radius, (n, 1, 1), rng), _between(hand.ink, (n, 1, 1), rng)
    starts, ends = _pieces(_write(n, points, hand, rng), spans)
    shift = _shift(starts, ends, radius, hand, rng)
    starts, ends = (starts + shift).astype(np.float32), (ends + shift).astype(np.float32)
    distance = np.empty((n, SIZE, SIZE), np.float32)
    for i in range(0, n, CHUNK):
        distance[i : i + CHUNK] = _distance(starts[i : i + CHUNK], ends[i : i + CHUNK])
    light = ink * np.clip(radius + 0.5 - distance, 0, 1)
    light += hand.noise * (rng.random(light.shape) - 0.5)
    return np.rint(255 * np.clip(light, 0, 1)).astype(np.uint8)


def _between(bounds, shape, rng):
    """Random numbers, uniform between two bounds."""
    low, high = bounds
    return low + (high - low) * rng.random(shape)


def _write(n, points, hand, rng):
    """Write a skeleton of control points (P, 2) n times by hand; returns points (n, P, 2) in pixels around (0, 0)."""
    points = points - 0.5 + _between((-hand.wobble, hand.wobble), (n, *points.shape), rng)
    x, y = points[..., 0], points[..., 1]
    bow, taper, squash, sag = _between((-hand.bend, hand.bend), (4, n, 1), rng)
    x, y = x + bow * (1 - 4 * y * y) + taper * 2 * x * y, y + squash * (1 - 4 * y * y) + sag * 2 * x * x
    bounds = hand.height, hand.width, hand.slant, hand.turn
    height, width, slant, t = (_between(bound, (n, 1), rng) for bound in bounds)
    x, y = height * (width * x - slant * y), height * y
    cosine, sine = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)  # of an angle whose half has the tangent t
    return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1)


def _pieces(points, spans):
    """Cut the curves through points (n, P, 2) into straight pieces; returns their starts and ends, both (n, S, 2).

    q(t) = p1 + t/2 (p2 - p0) + t^2/2 (2 p0 - 5 p1 + 4 p2 - p3) + t^3/2 (3 p1 - p0 - 3 p2 + p3), t in [0, 1]

    Source: E. Catmull, R. Rom, "A class of local interpolating splines" (1974).
    """
    p0, p1, p2, p3 = (points[:, index, None] for index in spans.T)
    t = (np.arange(PIECES + 1) / PIECES)[:, None]
    q = p1 + t / 2 * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * p1 - p0 - 3 * p2 + p3)))
    shape = len(points), len(spans) * PIECES, 2
    return q[:, :, :-1].reshape(shape), q[:, :, 1:].reshape(shape)


def _shift(starts, ends, radius, hand, rng):
    """The way (n, 1, 2) to a random place at which the whole digit is inside the picture."""
    low = np.minimum(starts, ends).min(axis=1, keepdims=True)
    high = np.maximum(starts, ends).max(axis=1, keepdims=True)
    room = np.maximum((SIZE - 1 - (high - low)) / 2 - radius, 0)
    return (SIZE - 1 - low - high) / 2 + hand.place * room * _between((-1, 1), room.shape, rng)


def _distance(starts, ends):
    """Distance (n, 28, 28) of every pixel p to the nearest of the pieces that lead from s to e.

    d = min over pieces of |p - s - t (e - s)|, where t = clip((p - s) . (e - s) / |e - s|^2, 0, 1) is the nearest point
    """
    pixel = np.arange(SIZE, dtype=np.float32)
    squared = np.full((len(starts), SIZE, SIZE), np.inf, np.float32)
    for k in range(starts.shape[1]):
        x = pixel - starts[:, k, 0, None, None]  # p - s along a row, (n, 1, 28)
        y = pixel[:, None] - starts[:, k, 1, None, None]  # and along a column, (n, 28, 1)
        run, rise = np.moveaxis(ends[:, k] - starts[:, k], 1, 0)[..., None, None]
        length = np.maximum(run * run + rise * rise, np.float32(1e-12))  # squared; two points may fall together
        t = np.clip(x * (run / length) + y * (rise / length), 0, 1)
        across, down = x - t * run, y - t * rise
        np.minimum(squared, across * across + down * down, out=squared)
    return np.sqrt(squared)
