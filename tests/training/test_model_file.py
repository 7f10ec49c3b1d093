"""The model file: what was saved predicts the same; what does not fit is refused in one sentence."""

import json

import numpy as np
import pytest

from minicnn import CheckpointError, ShapeError, save_checkpoint
from minicnn.data.preprocessing import Preprocessing
from minicnn.models import MODELS, build
from minicnn.training.model_file import load_model, save_model

CLASSES = ("left", "right", "both")
PREPROCESSING = Preprocessing((16, 20, 3), (0.4, 0.5, 0.6), (0.2, 0.2, 0.3), "photo")
SMALL = {"lenet5": {}, "two_conv": {"width": 2}, "vgg_like": {"width": 2, "blocks": [1, 2]},
         "resnet": {"width": 2, "blocks": [1]}, "inception_like": {"width": 16, "dropout": 0.1}}


def save(path, name, settings=None):
    settings = SMALL[name] if settings is None else settings
    model = build(name, x_shape=PREPROCESSING.x_shape, classes=3, rng=7, **settings)
    save_model(path, model, name, settings, PREPROCESSING, CLASSES)
    return model


@pytest.mark.parametrize("name", MODELS)
def test_every_network_comes_back_with_all_that_prediction_needs(tmp_path, name):
    model = save(tmp_path / "model.npz", name)
    trained = load_model(tmp_path / "model.npz")
    assert (trained.name, trained.settings, trained.classes) == (name, SMALL[name], CLASSES)
    assert trained.preprocessing == PREPROCESSING
    x = np.random.default_rng(0).standard_normal((3, 16, 20, 3)).astype(np.float32)
    z = model.predict(x).astype(np.float64)
    probabilities = trained.probabilities(x)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), z.argmax(axis=1))
    np.testing.assert_allclose(probabilities, np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), rtol=1e-12)


def test_another_number_of_channels_is_refused(tmp_path):
    save(tmp_path / "model.npz", "two_conv")
    with pytest.raises(ShapeError, match=r"two_conv expected x \(N, H, W, 3\), got \(1, 16, 20, 1\)"):
        load_model(tmp_path / "model.npz").probabilities(np.zeros((1, 16, 20, 1), np.float32))


def test_a_network_of_ones_own_has_no_model_file(tmp_path):
    model = build("lenet5", x_shape=PREPROCESSING.x_shape, classes=3)
    with pytest.raises(ValueError, match="save_model expected a network of models.MODELS: .* got 'mine'"):
        save_model(tmp_path / "model.npz", model, "mine", {}, PREPROCESSING, CLASSES)


@pytest.mark.parametrize("change, match", [
    ({"format": 2}, "expected a model file of format 1, got format 2; another version of minicnn wrote it"),
    ({"format": None}, "got format None"),
    ({"name": "three_conv"}, "did you mean 'two_conv'"),
    ({"name": ["two_conv"]}, "notes from which the network can be built"),
    ({"settings": {"width": 4}}, "belongs to another model"),
    ({"settings": {"depth": 4}}, "unexpected keyword argument 'depth'"),
    ({"settings": {"rng": 4}}, "notes from which the network can be built"),
    ({"settings": [1]}, "notes from which the network can be built"),
    ({"classes": ["left", "right"]}, "belongs to another model"),
    ({"classes": "left"}, "belongs to another model|classes"),
    ({"classes": 3}, "notes from which the network can be built"),
    ({"preprocessing": {"x_shape": [16, 20, 2]}}, "notes from which the network can be built"),
    ({"preprocessing": {"x_shape": [16, 20, 1]}}, "belongs to another model"),
    ({"preprocessing": None}, "notes from which the network can be built"),
])
def test_notes_that_do_not_fit_are_refused(tmp_path, change, match):
    model = save(tmp_path / "model.npz", "two_conv")
    notes = {"format": 1, "name": "two_conv", "settings": {"width": 2}, "preprocessing": PREPROCESSING.as_dict(),
             "classes": list(CLASSES)}
    save_checkpoint(tmp_path / "model.npz", notes={"model_file": notes | change}, model=model)
    with pytest.raises(CheckpointError, match=match):
        load_model(tmp_path / "model.npz")


@pytest.mark.parametrize("notes", [None, {}, [], {"model_file": None}, {"model_file": {}}, {"classes": ["a"]}], ids=json.dumps)
def test_a_checkpoint_is_no_model_file(tmp_path, notes):
    save_checkpoint(tmp_path / "a.npz", notes=notes, model=build("lenet5"))
    with pytest.raises(CheckpointError, match="without the network's name and classes"):
        load_model(tmp_path / "a.npz")


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "none.npz")
