"""Every argument of every public function of data, replaced by something wrong: it works, or the error is one of ours."""

import re

import numpy as np
import pytest
from PIL import Image

from minicnn.data import (
    Augment,
    Preprocessing,
    as_float,
    batches,
    class_weights,
    fashion_mnist,
    image_folder,
    mnist,
    read_idx,
    read_image,
    resize,
    split,
)
from minicnn.data.images import as_channels, centre_crop
from minicnn.data.sampling import stratified
from minicnn.data.sources import load

WRONG = {"None": None, "text": "x", "bytes": b"x", "1.5": 1.5, "-1": -1, "0": 0, "2**70": 2**70, "nan": np.nan, "True": True,
         "list": [1], "tuple": (1, 2, 3), "dict": {}, "array": np.zeros(3), "integers": np.arange(4), "object": object(),
         "no array": np.array("a"), "empty": np.zeros((0, 4, 4, 3), np.uint8), "images": np.zeros((2, 4, 4, 3), np.uint8)}
X, PIXELS = np.ones((6, 5, 4, 3), np.float32), (np.arange(360) % 256).astype(np.uint8).reshape(6, 5, 4, 3)
LABELS = np.array([0, 1, 2, 0, 1, 2])
CALLS = {
    "batches": (batches, {"images": X, "labels": LABELS, "batch_size": 2, "rng": 0, "transform": None}),
    "split": (split, {"images": X, "labels": LABELS, "fraction": 0.5, "rng": 0}),
    "stratified": (stratified, {"labels": LABELS, "count": 2, "rng": 0}),
    "as_float": (as_float, {"images": PIXELS}),
    "class_weights": (class_weights, {"labels": LABELS, "classes": 3}),
    "image_folder": (image_folder, {"path": "pictures", "size": 8, "channels": 3, "validation": 0.2, "test": 0.2, "seed": 0,
                                    "progress": None}),
    "load": (load, {"name": "pictures", "size": 8, "seed": 0, "limit": 8, "validation": 0.2, "progress": None}),
    "Augment": (Augment, {"flip": True, "rotation": 1, "zoom": 0.1, "shift": 0.1, "shear": 1, "crop": 1, "erase": 0.5,
                          "brightness": 0.1, "fill": 0.0, "rng": 0}),
    "Augment()": (lambda x: Augment(rotation=1)(x), {"x": X}),
    "Preprocessing": (lambda images, **fields: Preprocessing(**fields)(images),
                      {"images": PIXELS, "x_shape": (5, 4, 3), "mean": (0.0,), "std": (1.0,), "kind": "photo"}),
    "Preprocessing.of": (Preprocessing.of, {"range_name": "standard", "x_shape": (5, 4, 3), "images": PIXELS, "kind": "photo"}),
    "Preprocessing.from_dict": (Preprocessing.from_dict, {"settings": {"x_shape": [5, 4, 3]}}),
    "one_image": (Preprocessing((5, 4, 3)).one_image, {"image": PIXELS[0]}),
    "one_image of a digit": (Preprocessing((5, 4, 1), kind="digit").one_image, {"image": PIXELS[0]}),
    "resize": (resize, {"images": PIXELS, "size": 3}),
    "as_channels": (as_channels, {"image": PIXELS[0], "channels": 1}),
    "centre_crop": (centre_crop, {"image": PIXELS[0], "size": 3}),
    "read_image": (read_image, {"path": "pictures/a/0.png", "channels": 3}),
    "read_idx": (read_idx, {"path": "nothing"}),
    "mnist": (mnist, {"data_dir": "nothing"}),
    "fashion_mnist": (fashion_mnist, {"data_dir": "nothing"}),
}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for name in "ab":
        (folder / "pictures" / name).mkdir(parents=True)
        for k in range(8):
            Image.new("RGB", (9, 9), (20 * k, 0, 0)).save(folder / "pictures" / name / f"{k}.png")
    return folder


@pytest.mark.parametrize("call, name", [(call, name) for call, (_, right) in CALLS.items() for name in right])
def test_a_wrong_argument_gives_an_error_of_ours(call, name, pictures, monkeypatch):
    monkeypatch.chdir(pictures)
    monkeypatch.setenv("MINICNN_DATA", str(pictures))
    monkeypatch.setattr("minicnn.data.datasets.fetch", lambda *_: pytest.skip("without data_dir it is downloaded"))
    function, right = CALLS[call]
    refused = 0
    for wrong in WRONG.values():
        try:
            function(**{**right, name: wrong})
        except Exception as problem:
            text = f"{type(problem).__name__}: {problem}"
            assert re.fullmatch(r"[^\n]* expected [^\n]*, got [^\n]*", text), (wrong, text)
            refused += 1
    assert refused >= 8
