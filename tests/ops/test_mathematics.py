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


@pytest.mark.parametrize("implementation", ops.implementations())
@pytest.mark.parametrize("value", [-7.0, -np.inf])
def test_padding_never_wins_a_maximum(implementation, value):
    x = np.full((1, 2, 2, 1), value)
    with ops.use(implementation):
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
    from minicnn.gradcheck.cases import op_cases
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


def linear_ops(rng):
    """(name, function of one array, shape of that array) for every op that is linear in it."""
    x, w, b = rng.standard_normal((2, 4, 5, 3)), rng.standard_normal((3, 2, 3, 4)), None
    win = {"stride": (2, 1), "padding": (1, 0)}
    pool = {"kernel_size": (3, 2), **win}
    dy = rng.standard_normal(ops.conv2d(x, w, b, **win).shape)
    cols = ops.im2col(x, (3, 2), **win)
    keep = rng.random(x.shape) > 0.3
    pooled = ops.max_pool2d(x, **pool)
    var = rng.uniform(0.5, 2, 3)
    return [
        ("im2col", lambda z: ops.im2col(z, (3, 2), **win), x.shape),
        ("col2im", lambda z: ops.col2im(z, x.shape, (3, 2), **win), cols.shape),
        ("conv2d in x", lambda z: ops.conv2d(z, w, b, **win), x.shape),
        ("conv2d in w", lambda z: ops.conv2d(x, z, b, **win), w.shape),
        ("dx of conv2d", lambda z: ops.conv2d_backward(z, x, w, **win)[0], dy.shape),
        ("dw of conv2d", lambda z: ops.conv2d_backward(z, x, w, **win)[1], dy.shape),
        ("dense in x", lambda z: ops.dense(z, w[0, 0]), (4, 3)),
        ("avg_pool2d", lambda z: ops.avg_pool2d(z, **pool), x.shape),
        ("global_avg_pool2d", ops.global_avg_pool2d, x.shape),
        ("dropout", lambda z: ops.dropout(z, keep, 0.3), x.shape),
        ("backward of max_pool2d", lambda z: ops.max_pool2d_backward(z, x, **pool), pooled.shape),
        ("backward of avg_pool2d", lambda z: ops.avg_pool2d_backward(z, x.shape, **pool), pooled.shape),
        ("backward of relu", lambda z: ops.relu_backward(z, x), x.shape),
        ("backward of batch_norm", lambda z: ops.batch_norm_backward(z, x, var, var, var)[0], x.shape),
        ("backward of log_softmax", lambda z: ops.log_softmax_backward(z, ops.log_softmax(x)), x.shape),
    ]


@pytest.mark.parametrize("k", range(15), ids=[case[0] for case in linear_ops(np.random.default_rng(11))])
def test_linear_ops_are_linear(k):
    rng = np.random.default_rng(11)
    name, f, shape = linear_ops(rng)[k]
    p, q, a, b = rng.standard_normal(shape), rng.standard_normal(shape), 1.7, -0.3
    np.testing.assert_allclose(f(a * p + b * q), a * f(p) + b * f(q), atol=1e-11, err_msg=name)
    assert np.abs(f(p)).max() > 0


@given(windows(), seeds)
def test_average_pooling_conserves_what_lies_inside(window, seed):
    """Each window sends its dy, but for the share of its pixels that are padding."""
    x_shape, *geometry = window
    dy = np.random.default_rng(seed).standard_normal(ops.avg_pool2d(np.zeros(x_shape), *geometry).shape)
    inside = ops.avg_pool2d(np.ones(x_shape), *geometry)           # the share of each window that is no padding
    dx = ops.avg_pool2d_backward(dy, x_shape, *geometry)
    np.testing.assert_allclose(dx.sum(axis=(1, 2)), (dy * inside).sum(axis=(1, 2)), atol=1e-12)


def test_global_average_pooling_conserves_the_sum_of_the_gradient():
    dy = np.random.default_rng(4).standard_normal((3, 2))
    np.testing.assert_allclose(ops.global_avg_pool2d_backward(dy, (3, 4, 5, 2)).sum(axis=(1, 2)), dy)


@pytest.mark.parametrize("geometry", [((2, 3), 1, 0), ((3, 2), (2, 1), (1, 0)), ((2, 2), 2, "same")])
def test_a_tiny_convolution_is_one_big_matrix_and_backward_is_its_transpose(geometry):
    """The matrix has a column per input number: y of the unit pictures. So y = M x, dx = M.T dy, whatever computes them."""
    rng = np.random.default_rng(6)
    (KH, KW), stride, padding = geometry
    x, w = rng.standard_normal((1, 4, 3, 2)), rng.standard_normal((KH, KW, 2, 3))
    unit = np.eye(x.size).reshape(x.size, *x.shape[1:])
    M = ops.conv2d(unit, w, None, stride, padding).reshape(x.size, -1).T           # (numbers out, numbers in)
    y = ops.conv2d(x, w, None, stride, padding)
    np.testing.assert_allclose(M @ x.ravel(), y.ravel(), atol=1e-12)
    dy = rng.standard_normal(y.shape)
    np.testing.assert_allclose(M.T @ dy.ravel(), ops.conv2d_backward(dy, x, w, stride, padding)[0].ravel(), atol=1e-12)
    assert len(np.unique(M[np.abs(M) > 1e-12].round(12))) <= w.size                # the same few weights, again and again


def test_the_gradient_of_softmax_cross_entropy_sums_to_zero_and_ignores_a_shift():
    from minicnn import softmax_cross_entropy
    rng = np.random.default_rng(8)
    logits, labels = rng.standard_normal((4, 5)), np.array([0, 4, 2, 2])
    loss, dlogits = softmax_cross_entropy(logits, labels)
    np.testing.assert_allclose(dlogits.sum(axis=1), 0, atol=1e-15)
    shifted, dshifted = softmax_cross_entropy(logits + rng.standard_normal((4, 1)) * 100, labels)
    assert shifted == pytest.approx(loss)
    np.testing.assert_allclose(dshifted, dlogits, atol=1e-13)
