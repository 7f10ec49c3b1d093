"""Winograd's convolution for numbers of any size: the bound of kernels/winograd_range.py, and who may change whose result."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn.ops import fast, reference

EPS, K = 2.0**-24, 32


def normal(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def windows_of(x):
    """The largest |x| that each pixel of a 3x3 convolution with padding 1 sees."""
    sizes = np.pad(np.abs(x).max(axis=-1), ((0, 0), (1, 1), (1, 1)))
    H, W = x.shape[1:3]
    return np.max([sizes[:, u:u + H, v:v + W] for u in range(3) for v in range(3)], axis=0)


def spiky(seed, shape, spikes):
    """Normal numbers, some pixels of which are larger or smaller by up to 20 orders of magnitude, some zero."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape)
    for _ in range(spikes):
        x[tuple(rng.integers(shape[:3]))] *= rng.choice([0, 10.0**rng.uniform(-10, 10)])
    return (x * 10.0**rng.uniform(-10, 10)).astype(np.float32)


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(0, 60), st.integers(4, 11), st.integers(4, 11))
def test_the_error_is_bounded_by_what_the_window_sees(seed, spikes, H, W):
    x, w = spiky(seed, (2, H, W, 16), spikes), normal(seed + 1, 3, 3, 16, 16)
    y, exact = fast.conv2d(x, w, None, 1, 1), reference.conv2d(x.astype(float), w.astype(float), None, 1, 1)
    filters = np.abs(w).max(axis=(0, 1)).sum(axis=0)
    bound = 2**8 * K * EPS * windows_of(x)[..., None] * filters + 1e-37
    assert (np.abs(y - exact) <= bound).all()


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(0, 60))
def test_weight_gradients_of_numbers_of_all_sizes(seed, spikes):
    """Beside float64, the error is small against the sum of the tiles' largest products."""
    x, dy, w = spiky(seed, (2, 9, 10, 16), spikes), spiky(seed + 1, (2, 9, 10, 16), spikes), normal(seed, 3, 3, 16, 16)
    _, dw, db = fast.conv2d_backward(dy, x, w, 1, 1)
    _, exact, exact_db = reference.conv2d_backward(dy.astype(float), x.astype(float), w.astype(float), 1, 1)
    scale = (windows_of(x) * np.abs(dy).max(axis=-1)).sum()        # the largest number that each product can be
    assert (np.abs(dw - exact) <= 2**8 * K * EPS * scale).all()
    assert (np.abs(db - exact_db) <= 1e-5 * np.abs(dy).sum(axis=(0, 1, 2))).all()


@pytest.mark.parametrize("spike", [1e6, 1e30, np.inf, np.nan])
def test_a_spike_costs_the_pixels_that_do_not_see_it_nothing(spike):
    x, w, b = normal(0, 2, 12, 13, 16), normal(1, 3, 3, 16, 32), normal(2, 32)
    x[0, 5, 6, 3] = spike
    y = fast.conv2d(x, w, b, 1, 1)
    exact = reference.conv2d(np.where(np.isfinite(x), x, 0).astype(float), w.astype(float), b.astype(float), 1, 1)
    blind = np.ones(y.shape, bool)
    blind[0, 4:7, 5:8] = False
    assert np.abs(y - exact)[blind].max() < 1e-5 * np.abs(exact[blind]).max()


def test_numbers_near_the_largest_float32_stay_finite_where_the_reference_is_finite():
    x, w = normal(0, 2, 9, 10, 16) * 1e36, normal(1, 3, 3, 16, 16) * 0.1
    dy = normal(2, 2, 9, 10, 16) * 1e-3
    for fast_one, right in ((fast.conv2d(x, w, None, 1, 1), reference.conv2d(x, w, None, 1, 1)),
                            *zip(fast.conv2d_backward(dy, x, w, 1, 1), reference.conv2d_backward(dy, x, w, 1, 1))):
        assert np.isfinite(right).all()
        np.testing.assert_allclose(fast_one, right, rtol=0, atol=1e-4 * np.abs(right).max())


def test_neighbours_in_a_batch_do_not_change_an_images_result():
    x, w = normal(0, 3, 11, 10, 32), normal(1, 3, 3, 32, 16)
    dy = normal(2, 3, 11, 10, 16)
    x[1], dy[1] = spiky(3, (1, 11, 10, 32), 50)[0], np.nan
    with np.errstate(all="ignore"):
        y, dx = fast.conv2d(x, w, None, 1, 1), fast.conv2d_backward(dy, x, w, 1, 1)[0]
        for n in (0, 2):
            np.testing.assert_array_equal(y[n:n + 1], fast.conv2d(x[n:n + 1], w, None, 1, 1))
            np.testing.assert_array_equal(dx[n:n + 1], fast.conv2d_backward(dy[n:n + 1], x[n:n + 1], w, 1, 1)[0])


def test_a_window_of_zeros_gives_exactly_the_bias():
    x, w, b = normal(0, 1, 12, 12, 16), normal(1, 3, 3, 16, 16), normal(2, 16)
    x[0, 3:9, 2:8] = 0
    y = fast.conv2d(x, w, b, 1, 1)
    np.testing.assert_array_equal(y[0, 4:8, 3:7], np.broadcast_to(b, (4, 4, 16)))
    np.testing.assert_array_equal(fast.conv2d_relu(x, w, b, 1, 1), np.maximum(y, 0))


def test_tiles_of_ordinary_numbers_are_not_computed_twice(monkeypatch):
    """The guard costs nothing in a training: of normal numbers, no tile is computed directly."""
    from minicnn.ops.fast.kernels import winograd
    monkeypatch.setattr(winograd, "direct_tiles", lambda *arguments: pytest.fail("a direct tile"))
    fast.conv2d(np.maximum(normal(0, 4, 20, 20, 32), 0), normal(1, 3, 3, 32, 32), None, 1, 1)
