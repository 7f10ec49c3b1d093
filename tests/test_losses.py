"""Losses: stable for any logits, and by hand where a hand can follow. (PyTorch's figures: test_definitions.py.)"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn import NonFiniteError, check_loss, sigmoid_cross_entropy, softmax_cross_entropy


def test_equal_logits_give_ln_of_the_number_of_classes():
    loss, dlogits = softmax_cross_entropy(np.zeros((2, 10), np.float32), np.array([3, 7]))
    assert loss == pytest.approx(math.log(10), rel=1e-6)
    np.testing.assert_allclose(dlogits[0], np.where(np.arange(10) == 3, -0.9, 0.1) / 2, rtol=1e-6)
    assert sigmoid_cross_entropy(np.zeros((2, 1)), np.array([0, 1]))[0] == pytest.approx(math.log(2))


@pytest.mark.parametrize("loss", [softmax_cross_entropy, sigmoid_cross_entropy])
@pytest.mark.parametrize("size", [1e4, 1e30])
def test_huge_logits_in_float32_give_a_finite_loss_and_the_exact_gradient(loss, size):
    logits = np.array([[size, -size], [size, -size]], np.float32)
    labels = np.array([0, 1]) if loss is softmax_cross_entropy else np.array([[1, 0], [0, 1]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        value, dlogits = loss(logits, labels)
    # softmax: the right row costs 0, the wrong one 2 * size; sigmoid: two right answers cost 0, two wrong ones size
    rows, expected = (2, size) if loss is softmax_cross_entropy else (4, size / 2)
    assert value == pytest.approx(expected, rel=1e-6)
    np.testing.assert_array_equal(dlogits * rows, [[0, 0], [1, -1]])
    assert dlogits.dtype == np.float32


@given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.booleans())
def test_gradients_of_softmax_sum_to_zero_in_each_row(seed, smoothing, weighted):
    rng = np.random.default_rng(seed)
    logits, labels = 10 * rng.standard_normal((4, 3)), rng.integers(0, 3, 4)
    weights = rng.uniform(0.1, 3, 3) if weighted else None
    _, dlogits = softmax_cross_entropy(logits, labels, weights, smoothing)
    np.testing.assert_allclose(dlogits.sum(axis=1), 0, atol=1e-12)


def test_class_weights_multiply_the_rows_of_their_label():
    logits, labels = np.random.default_rng(0).standard_normal((3, 2)), np.array([0, 1, 1])
    apart = [softmax_cross_entropy(logits[n:n + 1], labels[n:n + 1])[0] for n in range(3)]
    loss, _ = softmax_cross_entropy(logits, labels, class_weights=[1, 5])
    assert loss == pytest.approx((apart[0] + 5 * apart[1] + 5 * apart[2]) / 11)
    binary = [sigmoid_cross_entropy(logits[n, :1], labels[n:n + 1])[0] for n in range(3)]
    loss, _ = sigmoid_cross_entropy(logits[:, 0], labels, class_weights=[1, 5])
    assert loss == pytest.approx((binary[0] + 5 * binary[1] + 5 * binary[2]) / 11)


def test_label_smoothing_of_a_binary_label_pulls_it_towards_one_half():
    z = np.array([0.7])
    p = 1 / (1 + math.exp(-0.7))
    loss, dz = sigmoid_cross_entropy(z, np.array([1]), label_smoothing=0.2)
    assert loss == pytest.approx(-0.9 * math.log(p) - 0.1 * math.log(1 - p))
    assert dz[0] == pytest.approx(p - 0.9)


def test_a_column_of_logits_takes_a_row_of_labels():
    logits, labels = np.random.default_rng(0).standard_normal((4, 1)), np.array([0, 1, 1, 0])
    loss, dlogits = sigmoid_cross_entropy(logits, labels)
    flat, dflat = sigmoid_cross_entropy(logits[:, 0], labels)
    assert loss == flat
    np.testing.assert_array_equal(dlogits[:, 0], dflat)


def test_a_wrong_gradient_is_noticed():
    def by_column(logits, labels):
        loss, _ = softmax_cross_entropy(logits, labels, class_weights=[1, 2, 3])
        return loss, softmax_cross_entropy(logits, labels)[1] * np.array([1, 2, 3])
    logits = np.random.default_rng(0).standard_normal((4, 3))
    assert not check_loss(by_column, logits, np.array([0, 1, 2, 1])).ok


def test_the_largest_numbers_there_are_give_a_finite_loss_or_stop():
    largest = np.array([[3e38, -3e38]], np.float32)
    assert softmax_cross_entropy(largest, np.array([0]))[0] == 0
    assert softmax_cross_entropy(largest, np.array([1]))[0] == pytest.approx(6e38)
    assert sigmoid_cross_entropy(largest, np.array([[0, 0]]))[0] == pytest.approx(1.5e38)
    assert softmax_cross_entropy(np.array([[1.5e308, -1.5e308]]), np.array([0]))[0] == 0
    with pytest.raises(NonFiniteError, match="whose loss is a finite number, got inf"):
        softmax_cross_entropy(np.array([[1.5e308, -1.5e308]]), np.array([1]))


def test_a_small_loss_keeps_its_digits():
    assert sigmoid_cross_entropy(np.array([40.0]), np.array([1]))[0] == pytest.approx(math.exp(-40), rel=1e-12)


@pytest.mark.parametrize("loss, labels", [
    (softmax_cross_entropy, np.array([0, 1])), (sigmoid_cross_entropy, np.eye(2, dtype=int))])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_logits_gone_bad_stop_the_training(loss, labels, bad):
    with pytest.raises(NonFiniteError, match=r"expected finite logits, got 1 of 4 NaN or infinite, the first at \[1, 0\]"):
        loss(np.array([[0, 1], [bad, 2]]), labels)
