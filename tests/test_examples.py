"""The examples as a person runs them: what they print, what they leave behind, and how they fail."""

import functools
import gzip
import json
import math
import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from PIL import Image

import minicnn
from minicnn.__main__ import main
from minicnn.training import run as training
from minicnn.training.progress import CtrlC
from minicnn.visualize import plots

EXAMPLES = Path(__file__).parent.parent / "examples"
REAL_MNIST = os.environ.get("MINICNN_DATA") and Path(os.environ["MINICNN_DATA"]) / "mnist"
SMALL = ("--limit", "60", "--epochs", "2", "--batch-size", "16")
digits = functools.cache(minicnn.digits)


def command(name, *flags):
    return [sys.executable, "-u", str(EXAMPLES / f"{name}.py"), *map(str, flags)]


def without_compiling(err):
    """stderr without the line that announces a compilation: it depends on which kernels other tests have compiled before."""
    return "".join(line for line in err.splitlines(keepends=True) if not line.startswith("minicnn: compiling"))


def shell(name, *flags):
    run = subprocess.run(command(name, *flags), capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    return run.returncode, run.stdout, without_compiling(run.stderr)


@pytest.fixture
def run(monkeypatch, capsys):
    """The same within this process, which is faster: no imports, and the digits are drawn once."""
    monkeypatch.setattr(minicnn, "digits", digits)
    monkeypatch.delenv("MINICNN_DEBUG", raising=False)

    def run(name, *flags):
        monkeypatch.setattr(sys, "argv", command(name, *flags)[2:])
        status = 0
        try:
            runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
        except SystemExit as stop:                                 # what the interpreter would make of it
            status = stop.code if isinstance(stop.code, int) else print(stop.code, file=sys.stderr) or 1
        out, err = capsys.readouterr()
        return status, out, without_compiling(err)

    return run


@pytest.fixture
def without_pictures(monkeypatch):
    """Draws none of the pictures, which take longer than these trainings."""
    for name in ("learning_curves", "predictions"):
        monkeypatch.setattr(plots, name, lambda *arguments, **settings: None)


@pytest.fixture(scope="module")
def idx_folder(tmp_path_factory):
    """Digits of our own in the four files of MNIST, one of them compressed."""
    folder = tmp_path_factory.mktemp("idx")
    for part, images, labels in (("train", *digits()[:2]), ("t10k", *digits()[2:])):
        images, labels = images[:80], labels[:80].astype(np.uint8)
        content = bytes([0, 0, 8, 3]) + np.array([80, 28, 28], ">u4").tobytes() + images.tobytes()
        (folder / f"{part}-images-idx3-ubyte").write_bytes(content)
        content = bytes([0, 0, 8, 1]) + np.array([80], ">u4").tobytes() + labels.tobytes()
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(content))
    return folder


def assert_one_line(result, *words):
    status, _, err = result
    assert status == 2
    assert err.startswith("error: ") and err.count("\n") == 1, err
    assert "Traceback" not in err
    for word in words:
        assert word in err


def assert_finished(result, folder, accuracy_of):
    status, out, err = result
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith(f"guessing would give a loss of ln 10 = {math.log(10):.3f} and 10% accuracy; "
                               "the model starts with ")
    assert 1 < float(lines[0].split()[-1]) < 10
    assert any(line.startswith("epoch 1/2  loss ") and "; validation loss " in line for line in lines)
    assert any(line.startswith("test accuracy ") and accuracy_of in line for line in lines)
    assert sorted(os.listdir(folder)) == [".lock", "config.json", "last.npz", "log.jsonl", "metrics.json", "model.npz",
                                          "pictures", "versions.json"]
    for name in ("curves.png", "hardest.png"):
        picture = imread(folder / "pictures" / name)
        assert min(picture.shape[:2]) > 100
        assert np.ptp(picture) > 0.5
    trained = minicnn.load_model(folder / "model.npz")
    assert trained.classes == tuple("0123456789")
    assert trained.preprocessing.kind == "digit"
    assert main(["report", str(folder)]) == main(["runs", str(folder)]) == 0
    with np.load(folder / "last.npz") as arrays:
        assert [row["epoch"] for row in json.loads(str(arrays["notes"]))["history"]] == [1, 2]
    assert "\r" not in out


# -------------------------------------------------------------------------------------------------- all goes well

def test_digits_in_a_shell(tmp_path):
    assert_finished(shell("train_digits", *SMALL, "--run", tmp_path / "run"), tmp_path / "run", " of 60 digits")


def test_mnist_on_idx_files(run, tmp_path, idx_folder):
    result = run("train_mnist", *SMALL, "--data-dir", idx_folder, "--run", tmp_path / "run")
    assert_finished(result, tmp_path / "run", " of 60 digits")


@pytest.mark.skipif(not (REAL_MNIST and REAL_MNIST.is_dir()), reason="MINICNN_DATA does not hold the real MNIST")
def test_mnist_on_the_real_files(run, tmp_path):
    assert_finished(run("train_mnist", *SMALL, "--run", tmp_path / "run"), tmp_path / "run", " of 60 digits")


def test_the_same_seed_gives_the_same_file_and_another_seed_another(run, tmp_path, without_pictures):
    contents = []
    for folder, seed in (("a", 3), ("b", 3), ("c", 4)):
        assert run("train_digits", *SMALL, "--seed", seed, "--run", tmp_path / folder)[0] == 0
        contents.append((tmp_path / folder / "model.npz").read_bytes())
    assert contents[0] == contents[1] != contents[2]


@pytest.mark.parametrize("expected, status", [(0, 0), (1, 1)])
def test_an_accuracy_that_is_missed_is_status_1_and_the_model_is_saved_all_the_same(
        run, tmp_path, without_pictures, expected, status):
    result = run("train_digits", *SMALL, "--expect-accuracy", expected, "--run", tmp_path)
    assert result[0] == status
    assert ("expected a test accuracy of at least 100.00%, got " in result[2]) == bool(status)
    assert (tmp_path / "model.npz").exists()


@pytest.mark.parametrize("flags", [("--limit", 20, "--epochs", 1), ("--limit", 60, "--epochs", 1, "--batch-size", 1000)])
def test_a_training_of_one_step_is_a_training(run, tmp_path, without_pictures, flags):
    status, _, err = run("train_digits", *flags, "--run", tmp_path)
    assert (status, err) == (0, "")


def test_a_finished_training_can_be_resumed_and_ends_again(run, tmp_path, without_pictures):
    run("train_digits", *SMALL, "--run", tmp_path)
    before = (tmp_path / "model.npz").read_bytes()
    status, out, err = run("train_digits", *SMALL, "--run", tmp_path, "--resume")
    assert (status, err) == (0, "")
    assert "resuming from" in out
    assert (tmp_path / "model.npz").read_bytes() == before


# ------------------------------------------------------------------------------------------------------- stopping

@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process alone")
def test_ctrl_c_saves_a_checkpoint_and_says_how_to_go_on(tmp_path):
    flags = ("--limit", 400, "--epochs", 300, "--run", tmp_path)
    process = subprocess.Popen(command("train_digits", *flags), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    for line in process.stdout:
        if line.startswith("epoch 1/"):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, without_compiling(err)) == (130, "")
    assert f"saved {tmp_path / 'last.npz'}; to resume: python {EXAMPLES / 'train_digits.py'} " in out
    assert f"--run {tmp_path} --resume" in out
    assert not (tmp_path / "model.npz").exists()


# ------------------------------------------------------------------------------------------------------ bad input

@pytest.mark.parametrize("flags", [("--epochs", "0"), ("--lr", "-1"), ("--batch-size", "x"), ("--limit", "3"), ("--nonsense",)],
                         ids=" ".join)
@pytest.mark.parametrize("name", ["train_digits", "train_mnist"])
def test_a_bad_flag_is_status_2(run, name, flags):
    status, out, err = run(name, *flags)
    assert (status, out) == (2, "")
    assert flags[0] in err.splitlines()[-1]


def test_a_bad_flag_in_a_shell_is_status_2_without_a_traceback():
    status, out, err = shell("train_digits", "--lr", "fast")
    assert (status, out) == (2, "")
    assert err.splitlines()[-1].endswith("argument --lr: expected a number > 0, got 'fast'")
    assert "Traceback" not in err


def test_a_folder_without_data_is_one_line_that_names_the_files(tmp_path):
    result = shell("train_mnist", "--data-dir", tmp_path, "--run", tmp_path / "run")
    assert_one_line(result, "train-images-idx3-ubyte", "t10k-labels-idx1-ubyte", str(tmp_path), "digits()")
    assert result[1] == ""
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("spoil", [lambda content: content[:-1], lambda content: content + b"\0", lambda content: b"",
                                   lambda content: b"\0\0\x08\x03" + b"\xff" * 12 + content[16:]],
                         ids=["cut short", "too long", "empty", "lying"])
def test_a_damaged_data_file_is_one_line(run, tmp_path, idx_folder, spoil):
    for file in idx_folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    name = "t10k-images-idx3-ubyte"
    (tmp_path / name).write_bytes(spoil((idx_folder / name).read_bytes()))
    assert_one_line(run("train_mnist", "--data-dir", tmp_path, "--run", tmp_path / "run"), name, "expected", "got")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["file", "file/inner"])
def test_a_run_folder_that_cannot_be_is_one_line_before_any_training(run, tmp_path, name):
    (tmp_path / "file").write_text("mine")
    result = run("train_digits", *SMALL, "--run", tmp_path / name)
    assert_one_line(result, str(tmp_path / "file"))
    assert "epoch 1/" not in result[1]
    assert (tmp_path / "file").read_text() == "mine"


def test_resuming_without_a_checkpoint_is_one_line(run, tmp_path):
    assert_one_line(run("train_digits", *SMALL, "--run", tmp_path, "--resume"), "last.npz")


def test_resuming_a_run_that_does_not_exist_is_one_line(run, tmp_path, idx_folder, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("train_mnist", *SMALL, "--data-dir", idx_folder, "--resume", "--run", "none")
    assert_one_line(result, "--resume expected a checkpoint none/last.npz, got none", "start a new run")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("spoil", ["other data", "another model", "cut short", "no checkpoint"])
def test_resuming_from_what_does_not_fit_is_one_line_and_keeps_the_file(run, tmp_path, idx_folder, spoil, monkeypatch):
    name, flags = "train_digits", list(SMALL)

    class AfterTwo(CtrlC):
        asked = 0

        @property
        def pressed(self):
            self.asked += 1
            return self.asked >= 2
    monkeypatch.setattr(training, "CtrlC", AfterTwo)
    assert run(name, *flags, "--run", tmp_path)[0] == 130
    monkeypatch.setattr(training, "CtrlC", CtrlC)
    last = tmp_path / "last.npz"
    if spoil == "other data":
        monkeypatch.setattr(minicnn, "digits", lambda: digits(seed=5))
    elif spoil == "another model":
        name, flags = "train_mnist", [*flags, "--lr", "0.004", "--data-dir", str(idx_folder)]
    else:
        last.write_bytes(last.read_bytes()[:-100] if spoil == "cut short" else b"no")
    before = last.read_bytes()
    who = "--resume expected the images and labels" if spoil == "other data" else f"load_checkpoint({last})"
    assert_one_line(run(name, *flags, "--run", tmp_path, "--resume"), who, "expected", "got")
    assert last.read_bytes() == before


def test_a_finished_run_is_not_overwritten(run, tmp_path, without_pictures):
    assert run("train_digits", *SMALL, "--run", tmp_path)[0] == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert_one_line(run("train_digits", *SMALL, "--run", tmp_path), "expected --run to name a new or empty folder")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_without_a_name_a_run_takes_a_fresh_one_and_resume_the_first(run, tmp_path, without_pictures, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert run("train_digits", *SMALL)[0] == 0
    assert sorted(os.listdir("runs")) == ["digits", "digits-2"]
    assert run("train_digits", *SMALL, "--resume")[0] == 0


def test_the_first_example_is_the_bare_loop_and_predict_works_on_its_result(run, tmp_path, monkeypatch):
    """On 6,000 images in place of its 20,000: a third of the time, and enough to read more than 90%."""
    monkeypatch.setattr(minicnn, "digits", lambda: digits(train=6000, test=500))
    monkeypatch.chdir(tmp_path)
    status, out, err = run("first")
    assert (status, err) == (0, "")
    assert out.count("loss ") == 3
    assert float(out.split("%")[0].split()[-1]) > 90
    Image.fromarray(digits().test_images[0, :, :, 0]).save("digit.png")
    assert main(["predict", "runs/first", "digit.png"]) == 0


def test_no_example_is_long():
    lengths = {path.name: len(path.read_text().splitlines()) for path in EXAMPLES.glob("*.py")}
    assert lengths.pop("first.py") <= 40
    assert max(lengths.values()) <= 80


@pytest.mark.parametrize("changed", [("--batch-size", "8"), ("--seed", "5")], ids=" ".join)
def test_resuming_with_other_flags_is_refused(run, tmp_path, without_pictures, changed):
    assert run("train_digits", *SMALL, "--run", tmp_path)[0] == 0
    assert_one_line(run("train_digits", *SMALL, *changed, "--run", tmp_path, "--resume"), changed[0])


@pytest.mark.parametrize("name", ["train_digits", "train_mnist"])
@pytest.mark.parametrize("flags", [("--batch-size", "16"), ("--batch-size", "60")], ids=["in training", "in validation"])
@pytest.mark.filterwarnings("error")
def test_nan_stops_the_training_says_where_and_keeps_the_last_good_checkpoint(run, tmp_path, idx_folder, name, flags):
    data = ("--data-dir", idx_folder) if name == "train_mnist" else ()
    result = run(name, *SMALL, *flags, *data, "--lr", "1e30", "--run", tmp_path)
    assert_one_line(result, "expected finite ", "NaN or infinity first appears in ", str(tmp_path / "last.npz"))
    assert "output of Sequential[" in result[2] or "parameter " in result[2]
    with np.load(tmp_path / "last.npz") as arrays:
        assert all(np.isfinite(array).all() for array in arrays.values() if array.dtype.kind == "f")
    assert not list(tmp_path.glob("*.part"))
