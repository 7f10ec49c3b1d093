"""Resampling, judged by SciPy: the definition itself has to mean what others mean."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from minicnn import DtypeError, ShapeError, ops
from minicnn.ops import fast
from minicnn.ops.backend import IMPLEMENTATIONS

IDENTITY = np.array([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])


def turned(degrees, zoom, center):
    """The map that turns and scales around a place."""
    a = np.radians(degrees)
    linear = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) / zoom
    return np.concatenate([linear, (np.array(center) - linear @ center)[:, None]], axis=1)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from(IMPLEMENTATIONS), st.sampled_from([("float64", 1e-12), ("float32", 1e-5)]))
def test_every_implementation_is_scipys_affine_transform(seed, implementation, kind):
    rng = np.random.default_rng(seed)
    (dtype, tolerance), (H, W) = kind, rng.integers(1, 9, 2)
    x = rng.random((2, H, W, 3)).astype(dtype)
    matrices = np.stack([turned(rng.uniform(-180, 180), rng.uniform(0.3, 3), rng.uniform(0, 8, 2)) for _ in x]).astype(dtype)
    with ops.use(implementation):
        y = ops.affine(x, matrices, 0.5)
    for n, m in enumerate(matrices.astype(np.float64)):
        for c in range(3):
            expected = ndimage.affine_transform(x[n, :, :, c].astype(np.float64), m[:, :2], m[:, 2], order=1,
                                                mode="grid-constant", cval=0.5)
            np.testing.assert_allclose(y[n, :, :, c], expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize("C", [1, 3])
def test_a_map_that_meets_pixels_copies_them(implementation, C):
    x = np.random.default_rng(0).standard_normal((1, 5, 7, C)).astype(np.float32)
    flip = np.array([[[1, 0, 0], [0, -1, 6]]], np.float32)
    shift = np.array([[[1, 0, 2], [0, 1, -3]]], np.float32)        # shows what lies 2 rows below and 3 columns to the left
    with ops.use(implementation):
        np.testing.assert_array_equal(ops.affine(x, IDENTITY.astype(np.float32)), x)
        np.testing.assert_array_equal(ops.affine(x, flip), x[:, :, ::-1])
        y = ops.affine(x, shift, 9.0)
    np.testing.assert_array_equal(y[:, :3, 3:], x[:, 2:, :4])
    assert (y[:, 3:] == 9).all() and (y[:, :, :3] == 9).all()


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e30, -1e30])
def test_a_place_that_is_nowhere_is_outside(implementation, bad):
    matrices = IDENTITY.copy()
    matrices[0, 0, 2] = bad
    with ops.use(implementation), np.errstate(all="ignore"):
        assert (ops.affine(np.ones((1, 3, 4, 1)), matrices, 0.25) == 0.25).all()


def test_the_bits_do_not_depend_on_the_batch():
    rng = np.random.default_rng(0)
    x = rng.random((9, 13, 11, 1), dtype=np.float32)
    matrices = np.stack([turned(a, 1.1, (6, 5)) for a in range(0, 90, 10)]).astype(np.float32)
    alone = [fast.affine(x[n:n + 1], matrices[n:n + 1])[0] for n in range(9)]
    np.testing.assert_array_equal(fast.affine(x, matrices), np.stack(alone))


def test_what_affine_refuses():
    x = np.ones((2, 4, 4, 1), np.float32)
    with pytest.raises(ShapeError, match=r"affine expected matrices \(2, 2, 3\), got \(1, 2, 3\); one matrix per image"):
        ops.affine(x, IDENTITY)
    with pytest.raises(DtypeError, match="affine expected x of float32 or float64, got uint8"):
        ops.affine(x.astype(np.uint8), IDENTITY)
    with pytest.raises(DtypeError, match="affine expected fill to be a number, got None"):
        ops.affine(x[:1], IDENTITY, None)
