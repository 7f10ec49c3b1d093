"""What the playground shows is what the engine computes."""

import copy
from contextlib import nullcontext

import numpy as np
import pytest

from minicnn import load_model, models, softmax_cross_entropy
from minicnn.data import Preprocessing
from minicnn.layers import Conv2D, Dense, GlobalAvgPool2D, Sequential
from minicnn.optim import SGD
from minicnn.playground import wire
from minicnn.playground.network import MOST_UNDO, Network
from minicnn.playground.session import Session
from minicnn.playground.zoom import zoom
from minicnn.shapes import NonFiniteError
from minicnn.training.model_file import save_model
from minicnn.visualize.features import copy_with_dx, feature_maps, gradient_maps


@pytest.fixture
def network(run_folder):
    return Network(str(run_folder))


def test_a_network_for_large_images_is_refused(tmp_path):
    model = Sequential([GlobalAvgPool2D(), Dense(3, 2, rng=0)])
    for size, refused in ((256, False), (257, True)):
        save_model(tmp_path / "model.npz", model, Preprocessing(x_shape=(size, size, 3)), ("a", "b"))
        with pytest.raises(ValueError, match="at most 196,608 numbers, got .257, 257, 3.") if refused else nullcontext():
            Session(str(tmp_path))


def values(model):
    return {name: p.value.copy() for name, p in model.parameters().items()}


def test_the_answer_is_that_of_predict(network, run_folder, drawing):
    trained, right = load_model(run_folder / "model.npz"), 0
    for label, pixels in drawing.items():
        x, frame = network.drawing(pixels)
        np.testing.assert_array_equal(x, trained.preprocessing.one_image(pixels[..., None]))
        p, maps = network.look(x)
        np.testing.assert_allclose(p, trained.probabilities(x)[0], rtol=1e-5)
        right += int(p.argmax() == label)
    assert right >= 7


def test_gradients_are_those_of_backward(network, drawing):
    x, _ = network.drawing(drawing[3])
    found = network.backward(x, 5)
    model = copy_with_dx(network.model).eval(cache=True)           # the fused layers, as in training
    loss, dlogits = softmax_cross_entropy(model.forward(x), np.array([5]))
    dx = model.backward(dlogits)
    assert found.loss == pytest.approx(loss, rel=1e-6)
    np.testing.assert_allclose(found.dx, dx, rtol=1e-4, atol=1e-6 * np.abs(dx).max())
    for name, p in model.parameters().items():
        np.testing.assert_allclose(found.parameters[name], p.grad, rtol=1e-4, atol=1e-6 * np.abs(p.grad).max())
    assert list(found.layers) == [name for name, _ in feature_maps(network.model, x)]


@pytest.mark.parametrize("make", [models.lenet5, models.resnet, models.inception_like])
def test_every_layers_gradient_is_a_finite_difference(make):
    """Also of the layers inside branches: a change of a layer's output changes the loss by dy times that change."""
    rng = np.random.default_rng(0)
    model = make(x_shape=(28, 28, 1), rng=rng, dtype=np.float64).eval()
    x, label = rng.random((1, 28, 28, 1)), np.array([2])
    found = gradient_maps(model, x, label)
    for name, y in feature_maps(model, x):
        dy, change = found.layers[name], rng.standard_normal(y.shape) * y[None]       # 0 stays 0: pooling sees ties of zeros
        change *= 1e-6 / np.abs(change).max()
        losses = [_loss_with(model, x, label, name, sign * change) for sign in (1, -1)]
        assert (losses[0] - losses[1]) / 2 == pytest.approx(float((dy * change).sum()), rel=2e-3, abs=1e-12), name


def _loss_with(model, x, label, name, change):
    """The loss if `change` is added to the output of the layer called `name`."""
    model = copy.deepcopy(model)
    layer = next(layer for path, layer in _named(model) if path == name.split(" ")[0])
    forward = layer.forward
    layer.forward = lambda x: forward(x) + change
    for each in model.all_layers():
        if "blocks" in vars(each):
            each.blocks = each.layers                              # the fused layers would not call the changed forward
    return softmax_cross_entropy(model.forward(x), label)[0]


def _named(layer, prefix=""):
    for name, child in layer.children().items():
        yield prefix + name, child
        yield from _named(child, f"{prefix}{name}.")


def test_one_step_lowers_the_loss_as_the_engine_says(network, run_folder, drawing):
    x, _ = network.drawing(drawing[3])
    step = network.learn(x, 8, 0.01)
    model = load_model(run_folder / "model.npz").model.eval(cache=True)
    loss, dlogits = softmax_cross_entropy(model.forward(x), np.array([8]))
    model.backward(dlogits)
    SGD(model.parameters(), lr=0.01).step()
    after, _ = softmax_cross_entropy(model.predict(x), np.array([8]))
    assert (step["loss_before"], step["loss_after"]) == (loss, after)
    assert after < loss
    for name, value in values(model).items():
        np.testing.assert_array_equal(value, network.model.parameters()[name].value)
    small = Network(str(run_folder)).learn(x, 8, 1e-5)
    assert small["loss_after"] - small["loss_before"] == pytest.approx(small["promised"], rel=0.02)


def test_undo_gives_every_bit_back(network, drawing):
    before = values(network.model)
    x, _ = network.drawing(drawing[1])
    for label in range(MOST_UNDO):
        network.learn(x, label % 10, 0.01)
    for _ in range(MOST_UNDO):
        network.undo()
    for name, value in values(network.model).items():
        np.testing.assert_array_equal(value, before[name])
    with pytest.raises(ValueError, match="Undo expected a learning step"):
        network.undo()
    assert network.version == 1 + 2 * MOST_UNDO


def test_a_step_that_is_too_large_is_taken_back(network, drawing):
    before = values(network.model)
    x, _ = network.drawing(drawing[1])
    with pytest.raises(NonFiniteError, match="choose a smaller learning rate"):
        network.learn(x, 2, 1e35)
    assert network.changes() == {"version": 1, "steps": 0, "undo": 0}
    for name, value in values(network.model).items():
        np.testing.assert_array_equal(value, before[name])


def test_the_numbers_behind_a_value_give_the_value():
    rng = np.random.default_rng(2)
    for make, x_shape in ((models.two_conv, (28, 28, 1)), (models.resnet, (20, 24, 3))):
        model = make(x_shape, rng=rng, width=4)
        x = rng.random((1, *x_shape), dtype=np.float32)
        for name, y in feature_maps(model, x):
            index = tuple(int(rng.integers(size)) for size in y.shape)
            spot = (index[2], *index[:2]) if y.ndim == 3 else index
            found = zoom(model, x, name.split(" ")[0], *spot)
            assert found["value"] == pytest.approx(float(y[index]))
            if found["kind"] == "Conv2D":
                assert sum(found["sums"]) + found["b"] == pytest.approx(found["value"], rel=1e-4, abs=1e-5)
                assert np.sum(np.array(found["patch"]) * found["filter"]) == pytest.approx(sum(found["sums"]))
            elif found["kind"] == "MaxPool2D":
                i, j = found["winner"]
                assert found["patch"][i][j][0] == pytest.approx(found["value"])
            elif found["kind"] == "Dense":
                total = sum(term["product"] for term in found["terms"]) + found["rest"] + found["b"]
                assert total == pytest.approx(found["value"], rel=1e-4, abs=1e-5)
            elif found["kind"] == "ReLU":
                assert found["value"] == max(found["x"], 0)


@pytest.mark.parametrize("array", [[0.0, 1, 2], [-3.0, 0, 1], [0.0, 0], [[-1e30, 1e30]], [1e-40, 2e-40]])
def test_bytes_mean_the_numbers(array):
    array = np.array(array)
    pixels, scale = wire.as_bytes(array)
    largest = np.abs(array).max()
    back = (pixels.astype(float) - 128) / 127 * largest if scale["signed"] else pixels / 255 * largest
    np.testing.assert_allclose(back, array, atol=largest / 250)


def test_bytes_of_numbers_that_are_not_finite_are_no_error():
    assert wire.as_bytes(np.array([np.nan, np.inf, -1]))[1]["high"] is None


def test_a_map_follows_the_other():
    array = np.arange(24.0).reshape(2, 3, 4)
    pixels, _ = wire.as_bytes(array)
    assert pixels.shape == (4, 2, 3)
    assert pixels[1, 0, 0] == round(1 / 23 * 255)


def test_the_model_is_not_changed_by_looking(network, drawing):
    before = values(network.model)
    x, _ = network.drawing(drawing[2])
    network.look(x)
    network.backward(x, 1)
    network.zoom(x, "3", 0, 2, 2)
    for name, value in values(network.model).items():
        np.testing.assert_array_equal(value, before[name])
    assert network.version == 1
    assert isinstance(network.model[0], Conv2D) and "forward" not in vars(network.model[0])
