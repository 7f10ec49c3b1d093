"""The answers to the paper exercises of the chapters, computed by the engine."""

import numpy as np
import pytest
from chapters import COURSE

from minicnn import ops

GIVEN = {}
exec((COURSE / "small_arrays.py").read_text(), GIVEN)
IMAGE, KERNEL, DY = (np.array(GIVEN[name], float) for name in ("image", "kernel", "dy"))


@pytest.fixture(autouse=True)
def reference():
    with ops.use("reference"):
        yield


def as_images(array):
    return array[None, :, :, None]


def as_filters(array):
    return array[:, :, None, None]


def test_chapter_3_a_dense_layer():
    x, w, dy = np.array([[2.0, 1.0]]), np.array([[1.0, 0, 2], [0, 3, 1]]), np.array([[1.0, 1, -1]])
    dx, dw, _ = ops.dense_backward(dy, x, w)
    assert ops.dense(x, w).tolist() == [[2, 3, 5]]
    assert dw.tolist() == [[2, 2, -2], [1, 1, -1]]
    assert dx.tolist() == [[-1, 2]]


def test_chapter_5_softmax():
    log_p = ops.log_softmax(np.log([[3.0, 1.0, 1.0]]))
    np.testing.assert_allclose(np.exp(log_p), [[0.6, 0.2, 0.2]])
    assert round(-log_p[0, 2], 3) == 1.609
    np.testing.assert_allclose(ops.log_softmax_backward(np.array([[0.0, 0.0, -1.0]]), log_p), [[0.6, 0.2, -0.8]])


def test_chapter_7_convolution():
    y = ops.conv2d(as_images(IMAGE), as_filters(np.array([[0.0, 1.0], [-1.0, 0.0]])))
    assert y[0, :, :, 0].tolist() == [[-1, -1, 0], [1, -1, -2], [0, 2, 0]]
    y = ops.conv2d(np.zeros((32, 28, 28, 1)), np.zeros((5, 5, 1, 16)), stride=2, padding=2)
    assert y.shape == (32, 14, 14, 16)


def test_chapter_8_im2col():
    cols = ops.im2col(as_images(IMAGE), 2, 2)
    assert cols.tolist() == [[1, 2, 3, 1], [0, 1, 1, 0], [0, 2, 2, 0], [2, 1, 1, 4]]
    assert (ops.col2im(np.ones((4, 4)), (1, 4, 4, 1), 2, 2) == 1).all()
    assert ops.im2col(np.zeros((10, 32, 32, 3), np.float32), 5, padding=2).shape == (10240, 75)


def test_chapter_9_convolution_backward():
    dx, dw, _ = ops.conv2d_backward(as_images(DY), as_images(IMAGE), as_filters(KERNEL))
    assert dw[2, 2, 0, 0] == 14
    assert dx[0, 3, 3, 0] == 3
    assert dx.sum() == DY.sum() * KERNEL.sum() == 12


def test_chapter_10_pooling():
    assert ops.avg_pool2d(as_images(IMAGE), 2)[0, :, :, 0].tolist() == [[7 / 4, 2 / 4], [4 / 4, 8 / 4]]
    assert ops.avg_pool2d_backward(as_images(DY), (1, 4, 4, 1), 3, 1)[0, 1, 1, 0] == pytest.approx(4 / 9)
    assert ops.max_pool2d(np.zeros((8, 28, 28, 16)), 3, 2, 1).shape == (8, 14, 14, 16)


def test_chapter_12_batch_norm():
    x, dy, one = np.array([[1.0], [1], [5], [5]]), np.array([[0.0], [0], [1], [1]]), np.ones(1)
    _, mean, var = ops.batch_norm(x, one, 0 * one, 1e-12)
    np.testing.assert_allclose(ops.batch_norm_backward(dy, x, one, mean, var, 1e-12)[0], 0, atol=1e-12)


def test_chapter_13_dropout():
    mask = np.array([True, False])
    np.testing.assert_allclose(ops.dropout(np.array([10.0, 20.0]), mask, 0.2), [12.5, 0])
    np.testing.assert_allclose(ops.dropout_backward(np.array([4.0, 4.0]), mask, 0.2), [5, 0])


def test_chapter_14_velocities():
    w, u, seen = np.zeros(1), np.zeros(1), []
    for _ in range(60):
        w, u = ops.sgd(w, np.full(1, 4.0), u, 0.1, momentum=0.5)
        seen.append(float(u[0]))
    assert seen[:3] == [4, 6, 7]
    assert seen[-1] == pytest.approx(8)
