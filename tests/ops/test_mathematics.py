"""What the ops must satisfy whatever their implementation: adjoints, conservation, invariances, known figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import windows

from minicnn import ops

seeds = st.integers(0, 2**32 - 1)


@given(windows(), seeds)
def test_col2im_is_the_adjoint_of_im2col(window, seed):
    x_shape, *geometry = window
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(x_shape)
    cols = ops.im2col(x, *geometry)
    c = rng.standard_normal(cols.shape)
    assert np.vdot(cols, c) == pytest.approx(np.vdot(x, ops.col2im(c, x_shape, *geometry)), abs=1e-9)


@given(windows(), seeds)
def test_max_pooling_conserves_the_sum_of_the_gradient(window, seed):
    x_shape, *geometry = window
    rng = np.random.default_rng(seed)
    x = np.round(rng.standard_normal(x_shape))                     # ties on purpose
    y = ops.max_pool2d(x, *geometry)
    dy = rng.standard_normal(y.shape)
    dx = ops.max_pool2d_backward(dy, x, *geometry)
    np.testing.assert_allclose(dx.sum(axis=(1, 2)), dy.sum(axis=(1, 2)), atol=1e-12)


def test_a_tie_goes_to_the_first_maximum_alone():
    x = np.array([[3.0, 1, 3], [3, 3, 0]]).reshape(1, 2, 3, 1)
    dx = ops.max_pool2d_backward(np.full((1, 1, 2, 1), 5.0), x, 2, stride=1)
    assert dx.reshape(2, 3).tolist() == [[5, 0, 5], [0, 0, 0]]     # second window: (0, 2) comes before (1, 1)


@pytest.mark.parametrize("rung", ops.rungs())
@pytest.mark.parametrize("value", [-7.0, -np.inf])
def test_padding_never_wins_a_maximum(rung, value):
    x = np.full((1, 2, 2, 1), value)
    with ops.use(rung):
        assert (ops.max_pool2d(x, 2, 1, padding=1) == value).all()
        assert ops.max_pool2d_backward(np.ones((1, 3, 3, 1)), x, 2, 1, padding=1).ravel().tolist() == [4, 2, 2, 1]


def test_a_convolution_by_hand():
    x = np.arange(9.0).reshape(1, 3, 3, 1)
    w = np.array([[1.0, 0], [0, -1]]).reshape(2, 2, 1, 1)
    y = ops.conv2d(x, w, np.array([10.0]))
    assert y.reshape(2, 2).tolist() == [[6, 6], [6, 6]]            # x[i, j] - x[i+1, j+1] = -4, plus 10


@pytest.mark.parametrize("H, stride, OH", [(7, 1, 7), (7, 2, 4), (8, 3, 3), (5, 5, 1), (2, 3, 1)])
def test_same_padding_gives_ceil_of_size_over_stride_and_the_odd_row_at_the_end(H, stride, OH):
    x = np.ones((1, H, 1, 1))
    y = ops.conv2d(x, np.ones((4, 1, 1, 1)), stride=stride, padding="same")
    assert y.shape == (1, OH, 1, 1)
    if (H, stride) == (7, 1):                                      # total 3: one row above, two below
        assert y.ravel().tolist() == [3, 4, 4, 4, 4, 3, 2]


def test_a_convolution_is_equivariant_to_shifts():
    rng = np.random.default_rng(0)
    x, w = np.zeros((1, 9, 9, 2)), rng.standard_normal((3, 3, 2, 4))
    x[:, 2:5, 2:5] = rng.standard_normal((1, 3, 3, 2))
    y, shifted = ops.conv2d(x, w), ops.conv2d(np.roll(x, (2, 1), axis=(1, 2)), w)
    np.testing.assert_allclose(np.roll(y, (2, 1), axis=(1, 2)), shifted, atol=1e-12)


@pytest.mark.parametrize("shape", [(6, 3), (3, 2, 2, 3)])
def test_batch_norm_gives_mean_0_and_variance_1_and_a_gradient_orthogonal_to_ones_and_x_hat(shape):
    rng = np.random.default_rng(1)
    x, dy = 3 + 5 * rng.standard_normal(shape), rng.standard_normal(shape)
    ones, others = np.ones(3), tuple(range(len(shape) - 1))
    y, mean, var = ops.batch_norm(x, ones, 0 * ones, 1e-12)
    np.testing.assert_allclose(y.mean(axis=others), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=others), 1, rtol=1e-9)
    np.testing.assert_allclose([mean, var], [x.mean(axis=others), x.var(axis=others)])
    dx, _, _ = ops.batch_norm_backward(dy, x, ones, mean, var, 1e-12)
    np.testing.assert_allclose(dx.sum(axis=others), 0, atol=1e-10)
    np.testing.assert_allclose((dx * y).sum(axis=others), 0, atol=1e-9)


@given(seeds, st.floats(-1e4, 1e4))
def test_log_softmax_is_invariant_to_a_shift_and_finite_for_any_logits(seed, shift):
    x = 1e4 * np.random.default_rng(seed).standard_normal((3, 4))
    y = ops.log_softmax(x)
    np.testing.assert_allclose(np.exp(y).sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(ops.log_softmax(x + shift), y, atol=1e-6)
    assert np.isfinite(ops.log_softmax(x.astype(np.float32))).all()


def test_sigmoid_saturates_without_a_warning():
    x = np.array([-1e4, -100, 0, 100, 1e4], np.float32)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        y = ops.sigmoid(x)
    np.testing.assert_allclose(y, [0, 0, 0.5, 1, 1], atol=1e-30)


def test_dropout_keeps_the_mean_and_backward_uses_the_same_mask():
    rng = np.random.default_rng(2)
    keep = rng.random((200, 500)) >= 0.3
    y = ops.dropout(np.ones(keep.shape), keep, 0.3)
    assert set(np.unique(y)) == {0, 1 / 0.7}
    assert y.mean() == pytest.approx(1, abs=0.01)
    np.testing.assert_array_equal(ops.dropout_backward(np.ones(keep.shape), keep, 0.3), y)


def test_nothing_given_to_an_op_is_written_to():
    """Read-only inputs raise where an op writes; here each op meets only read-only inputs, through the gradient checks."""
    from minicnn.selfcheck import op_cases
    rng = np.random.default_rng(3)
    for name, forward, backward, inputs, _ in op_cases(rng):
        copies = {key: value.copy() for key, value in inputs.items()}
        dy = rng.standard_normal(forward(**inputs).shape)
        dy_copy = dy.copy()
        for array in (*inputs.values(), dy):
            array.flags.writeable = False
        backward(dy, **inputs)
        np.testing.assert_array_equal(dy, dy_copy, err_msg=name)
        for key, value in inputs.items():
            np.testing.assert_array_equal(value, copies[key], err_msg=name)
