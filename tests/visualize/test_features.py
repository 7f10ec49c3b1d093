"""What is computed inside a network: compared with the layers themselves and with finite differences."""

import copy

import numpy as np
import pytest

from minicnn import (
    BatchNorm,
    Concat,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPool2D,
    ReLU,
    Residual,
    Sequential,
    softmax_cross_entropy,
)
from minicnn.visualize import features
from minicnn.visualize.features import feature_maps, first_filters, layer_statistics, saliency

K = 3


@pytest.fixture
def model():
    rng = np.random.default_rng(0)
    settings = {"rng": rng, "dtype": np.float64}
    return Sequential([
        Conv2D(2, 4, kernel_size=3, padding=1, **settings), BatchNorm(4, dtype=np.float64), ReLU(), MaxPool2D(2),
        Residual([Conv2D(4, 4, kernel_size=3, padding=1, **settings), ReLU()]),
        Concat([[Conv2D(4, 2, kernel_size=1, **settings)], [MaxPool2D(3, stride=1, padding=1)]]),
        Flatten(), Dropout(0.5, rng=rng), Dense(2 * 3 * 6, K, **settings),
    ])


@pytest.fixture
def x():
    return np.random.default_rng(1).normal(size=(5, 4, 6, 2))


def test_feature_maps_are_what_each_layer_gives_named_by_its_path(model, x):
    maps = feature_maps(model, x[1:2])
    assert [name for name, _ in maps] == [
        "0 Conv2D", "1 BatchNorm", "2 ReLU", "3 MaxPool2D", "4.body.0 Conv2D", "4.body.1 ReLU", "4 Residual", "5.0.0 Conv2D",
        "5.1.0 MaxPool2D", "5 Concat", "6 Flatten", "7 Dropout", "8 Dense"]
    y = x[1:2]
    for name, layer in model.children().items():
        y = layer.eval().forward(y)
        np.testing.assert_array_equal(dict(maps)[f"{name} {type(layer).__name__}"], y[0])


def test_saliency_is_the_derivative_of_the_score(model, x):
    k = np.array([0, 1, 2, 0, 1])
    dx = saliency(model, x, k)
    assert dx.shape == x.shape
    for n, i, j, c in [(0, 0, 0, 0), (1, 3, 5, 1), (2, 1, 2, 0), (4, 2, 3, 1)]:
        step = np.zeros_like(x)
        step[n, i, j, c] = 1e-6
        change = (model.predict(x + step) - model.predict(x - step))[n, k[n]] / 2e-6
        assert dx[n, i, j, c] == pytest.approx(change, rel=1e-5, abs=1e-8)
    assert np.abs(dx).max() > 0


def test_saliency_of_a_model_whose_first_layer_computes_no_dx(model, x):
    expected = saliency(model, x, np.zeros(5, int))
    model[0].input_gradient = False
    np.testing.assert_array_equal(saliency(model, x, np.zeros(5, int)), expected)
    assert not model[0].input_gradient


def test_saliency_of_one_sigmoid_output_is_that_of_the_chosen_class(x):
    w = Dense(48, 1, rng=0, dtype=np.float64)
    model = Sequential([Flatten(), w])
    dx = saliency(model, x[:2], np.array([1, 0])).reshape(2, -1)
    np.testing.assert_array_equal(dx, [w.w.value[:, 0], -w.w.value[:, 0]])


def test_statistics_are_those_of_the_activations_and_gradients(model, x):
    labels = np.array([0, 1, 2, 0, 1])
    rows = {row["name"]: row for row in layer_statistics(model, x, labels)}
    y = x
    for name, layer in model.children().items():
        y, row = layer.eval().forward(y), rows[f"{name} {type(layer).__name__}"]
        assert row["mean"] == pytest.approx(y.mean())
        assert row["std"] == pytest.approx(y.std())
        assert (row["low"], row["high"]) == pytest.approx(tuple(np.percentile(y, (5, 95))))
        assert row["zeros"] == pytest.approx((y == 0).mean())
        assert row["dead"] == pytest.approx((y == 0).all(axis=tuple(range(y.ndim - 1))).mean())
    model.eval(cache=True)
    model.backward(softmax_cross_entropy(model.forward(x), labels)[1])
    for name, path in (("0 Conv2D", "0.w"), ("4.body.0 Conv2D", "4.body.0.w"), ("5.0.0 Conv2D", "5.0.0.w"), ("8 Dense", "8.w")):
        parameter = model.parameters()[path]
        assert rows[name]["weights"] == pytest.approx(np.sqrt((parameter.value ** 2).mean()))
        assert rows[name]["gradients"] == pytest.approx(np.sqrt((parameter.grad ** 2).mean()))
        assert rows[name]["gradients"] > 0
    assert rows["2 ReLU"]["weights"] is rows["2 ReLU"]["gradients"] is None


def test_a_dead_channel_is_counted():
    conv = Conv2D(1, 4, kernel_size=1, rng=0)
    conv.b.value = np.array([-1e3, 0, 0, 0], np.float32)
    model = Sequential([conv, ReLU(), Flatten(), Dense(4 * 9, 2, rng=0)])
    x = np.random.default_rng(0).normal(size=(8, 3, 3, 1)).astype(np.float32)
    assert layer_statistics(model, x, np.zeros(8, int))[1]["dead"] == 0.25


def test_many_numbers_are_sampled_for_percentiles(monkeypatch, model, x):
    exact = layer_statistics(model, x, np.zeros(5, int))[0]
    monkeypatch.setattr(features, "SAMPLE", 60)
    sampled = layer_statistics(model, x, np.zeros(5, int))[0]
    assert sampled["mean"] == exact["mean"]
    assert sampled["low"] != exact["low"]


def test_the_model_stays_as_it_is(model, x):
    model.train()
    parameters = {name: parameter.value.copy() for name, parameter in model.parameters().items()}
    gradients = {name: parameter.grad for name, parameter in model.parameters().items()}
    state = model.generators()["7.rng"].bit_generator.state
    model.forward(x)
    dlogits, after = np.ones((5, K)), model.generators()["7.rng"].bit_generator.state
    expected = copy.deepcopy(model).backward(dlogits)              # its forward pass can still be followed by backward
    buffers = {name: buffer.copy() for name, buffer in model.buffers().items()}
    feature_maps(model, x)
    saliency(model, x, np.zeros(5, int))
    layer_statistics(model, x, np.zeros(5, int))
    assert model.training
    assert state != model.generators()["7.rng"].bit_generator.state == after
    for name, parameter in model.parameters().items():
        np.testing.assert_array_equal(parameter.value, parameters[name])
        assert parameter.grad is gradients[name]
    for name, buffer in model.buffers().items():
        np.testing.assert_array_equal(buffer, buffers[name])
    np.testing.assert_array_equal(model.backward(dlogits), expected)


def test_first_filters_are_those_that_are_applied_to_the_image(model):
    assert first_filters(model, (4, 6, 2)) is model[0].w.value
    dense = Sequential([Flatten(), Dense(48, 5, rng=0), ReLU(), Dense(5, 3, rng=0)])
    np.testing.assert_array_equal(first_filters(dense, (4, 6, 2))[1, 2, 0], dense[1].w.value[(1 * 6 + 2) * 2])
    assert first_filters(Sequential([MaxPool2D(2), Flatten(), Dense(12, 5, rng=0)]), (4, 6, 2)) is None
