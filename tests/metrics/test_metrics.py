"""The confusion matrix counts, and accuracy follows from it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn import ShapeError
from minicnn.metrics import accuracy, confusion_matrix

pairs = st.integers(1, 300).flatmap(lambda K: st.tuples(
    st.just(K), st.lists(st.tuples(st.integers(0, K - 1), st.integers(0, K - 1)), min_size=1, max_size=30)))


@given(pairs, st.sampled_from(["int64", "int32", "uint8", "uint16", "list"]))
def test_every_row_is_counted_where_it_belongs(case, kind):
    K, rows = case
    if kind == "uint8" and K > 256:
        kind = "uint16"
    labels, predicted = ([row[k] for row in rows] for k in (0, 1))
    if kind != "list":
        labels, predicted = np.array(labels, kind), np.array(predicted, kind)
    counts = confusion_matrix(labels, predicted, K)
    expected = np.zeros((K, K), int)
    for label, prediction in rows:
        expected[label, prediction] += 1
    np.testing.assert_array_equal(counts, expected)
    assert accuracy(labels, predicted) == pytest.approx(sum(a == b for a, b in rows) / len(rows))


def test_rows_of_the_matrix_are_labels_and_columns_predictions():
    np.testing.assert_array_equal(confusion_matrix([0, 0, 1], [1, 1, 2], 3), [[0, 2, 0], [0, 0, 1], [0, 0, 0]])


@pytest.mark.parametrize("labels, predicted, expected", [
    ([1, 1], [1, 1], 1.0), ([0, 1], [1, 0], 0.0), ([0, 1, 2, 2], [0, 1, 2, 0], 0.75)])
def test_accuracy_is_the_fraction_of_rows_that_are_right(labels, predicted, expected):
    assert accuracy(labels, predicted) == expected
    assert type(accuracy(labels, predicted)) is float


@pytest.mark.parametrize("labels, predicted", [
    ([0, 1], [0]), ([0], [0, 1]), ([], []), ([[0, 1]], [[0, 1]]), ([0, 1], [[0], [1]]),
], ids=["fewer", "more", "empty", "two axes", "a column"])
@pytest.mark.parametrize("metric", [accuracy, lambda labels, predicted: confusion_matrix(labels, predicted, 2)],
                         ids=["accuracy", "confusion_matrix"])
def test_what_does_not_fit_together_is_refused(metric, labels, predicted):
    with pytest.raises(ShapeError, match=r"^\w+ expected (labels|predicted) .*, got \("):
        metric(np.array(labels, int), np.array(predicted, int))


@pytest.mark.parametrize("labels, predicted, got", [
    ([0, 3], [0, 1], "3"), ([0, 1], [3, 1], "3"), ([-1, 1], [1, 1], "-1"), ([2, 1], [-1, 1], "-1")])
def test_classes_out_of_range_are_refused_and_not_counted_elsewhere(labels, predicted, got):
    with pytest.raises(ValueError, match=rf"confusion_matrix expected .* in 0\.\.2, got {got}"):
        confusion_matrix(labels, predicted, 3)


@pytest.mark.parametrize("wrong", [[0.0, 1.0], [True, False], ["0", "1"]])
def test_classes_that_are_no_integers_are_refused(wrong):
    with pytest.raises(TypeError, match=r"confusion_matrix expected .*integer.*, got"):
        confusion_matrix(wrong, [0, 1], 2)
