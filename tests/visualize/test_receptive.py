"""The receptive field against gradients: a value depends on the pixels of its field, and on no other pixel."""

import numpy as np
import pytest

from minicnn import models
from minicnn.layers import AvgPool2D, BatchNorm, Concat, Conv2D, Dense, Flatten, LeakyReLU, MaxPool2D, Residual, Sequential
from minicnn.visualize.features import feature_maps
from minicnn.visualize.receptive import receptive_field

RNG = np.random.default_rng(5)
BRANCHES = Sequential([
    Conv2D(1, 2, kernel_size=(3, 2), stride=(1, 2), padding=(1, 0), rng=RNG), LeakyReLU(0.5),
    Residual([Conv2D(2, 2, kernel_size=3, padding=1, rng=RNG), BatchNorm(2), Conv2D(2, 2, 3, padding=1, rng=RNG)]),
    Concat([[Conv2D(2, 1, kernel_size=1, rng=RNG)], [AvgPool2D(3, stride=1, padding=1), Conv2D(2, 1, 5, padding=2, rng=RNG)]]),
    MaxPool2D(2), Flatten(), Dense(2 * 5 * 4, 3, rng=RNG),
])


def changed(model, x, path, row, column):
    """The pixels whose change moves the value at (row, column), found by changing one pixel after the other."""
    def value(x):
        y = dict((name.split(" ")[0], y) for name, y in feature_maps(model, x))[path]
        return y[row, column] if y.ndim == 3 else y[row]

    before, pixels = value(x), np.zeros(x.shape[1:3], bool)
    for i, j in np.ndindex(pixels.shape):
        for step in (10, -10):                                     # a maximum may not see one of the two
            other = x.copy()
            other[0, i, j] += step
            pixels[i, j] |= bool((value(other) != before).any())
    return pixels


@pytest.mark.parametrize("path, row, column", [
    ("0", 3, 2), ("0", 0, 0), ("1", 3, 2), ("2.body.0", 2, 3), ("2.body.2", 4, 4), ("2", 4, 4), ("3.0.0", 4, 4),
    ("3.1.0", 5, 3), ("3", 5, 3), ("4", 2, 1), ("6", 1, 0)])
def test_the_field_is_what_a_value_depends_on(path, row, column):
    x = RNG.standard_normal((1, 10, 16, 1)).astype(np.float32)
    box, pixels = receptive_field(BRANCHES, path, x.shape[1:], row, column), np.zeros((10, 16), bool)
    pixels[max(box.top, 0):max(box.bottom, 0), max(box.left, 0):max(box.right, 0)] = True
    np.testing.assert_array_equal(changed(BRANCHES, x, path, row, column), pixels)


def test_known_fields():
    model = models.two_conv(rng=0)
    assert receptive_field(model, "0", (28, 28, 1), 5, 6) == (4, 7, 5, 8)
    assert receptive_field(model, "2", (28, 28, 1), 3, 3) == (5, 9, 5, 9)
    assert receptive_field(model, "5", (28, 28, 1), 0, 6) == (-3, 7, 21, 31)
