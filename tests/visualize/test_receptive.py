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


def maps_of(x):
    """{path: array} of the network above."""
    return {name.split(" ")[0]: y for name, y in feature_maps(BRANCHES, x)}


@pytest.fixture(scope="module")
def changed():
    """The maps of one image, and of the images of which one pixel is changed: [(row, column, maps), ...]."""
    x, images = RNG.standard_normal((1, 10, 16, 1)).astype(np.float32), []
    for i, j in np.ndindex(x.shape[1:3]):
        for step in (10, -10):                                     # a maximum may not see one of the two
            other = x.copy()
            other[0, i, j] += step
            images.append((i, j, maps_of(other)))
    return maps_of(x), images


@pytest.mark.parametrize("path, row, column", [
    ("0", 3, 2), ("0", 0, 0), ("1", 3, 2), ("2.body.0", 2, 3), ("2.body.2", 4, 4), ("2", 4, 4), ("3.0.0", 4, 4),
    ("3.1.0", 5, 3), ("3", 5, 3), ("4", 2, 1), ("6", 1, 0)])
def test_the_field_is_what_a_value_depends_on(changed, path, row, column):
    field, pixels = np.zeros((10, 16), bool), np.zeros((10, 16), bool)
    box = receptive_field(BRANCHES, path, (10, 16, 1), row, column)
    field[max(box.top, 0):max(box.bottom, 0), max(box.left, 0):max(box.right, 0)] = True
    before, images = changed
    place = (row, column) if before[path].ndim == 3 else row
    for i, j, maps in images:
        pixels[i, j] |= bool((maps[path][place] != before[path][place]).any())
    np.testing.assert_array_equal(pixels, field)


def test_known_fields():
    model = models.two_conv(rng=0)
    assert receptive_field(model, "0", (28, 28, 1), 5, 6) == (4, 7, 5, 8)
    assert receptive_field(model, "2", (28, 28, 1), 3, 3) == (5, 9, 5, 9)
    assert receptive_field(model, "5", (28, 28, 1), 0, 6) == (-3, 7, 21, 31)
