"""The examples beside MNIST and digits, on tiny data of our own: they learn, say what they found, and leave their files."""

import os
import re
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from PIL import Image

from minicnn import load_model
from minicnn.__main__ import main
from minicnn.training import run
from minicnn.training.progress import CtrlC
from minicnn.visualize import pictures

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture
def example(monkeypatch, capsys):
    """Runs an example in this process; returns what it printed, or its exit status and error."""
    monkeypatch.delenv("MINICNN_DEBUG", raising=False)

    def run(name, *flags):
        monkeypatch.setattr(sys, "argv", [f"examples/{name}.py", *map(str, flags)])
        try:
            runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
        except SystemExit as stop:
            return stop.code, capsys.readouterr().err
        return capsys.readouterr().out

    return run


@pytest.fixture(scope="module")
def garments(tmp_path_factory):
    """The four files of Fashion-MNIST with 200 and 60 pictures: label k has a bright stripe in row 2 k + 3."""
    folder, rng = tmp_path_factory.mktemp("garments"), np.random.default_rng(0)
    for part, N in (("train", 200), ("t10k", 60)):
        labels = (np.arange(N) % 10).astype(np.uint8)
        images = rng.integers(0, 60, (N, 28, 28), dtype=np.uint8)
        images[np.arange(N), 2 * labels + 3] = 255
        (folder / f"{part}-images-idx3-ubyte").write_bytes(
            bytes([0, 0, 8, 3]) + np.array([N, 28, 28], ">u4").tobytes() + images.tobytes())
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(
            bytes([0, 0, 8, 1]) + np.array([N], ">u4").tobytes() + labels.tobytes())
    return folder


@pytest.fixture(scope="module")
def pets(tmp_path_factory):
    """Two folders of pictures: cats are reddish, dogs are bluish."""
    folder, rng = tmp_path_factory.mktemp("pets"), np.random.default_rng(0)
    for name, channel in (("cat", 0), ("dog", 2)):
        (folder / name).mkdir()
        for n in range(30):
            pixels = rng.integers(0, 120, (20, 24, 3), dtype=np.uint8)
            pixels[..., channel] += 120
            Image.fromarray(pixels).save(folder / name / f"{n}.png")
    return folder


def assert_picture(path):
    picture = imread(path)
    assert min(picture.shape[:2]) > 50, path
    assert np.ptp(picture) > 0.3, path


def assert_run(folder, *pictures):
    """The folder is a run as every training leaves it: predict, report and runs work on it."""
    names = {"config.json", "last.npz", "log.jsonl", "metrics.json", "model.npz", "versions.json"}
    assert {name for name in os.listdir(folder) if not name.startswith(".")} - {"pictures"} == names
    for name in pictures:
        assert_picture(folder / "pictures" / name)
    trained = load_model(folder / "model.npz")
    H, W, C = trained.preprocessing.x_shape
    Image.fromarray(np.full((H, W), 255, np.uint8) * np.tri(H, W, dtype=np.uint8)).save(folder.parent / "triangle.png")
    assert main(["predict", str(folder), str(folder.parent / "triangle.png")]) == 0
    assert main(["report", str(folder)]) == 0
    assert main(["runs", str(folder)]) == 0


@pytest.mark.parametrize("recipe", ["plain", pytest.param("tuned", marks=pytest.mark.long), "best"])
def test_fashion_mnist_prints_a_row_per_class(example, garments, tmp_path, recipe):
    out = example("train_fashion_mnist", "--recipe", recipe, "--limit", 120, "--epochs", 1, "--data-dir", garments,
                  "--run", tmp_path)
    assert out.startswith(f"{recipe}:\n")
    for name in ("T-shirt/top", "Shirt", "Ankle boot"):
        assert re.search(rf"^ *{name}( +\d\.\d{{4}}){{3}} +6$", out, re.MULTILINE)
    assert re.search(r"epoch 1/1 .*; validation loss .*, accuracy \d", out)
    assert re.search(r"^test accuracy \d+\.\d\d% after 0\.\d minutes, seed 0; saved in ", out, re.MULTILINE)
    assert_run(tmp_path, "confusion.png", "mistakes.png")


def test_an_accuracy_that_is_missed_is_an_error_and_the_seed_fixes_the_file(example, garments, tmp_path):
    for folder, seed in (("a", 3), ("b", 3), ("c", 4)):
        status, _ = example("binary_shirt_vs_tshirt", "--epochs", 1, "--lr", 1e-9, "--seed", seed, "--data-dir", garments,
                            "--run", tmp_path / folder, "--expect-accuracy", 1)
        assert "expected a test accuracy of at least 100.00%, got " in status
    a, b, c = ((tmp_path / folder / "model.npz").read_bytes() for folder in "abc")
    assert a == b != c


def test_one_output_learns_to_say_yes_or_no(example, garments, tmp_path):
    out = example("binary_shirt_vs_tshirt", "--epochs", 12, "--lr", 0.003, "--data-dir", garments, "--run", tmp_path)
    assert "'Shirt' if p > 0.5" in out
    assert "chosen on the validation images" in out
    assert float(re.search(r"test AUC (\d\.\d+)", out)[1]) > 0.9
    assert_run(tmp_path)
    assert re.search(r"; validation loss \d.*, AUC [01]\.\d{4}$", out, re.MULTILINE)


def test_cats_and_dogs_come_from_a_folder(example, pets, tmp_path):
    (pets / "cat" / "broken.png").write_bytes(b"no picture")
    out = example("cats_vs_dogs", pets, "--size", 16, "--width", 8, "--epochs", 6, "--run", tmp_path)
    assert re.search(r"left out .*broken\.png: ", out)
    assert "30 of cat, 30 of dog" in out
    assert float(re.search(r"test accuracy .*, AUC (\d\.\d+);", out)[1]) > 0.8
    assert_run(tmp_path, "mistakes.png")


def test_cats_without_a_folder_is_one_line(example, tmp_path):
    status, error = example("cats_vs_dogs", tmp_path / "nowhere", "--run", tmp_path / "run")
    assert status == 2
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert not (tmp_path / "run").exists()


@pytest.mark.long
def test_architectures_are_compared_in_a_table_and_a_picture(example, garments, tmp_path):
    out = example("compare_architectures", "--limit", 64, "--epochs", 1, "--data-dir", garments, "--run", tmp_path)
    table = {row.split()[0]: row.split()[1:] for row in out.splitlines() if row.endswith("%")}
    assert set(table) == {"lenet5", "two_conv", "vgg_like", "resnet", "inception_like"}
    assert table["lenet5"][:2] == ["61,706", "416,520"]
    assert float(table["vgg_like"][2]) > 0
    assert sorted(os.listdir(tmp_path)) == ["architectures.png", *sorted(table)]
    assert_picture(tmp_path / "architectures.png")
    for name in table:
        assert_run(tmp_path / name)


def test_looking_inside_shows_every_layer_and_the_pixels_that_decide(example, garments, tmp_path):
    out = example("look_inside", "--data", "fashion-mnist", "--data-dir", garments, "--epochs", 1, "--run", tmp_path)
    assert re.search(r"^2 MaxPool2D +14x14x32 ", out, re.MULTILINE)
    assert_run(tmp_path, "features.png", "filters.png", "saliency.png")
    out = example("look_inside", "--data", "fashion-mnist", "--data-dir", garments, "--model", tmp_path / "model.npz", "--run",
                  tmp_path / "again")
    assert re.search(r"^2 MaxPool2D +14x14x32 ", out, re.MULTILINE)
    assert os.listdir(tmp_path / "again") == ["pictures"]


def test_looking_into_a_file_that_is_no_model_is_one_line(example, garments, tmp_path):
    (tmp_path / "model.npz").write_bytes(b"no model")
    status, error = example("look_inside", "--data", "fashion-mnist", "--data-dir", garments, "--model", tmp_path / "model.npz",
                            "--run", tmp_path)
    assert (status, error.count("\n")) == (2, 1)


def test_an_example_that_is_stopped_resumes_with_the_bits_of_not_stopping(example, garments, pets, tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "write_pictures", lambda *_: None)           # which take longer than these trainings
    for name, flags in (("train_fashion_mnist", ["--recipe", "tuned", "--limit", 120, "--epochs", 2, "--data-dir", garments]),
                        ("binary_shirt_vs_tshirt", ["--epochs", 2, "--data-dir", garments]),
                        ("cats_vs_dogs", [pets, "--size", 16, "--width", 4, "--epochs", 2])):
        example(name, *flags, "--run", tmp_path / name / "never")
        for stop in (1, 2):
            folder = tmp_path / name / str(stop)

            class AfterSome(CtrlC):
                left = stop

                @property
                def pressed(self):
                    self.left -= 1
                    return self.left <= 0
            monkeypatch.setattr(run, "CtrlC", AfterSome)
            assert example(name, *flags, "--run", folder)[0] == 130
            monkeypatch.setattr(run, "CtrlC", CtrlC)
            assert "resuming from" in example(name, *flags, "--run", folder, "--resume")
            for file in ("last.npz", "model.npz"):
                assert arrays(folder / file) == arrays(tmp_path / name / "never" / file), (name, stop, file)


def arrays(path):
    with np.load(path) as archive:
        return {name: array.tobytes() for name, array in archive.items() if name != "notes"}
