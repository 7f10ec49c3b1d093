"""The model file: what was saved predicts the same; what does not fit is refused in one sentence, before it takes memory."""

import json
import tracemalloc

import numpy as np
import pytest

from minicnn import (
    AvgPool2D,
    BatchNorm,
    CheckpointError,
    Concat,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2D,
    Layer,
    LeakyReLU,
    MaxPool2D,
    Preprocessing,
    ReLU,
    Residual,
    Sequential,
    ShapeError,
    Sigmoid,
    Tanh,
    load_model,
    save_checkpoint,
    save_model,
)
from minicnn.models import MODELS, build
from minicnn.training import architecture

CLASSES = ("left", "right", "both")
PREPROCESSING = Preprocessing((16, 20, 3), (0.4, 0.5, 0.6), (0.2, 0.2, 0.3), "photo")
X = np.random.default_rng(0).standard_normal((3, 16, 20, 3)).astype(np.float32)
SMALL = {"lenet5": {}, "two_conv": {"width": 2}, "vgg_like": {"width": 2, "blocks": [1, 2]},
         "resnet": {"width": 2, "blocks": [1]}, "inception_like": {"width": 16, "dropout": 0.1}}


def small(name="two_conv"):
    return build(name, x_shape=PREPROCESSING.x_shape, classes=3, rng=7, **SMALL[name])


def every_layer():
    """A network of our own, with every layer and every argument that differs from its default."""
    rng = np.random.default_rng(1)
    return Sequential([
        Conv2D(3, 4, (3, 2), stride=(2, 1), padding=(1, 0), bias=False, rng=rng, dtype=np.float64),
        BatchNorm(4, momentum=0.2, epsilon=1e-3, dtype=np.float64), LeakyReLU(0.3),
        Residual([Conv2D(4, 4, 3, padding="same", rng=rng, dtype=np.float64), Tanh()]),
        Residual(Conv2D(4, 6, 1, rng=rng, dtype=np.float64), shortcut=Conv2D(4, 6, 1, bias=False, rng=rng, dtype=np.float64)),
        Concat([AvgPool2D(3, stride=1, padding=1), [MaxPool2D((3, 1), stride=1, padding=(1, 0)), Sigmoid()]]),
        Sequential([MaxPool2D(2, padding=1), ReLU()]), Concat([GlobalAvgPool2D(), [Flatten(), Dropout(0.2, rng=rng)]]),
        Dense(12 * 5 * 10 + 12, 5, bias=False, rng=rng, dtype=np.float64), Dense(5, 3, rng=rng, dtype=np.float64)])


class Scale(Layer):
    """A layer of a user: y = factor * x + shift."""

    def __init__(self, factor, shift=1):
        self.factor, self.shift = factor, shift

    def forward(self, x):
        return np.float32(self.factor) * x + np.float32(self.shift)

    def backward(self, dy):
        return np.float32(self.factor) * dy


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.npz"


@pytest.mark.parametrize("name", MODELS)
def test_every_network_comes_back_with_all_that_prediction_needs(path, name):
    model = small(name)
    save_model(path, model, PREPROCESSING, CLASSES)
    trained = load_model(path)
    assert (repr(trained.model), trained.classes, trained.preprocessing) == (repr(model), CLASSES, PREPROCESSING)
    z = model.predict(X)
    np.testing.assert_array_equal(trained.model.predict(X), z)
    z = z.astype(np.float64)
    np.testing.assert_allclose(trained.probabilities(X), np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), rtol=1e-12)


def test_every_layer_and_every_argument_comes_back(path):
    model = every_layer()
    for name, parameter in model.parameters().items():
        parameter.value = np.random.default_rng(len(name)).standard_normal(parameter.shape)
    model.forward(X.astype(np.float64))                            # running statistics move
    save_model(path, model, PREPROCESSING, CLASSES)
    loaded = load_model(path).model
    assert repr(loaded) == repr(model)
    np.testing.assert_array_equal(loaded.predict(X.astype(np.float64)), model.predict(X.astype(np.float64)))
    assert (loaded[1].momentum, loaded[1].epsilon, loaded[2].slope) == (0.2, 1e-3, 0.3)
    assert set(architecture.OURS) == {kind for kind in architecture.OURS if kind in repr(model)} | {"LogSoftmax"}


def test_one_output_is_a_question_of_yes_or_no(path):
    model = build("two_conv", x_shape=PREPROCESSING.x_shape, classes=1, rng=7, width=2)
    save_model(path, model, PREPROCESSING, ("no", "yes"))
    p = load_model(path).probabilities(X)
    np.testing.assert_allclose(p[:, 1], 1 / (1 + np.exp(-model.predict(X)[:, 0].astype(np.float64))))
    np.testing.assert_allclose(p.sum(axis=1), 1)
    with pytest.raises(ValueError, match="save_model expected 2 classes for 1 outputs, got 3"):
        save_model(path, model, PREPROCESSING, CLASSES)


def test_a_layer_of_ones_own_is_named_and_can_be_passed(path):
    model = Sequential([Scale(0.5), *small().layers])
    save_model(path, model, PREPROCESSING, CLASSES)
    with pytest.raises(CheckpointError, match=r"got 'Scale'; pass the class of a layer of your own: load_model\(path, layers="):
        load_model(path)
    loaded = load_model(path, layers=[Scale]).model
    assert (loaded[0].factor, loaded[0].shift) == (0.5, 1)
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


def test_a_layer_that_cannot_be_described_says_why(path):
    class Hidden(Scale):
        def __init__(self, secret):
            super().__init__(secret)

    class Strange(Scale):
        def __init__(self, factor):
            self.factor, self.shift = {factor}, 0

    for layer, words in ((Hidden(1), "Hidden to keep the argument 'secret' .* self.secret = secret in its __init__"),
                         (Strange(1), "Strange.factor to be a number, .*, got set")):
        with pytest.raises(TypeError, match=words):
            save_model(path, Sequential([layer, *small().layers]), PREPROCESSING, CLASSES)
    assert not path.exists()


def test_another_number_of_channels_is_refused(path):
    save_model(path, small(), PREPROCESSING, CLASSES)
    with pytest.raises(ShapeError, match=r"TrainedModel expected x \(N, H, W, 3\), got \(1, 16, 20, 1\)"):
        load_model(path).probabilities(np.zeros((1, 16, 20, 1), np.float32))


def notes_of(model, **change):
    notes = {"format": 2, "network": architecture.describe(model), "preprocessing": PREPROCESSING.as_dict(),
             "classes": list(CLASSES)}
    return {"model_file": notes | change}


def with_argument(model, layer, **arguments):
    network = architecture.describe(model)
    network["arguments"]["layers"][layer]["arguments"] |= arguments
    return {"network": network}


MODEL = small()
LIES = [
    ({"format": 3}, "expected a model file of format 2, got format 3; another version of minicnn wrote it"),
    ({"format": None}, "got format None"),
    ({"network": {"layer": "Popen", "arguments": {"args": "true"}}}, "parameters, got"),
    ({"network": 3}, "description of a network"),
    ({"network": [3]}, "description of a network"),
    ({"network": {"layer": "Sequential"}}, "KeyError"),
    (with_argument(MODEL, 0, filters=4), "parameters, got"),
    (with_argument(MODEL, 0, filters=10**9), "parameters, got"),
    (with_argument(MODEL, 0, kernel_size=[1, 9], channels=3), "description of a network"),
    (with_argument(MODEL, 0, dtype="float16"), "dtype float32 or float64"),
    (with_argument(MODEL, 0, dtype="float64"), "belongs to another model"),
    (with_argument(MODEL, 0, padding=10**5), "Dense expected x"),
    (with_argument(MODEL, 2, kernel_size="x"), "description of a network"),
    (with_argument(MODEL, 9, rate=2), "description of a network"),
    (with_argument(MODEL, 9, surprise=2), "unexpected keyword argument 'surprise'"),
    ({"classes": ["left", "right"]}, "names of 3 classes"),
    ({"classes": "left"}, "names of 3 classes"),
    ({"classes": 3}, "names of 3 classes"),
    ({"preprocessing": {"x_shape": [16, 20, 2]}}, "description of a network"),
    ({"preprocessing": {"x_shape": [16, 20, 1]}}, "description of a network"),
    ({"preprocessing": {"x_shape": [10**6, 10**6, 3]}}, "description of a network"),
    ({"preprocessing": None}, "description of a network"),
]


@pytest.mark.parametrize("change, match", LIES, ids=range(len(LIES)))
def test_a_file_that_lies_is_refused_and_takes_no_memory(path, change, match):
    save_checkpoint(path, notes=notes_of(MODEL, **change), model=MODEL)
    size = path.stat().st_size
    tracemalloc.start()
    try:
        with pytest.raises(CheckpointError, match=match):
            load_model(path)
        assert tracemalloc.get_traced_memory()[1] < 20 * size + 2**20
    finally:
        tracemalloc.stop()


def test_a_network_of_few_weights_and_huge_outputs_is_refused(path):
    model = small("resnet")
    for change in (with_argument(model, 0, padding=10**5), {"preprocessing": {"x_shape": [10**5, 10**5, 3]}}):
        save_checkpoint(path, notes=notes_of(model, **change), model=model)
        with pytest.raises(CheckpointError, match="expected at most 67,108,864 numbers for one image, got"):
            load_model(path)


def test_a_description_nested_too_deeply_is_refused(path):
    network = {"layer": "ReLU", "arguments": {}}
    for _ in range(300):
        network = {"layer": "Sequential", "arguments": {"layers": [network]}}
    save_checkpoint(path, notes=notes_of(MODEL, network=network), model=MODEL)
    with pytest.raises(CheckpointError):
        load_model(path)


@pytest.mark.parametrize("notes", [None, {}, [], {"model_file": None}, {"model_file": {}}, {"classes": ["a"]}], ids=json.dumps)
def test_a_checkpoint_is_no_model_file(tmp_path, notes):
    save_checkpoint(tmp_path / "a.npz", notes=notes, model=build("lenet5"))
    with pytest.raises(CheckpointError, match="a checkpoint without layers and classes"):
        load_model(tmp_path / "a.npz")


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "none.npz")
