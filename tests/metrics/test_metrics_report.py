"""The report of a classifier against metrics computed by hand, edge cases first."""

import json
import math

import numpy as np
import pytest

from minicnn import DtypeError, ShapeError, metrics

NAMES = ["cat", "dog", "emu"]


def sure(predicted, K, confidence=0.8):
    """Probabilities that predict these classes with this confidence."""
    p = np.full((len(predicted), K), (1 - confidence) / (K - 1))
    p[np.arange(len(predicted)), predicted] = confidence
    return p


def test_metrics_computed_by_hand():
    #            cat cat cat cat dog dog emu emu emu emu
    labels = np.array([0, 0, 0, 0, 1, 1, 2, 2, 2, 2])
    predicted = np.array([0, 0, 0, 1, 1, 0, 2, 2, 1, 0])
    found = metrics.report(labels, sure(predicted, 3), NAMES)
    assert found["confusion"] == [[3, 1, 0], [1, 1, 0], [1, 1, 2]]
    assert found["accuracy"] == 0.6
    assert [row["name"] for row in found["classes"]] == NAMES
    assert [row["precision"] for row in found["classes"]] == [3 / 5, 1 / 3, 2 / 2]
    assert [row["recall"] for row in found["classes"]] == [3 / 4, 1 / 2, 2 / 4]
    assert [row["f1"] for row in found["classes"]] == [6 / 9, 2 / 5, 4 / 6]
    assert [row["support"] for row in found["classes"]] == [4, 2, 4]
    assert found["macro"] == pytest.approx(
        {"precision": 29 / 45, "recall": 7 / 12, "f1": 26 / 45, "support": 10})
    assert found["weighted"] == pytest.approx(
        {"precision": (4 * 3 / 5 + 2 / 3 + 4) / 10, "recall": 0.6, "f1": (8 / 3 + 4 / 5 + 8 / 3) / 10, "support": 10})
    assert found["loss"] == pytest.approx(-(6 * math.log(0.8) + 4 * math.log(0.1)) / 10)
    assert found["calibration"]["ece"] == pytest.approx(0.2)                   # 80% sure, 60% right
    assert "auc" not in found
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_class_never_predicted_has_precision_0_and_one_never_present_recall_0():
    found = metrics.report([0, 0, 1], sure([0, 2, 0], 4), [*NAMES, "fox"])
    assert [row["precision"] for row in found["classes"]] == [0.5, 0, 0, 0]
    assert [row["recall"] for row in found["classes"]] == [0.5, 0, 0, 0]
    assert [row["f1"] for row in found["classes"]] == [0.5, 0, 0, 0]
    assert found["macro"]["f1"] == 0.125                         # over all four classes
    assert found["weighted"]["f1"] == pytest.approx(1 / 3)
    assert found["never_predicted"] == ["dog", "fox"]
    assert found["never_present"] == ["emu", "fox"]
    text = metrics.report_text(found)
    assert "never predicted, so precision counts as 0: dog, fox" in text
    assert "never present, so recall counts as 0: emu, fox" in text


def test_one_row_and_all_rows_right():
    found = metrics.report([2], sure([2], 3, 1.0), NAMES)
    assert (found["accuracy"], found["loss"], found["calibration"]["ece"]) == (1, 0, 0)
    assert "never" in metrics.report_text(found)
    assert "never" not in metrics.report_text(metrics.report([0, 1, 2], sure([0, 1, 2], 3), NAMES))


def test_a_probability_of_0_for_the_label_gives_a_finite_loss():
    found = metrics.report([0, 1], sure([1, 1], 2, 1.0), ["a", "b"])
    assert found["loss"] == pytest.approx(-math.log(np.finfo(float).tiny) / 2)
    json.dumps(found, allow_nan=False)


def test_top_k_ranks_classes_and_in_a_tie_the_smaller_class_comes_first():
    p = np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.4, 0.4, 0.2], [0.4, 0.4, 0.2]])
    labels = np.array([1, 0, 0, 1])
    assert [metrics.top_k_accuracy(labels, p, k) for k in (1, 2, 3)] == [0.25, 0.75, 1.0]
    assert metrics.top_k_accuracy(labels, p, 1) == metrics.accuracy(labels, p.argmax(axis=1))
    assert metrics.report(labels, p, NAMES)["top_k"] == {"2": 0.75}            # of three, the best three are everything
    assert set(metrics.report([0], sure([0], 6), list("abcdef"))["top_k"]) == {"2", "3", "5"}


def test_calibration_counted_by_hand():
    p = np.array([[0.9, 0.1], [0.9, 0.1], [0.95, 0.05], [0.55, 0.45], [0.4, 0.6]])
    found = metrics.calibration(np.array([0, 1, 0, 1, 1]), p, bins=10)
    filled = {round(bin["low"], 1): (bin["rows"], bin["accuracy"]) for bin in found["bins"] if bin["rows"]}
    assert filled == {0.8: (2, 0.5), 0.9: (1, 1.0), 0.5: (2, 0.5)}             # a bin contains its upper end
    assert found["ece"] == pytest.approx((2 * 0.4 + 1 * 0.05 + 2 * 0.075) / 5)
    assert all(bin["accuracy"] is bin["confidence"] is None for bin in found["bins"] if not bin["rows"])
    assert sum(bin["rows"] for bin in metrics.calibration(np.array([0]), np.array([[1.0, 0.0]]))["bins"]) == 1


def test_two_classes_have_an_area_and_a_threshold_and_one_sigmoid_output_is_enough():
    labels, p = np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])
    for given in (p, p[:, None], np.stack([1 - p, p], axis=1), p.astype(np.float32)):
        found = metrics.report(labels, given, ["no", "yes"])
        assert found["auc"] == 0.75
        assert found["confusion"] == [[2, 0], [1, 1]]
        assert found["threshold"]["used"] == 0.5
        assert found["threshold"]["best"] == pytest.approx(0.6)              # between 0.8 and 0.4: no false alarm
        assert "ROC AUC 0.7500; threshold 0.5 used, 0.6 would separate" in metrics.report_text(found)
    assert metrics.report(labels, p, ["no", "yes"], threshold=0.3)["confusion"] == [[1, 1], [0, 2]]


def test_one_class_alone_has_no_area():
    found = metrics.report([1, 1], np.array([0.2, 0.9]), ["no", "yes"])
    assert found["auc"] is None
    assert found["threshold"] == {"used": 0.5, "best": None}
    assert "not defined" in metrics.report_text(found)
    with pytest.raises(ValueError, match=r"roc_curve expected labels 0 and 1, both present, got \[1\]"):
        metrics.roc_auc([1, 1], [0.2, 0.9])


@pytest.mark.parametrize("labels, scores, area, best", [
    ([0, 1], [0.1, 0.9], 1.0, 0.5), ([1, 0], [0.1, 0.9], 0.0, 0.1), ([0, 1, 0, 1], [0.5] * 4, 0.5, 0.5),
    ([0, 0, 1, 1, 1], [1, 2, 2, 3, 4], 5.5 / 6, 2.5)])
def test_areas_and_thresholds_computed_by_hand(labels, scores, area, best):
    assert metrics.roc_auc(labels, scores) == pytest.approx(area)
    assert metrics.best_threshold(labels, scores) == pytest.approx(best)


def test_softmax_is_exact_for_large_logits():
    p = metrics.softmax(np.array([[1e4, 0], [-1e4, -1e4], [0, math.log(3)]], np.float32))
    np.testing.assert_allclose(p, [[1, 0], [0.5, 0.5], [0.25, 0.75]], rtol=1e-6)
    assert p.dtype == np.float64


@pytest.mark.parametrize("labels, p, names, error, words", [
    ([0, 1], np.array([[2.0, -1.0], [0.0, 1.0]]), "ab", ValueError, "rows sum to 1, got row 0.*softmax"),
    ([0], np.array([[0.5, 0.4]]), "ab", ValueError, "row 0"),
    ([0], np.array([[np.nan, 1.0]]), "ab", ValueError, "row 0"),
    ([0, 1], np.array([[1.0, 0.0]]), "ab", ShapeError, r"labels \(1,\), got \(2,\)"),
    ([0], np.array([[1.0, 0.0]]), "abc", ShapeError, r"probabilities \(N, 3\), got \(1, 2\)"),
    ([0], np.array([0.7]), "abc", ShapeError, r"probabilities \(N, 3\)"),
    ([3], np.array([[1.0, 0.0]]), "ab", ValueError, r"labels in 0\.\.1, got 3"),
    ([], np.zeros((0, 2)), "ab", ShapeError, "empty"),
    ([0], np.array([[1, 0]]), "ab", DtypeError, "float"),
    ([0.0], np.array([[1.0, 0.0]]), "ab", DtypeError, "integer"),
    ([0], np.array([[1.0]]), "a", ValueError, "at least 2 classes, got 1"),
])
def test_what_does_not_fit_is_refused(labels, p, names, error, words):
    with pytest.raises(error, match=words):
        metrics.report(labels, p, names)
