"""A pen that draws strokes as MNIST's images show them.

A pixel at distance d from the nearest stroke, drawn by a pen of radius r, gets the light

    light = clip((r - d) / edge + 1/2, 0, 1)

which is 1 inside the stroke, 0 outside, and falls from 1 to 0 over `edge` pixels, as in a scanned and reduced image.

MNIST scaled every digit into a box of 20x20 pixels, keeping its proportions, and moved its centre of mass to the centre
of 28x28 pixels. A network relies on this frame, so the drawn digits have the same one.

Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
"""

from typing import NamedTuple

import numpy as np

SIZE, BOX = 28, 20  # pixels: the side of an image, and of the box that a digit fills
PIECES = 4  # straight pieces for each span of a curve
CHUNK = 64  # images drawn at a time, so that their distances stay in the processor's cache


class Pen(NamedTuple):
    """The bounds within which pens differ. Unit: pixels, unless another one is named."""

    radius: tuple = (0.75, 2.2)  # half the width of a stroke
    pressure: float = 0.25  # fraction by which the radius changes along a digit
    edge: tuple = (0.9, 1.3)  # width of the edge of a stroke


class Path(NamedTuple):
    """Straight pieces of strokes in the order in which they are written, both (n, S, 2) for n images of S pieces."""

    starts: np.ndarray
    ends: np.ndarray


def between(bounds, shape, rng):
    """Random numbers, uniform between two bounds."""
    low, high = bounds
    return low + (high - low) * rng.random(shape)


def pieces(points, spans, tremor, rng):
    """Cut the curves through points (n, P, 2) into a Path of straight pieces, with a tremor between the points.

    q(t) = p1 + t/2 (p2 - p0) + t^2/2 (2 p0 - 5 p1 + 4 p2 - p3) + t^3/2 (3 p1 - p0 - 3 p2 + p3), t in [0, 1]

    Source: E. Catmull, R. Rom, "A class of local interpolating splines" (1974).
    """
    p0, p1, p2, p3 = (points[:, index, None] for index in spans.T)
    t = (np.arange(PIECES + 1) / PIECES)[:, None]
    q = p1 + t / 2 * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * p1 - p0 - 3 * p2 + p3)))
    inner = q[:, :, 1:-1]  # the ends of a span stay, so that spans and strokes stay joined
    inner += between((-tremor, tremor), inner.shape, rng)
    shape = len(points), len(spans) * PIECES, 2
    return Path(q[:, :, :-1].reshape(shape), q[:, :, 1:].reshape(shape))


def draw(path, pen, rng):
    """Draw one image for each of the n digits of a path: (n, 28, 28) uint8, white on black."""
    n, S, _ = path.starts.shape
    thickness = rng.random((n, 1, 1))
    radius = pen.radius[0] + (pen.radius[1] - pen.radius[0]) * thickness * thickness  # squared: most pens are thin
    edge = between(pen.edge, (n, 1, 1), rng)
    pressure = _pressure(n, S, pen.pressure, rng)
    path = _fit(path, radius)
    box = np.empty((n, BOX, BOX), np.uint8)
    for i in range(0, n, CHUNK):
        some = slice(i, i + CHUNK)
        distance = _distance(path.starts[some], path.ends[some], pressure[some])
        light = np.clip((radius[some] - distance) / edge[some] + 0.5, 0, 1)
        box[some] = np.rint(255 * light)
    return _centre(box)


def _pressure(n, S, pressure, rng):
    """What the radius is multiplied by at each piece, (n, S): it goes smoothly through three random values around 1."""
    a, b, c = 1 + between((-pressure, pressure), (3, n, 1), rng)
    t = np.arange(S) / S
    return (1 - t) * (1 - t) * a + 2 * t * (1 - t) * b + t * t * c


def _fit(path, radius):
    """Scale and move each digit so that the longer side of its ink fills the box; the other side is in the middle.

    The unit is then a pixel, and the centre of the first pixel has the coordinates (0, 0), its edges -1/2 and 1/2. The
    upper and the left edge of the ink are at edges of pixels, as in MNIST, where the ink was cut out before it was scaled.
    """
    low = np.minimum(path.starts, path.ends).min(axis=1, keepdims=True)
    high = np.maximum(path.starts, path.ends).max(axis=1, keepdims=True)
    scale = (BOX - 2 * radius) / (high - low).max(axis=2, keepdims=True)
    size = (high - low) * scale + 2 * radius
    corner = np.floor((BOX - size) / 2 + 0.01)  # the longer side may be smaller than the box by a rounding error
    return Path(*(((p - low) * scale + radius - 0.5 + corner).astype(np.float32) for p in path))


def _distance(starts, ends, pressure):
    """Distance (n, 20, 20) of every pixel p to the nearest of the pieces that lead from s to e, in pixels.

    d = min over pieces of |p - s - t (e - s)| / pressure, where t = clip((p - s) . (e - s) / |e - s|^2, 0, 1) gives the
    nearest point of a piece. Divided by the pressure, a piece looks nearer where the pen presses: there it is wider.
    """
    pixel = np.arange(BOX, dtype=np.float32)
    squared = np.full((len(starts), BOX, BOX), np.inf, np.float32)
    thinner = (1 / (pressure * pressure)).astype(np.float32)
    for k in range(starts.shape[1]):
        x = pixel - starts[:, k, 0, None, None]  # p - s along a row, (n, 1, 20)
        y = pixel[:, None] - starts[:, k, 1, None, None]  # and along a column, (n, 20, 1)
        run, rise = np.moveaxis(ends[:, k] - starts[:, k], 1, 0)[..., None, None]
        length = np.maximum(run * run + rise * rise, np.float32(1e-12))  # squared; two points may fall together
        t = np.clip(x * (run / length) + y * (rise / length), 0, 1)
        across, down = x - t * run, y - t * rise
        np.minimum(squared, (across * across + down * down) * thinner[:, k, None, None], out=squared)
    return np.sqrt(squared)


def _centre(box):
    """Put each digit's box (n, 20, 20) into an image (n, 28, 28), its centre of mass at the centre, to a whole pixel.

    The sums are sums of integers: exact in any order, on any machine.
    """
    n, index = len(box), np.arange(BOX)
    light = box.astype(np.int64)
    mass = light.sum(axis=(1, 2))
    rows, columns = light.sum(axis=2), light.sum(axis=1)
    top, left = (_nearest(SIZE // 2 * mass - side @ index, mass) for side in (rows, columns))
    images = np.zeros((n, SIZE, SIZE), np.uint8)
    image, row, column = np.ogrid[:n, :BOX, :BOX]
    images[image, row + top[:, None, None], column + left[:, None, None]] = box
    return images


def _nearest(a, b):
    """The integer nearest to a / b, for integers a and b > 0, kept where the box is inside the image."""
    return np.clip((2 * a + b) // (2 * b), 0, SIZE - BOX)
