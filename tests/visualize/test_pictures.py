"""The arrays that write_pictures gives to each plot. test_plots.py tests what the plots draw."""

import numpy as np
import pytest

from minicnn import Dense, Flatten, MaxPool2D, Sequential, metrics
from minicnn.models import lenet5
from minicnn.visualize import features, pictures, plots


@pytest.fixture
def drawn(monkeypatch):
    """Name of each plot -> what it was called with, in place of drawing."""
    calls = {}
    for name in ("learning_curves", "confusion_matrix", "calibration", "mistakes", "saliency", "feature_maps", "filters",
                 "layer_statistics"):
        monkeypatch.setattr(plots, name, lambda path, *what, name=name: calls.__setitem__(name, what))
    return calls


def data(K, N=12):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (N, 16, 16, 1)).astype(np.uint8)
    return (images / 255).astype(np.float32), images, rng.integers(0, K, N)


def test_saliency_asks_for_what_was_predicted_and_rows_stay_together(drawn):
    x, images, labels = data(3)
    model = lenet5((16, 16, 1), 3, np.random.default_rng(1))
    p = metrics.softmax(model.predict(x))
    pictures.write_pictures("nowhere", model, x, images, labels, p, "abc", [{"epoch": 1}])
    rows, predicted = pictures.one_of_each(labels, pictures.SHOWN), p.argmax(axis=1)
    shown, gradients, its_labels, its_p, _ = drawn["saliency"]
    assert (predicted != labels).any()
    np.testing.assert_array_equal(shown, images[rows])
    np.testing.assert_array_equal(gradients, features.saliency(model, x[rows], predicted[rows]))
    np.testing.assert_array_equal(its_labels, labels[rows])
    np.testing.assert_array_equal(its_p, p[rows])
    np.testing.assert_array_equal(drawn["feature_maps"][0], images[rows[0]])
    np.testing.assert_array_equal(drawn["feature_maps"][1][0][1], features.feature_maps(model, x[rows[:1]])[0][1])
    np.testing.assert_array_equal(drawn["confusion_matrix"][0], metrics.confusion_matrix(labels, predicted, 3))
    assert drawn["calibration"][0] == metrics.calibration(labels, p)
    assert drawn["layer_statistics"][0] == features.layer_statistics(model, x, labels)


def test_one_sigmoid_output_is_two_classes(drawn):
    x, images, labels = data(2)
    model = Sequential([Flatten(), Dense(256, 1, rng=0)])
    p = 1 / (1 + np.exp(-model.predict(x)[:, 0].astype(np.float64)))
    written = pictures.write_pictures("nowhere", model, x, images, labels, p, "ab", [{"epoch": 1}])
    assert len(written) == len(drawn) == 8
    np.testing.assert_array_equal(drawn["confusion_matrix"][0], metrics.confusion_matrix(labels, (p > 0.5).astype(int), 2))
    np.testing.assert_array_equal(drawn["mistakes"][2][:, 1], p)


def test_what_there_is_nothing_of_is_left_out(drawn):
    x, images, labels = data(3)
    model = Sequential([MaxPool2D(2), Flatten(), Dense(64, 3, rng=0)])
    written = pictures.write_pictures("nowhere", model, x, images, labels, metrics.softmax(model.predict(x)), "abc", [])
    assert "curves.png" not in written
    assert "filters.png" not in written
    assert len(written) == len(drawn) == 6
