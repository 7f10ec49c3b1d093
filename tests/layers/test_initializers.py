"""Initializers: fans of (KH, KW, C, F) and (D, K), and the variance they promise."""

import math

import numpy as np
import pytest

from minicnn import ShapeError
from minicnn.layers import initializers


@pytest.mark.parametrize("shape, fans", [((3, 5, 7, 11), (105, 165)), ((7, 11), (7, 11)), ((1, 1, 4, 2), (4, 2))])
def test_fans(shape, fans):
    assert initializers.fans(shape) == fans


@pytest.mark.parametrize("name, variance", [
    ("he", 2 / 450), ("glorot", 2 / (450 + 900)), ("lecun", 1 / 450)])
@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_variance_range_and_dtype(name, kind, variance):
    w = getattr(initializers, f"{name}_{kind}")((3, 3, 50, 100), np.random.default_rng(0), "float64")
    assert w.var() == pytest.approx(variance, rel=0.03)
    assert w.mean() == pytest.approx(0, abs=0.01 * math.sqrt(variance) * 3)
    assert w.dtype == np.float64
    if kind == "uniform":
        assert np.abs(w).max() <= math.sqrt(3 * variance)
        assert np.abs(w).max() > 0.99 * math.sqrt(3 * variance)


def test_signals_keep_their_size_through_relus():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 300))
    for _ in range(20):
        x = np.maximum(x @ initializers.he_normal((300, 300), rng, "float64"), 0)
    assert 0.2 < np.square(x).mean() < 5                           # 1 at the start


def test_zeros_ones_and_a_vector_without_fans():
    assert initializers.zeros((3,)).tolist() == [0, 0, 0]
    assert initializers.ones((2,), dtype="float64").dtype == np.float64
    with pytest.raises(ShapeError, match="fans expected a shape"):
        initializers.he_normal((3,), 0)
