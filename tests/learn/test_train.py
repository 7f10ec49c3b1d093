"""minicnn learn train: it runs on the learner's functions, says which these are, and reaches its accuracy."""

import collections
import importlib
import os
import subprocess
import sys

import numpy as np
import pytest

from minicnn import ops
from minicnn.learn import catalogue, folder
from minicnn.learn.folder import Folder, FolderError, start
from minicnn.learn.mine import BESIDE, Mine
from minicnn.learn.train import fit, train
from minicnn.training.progress import Stopped

from .conftest import check_here

training = importlib.import_module("minicnn.learn.train")

# What the network of the training runs on. Adam calls no other op, and nothing is averaged.
CALLED = {"adam", "batch_norm", "batch_norm_backward", "col2im", "conv2d", "conv2d_backward", "dense", "dense_backward",
          "dropout", "dropout_backward", "he_normal", "im2col", "max_pool2d", "max_pool2d_backward", "relu", "relu_backward",
          "softmax_cross_entropy"}


def paste(student, *numbers):
    """Write the solutions of these exercises (default: all) into the learner's files."""
    for exercise in student.all:
        if not numbers or exercise.number in numbers:
            student.file(exercise).write_text(exercise.read("solution.py"), encoding="utf-8")
    return student


@pytest.fixture
def student(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "check_file", check_here)
    monkeypatch.chdir(tmp_path)
    return start("student")[0]


def test_a_training_runs_on_all_of_the_learners_functions(student, capsys, monkeypatch):
    student, seen = paste(student), collections.Counter()

    def count(frame, event, _):
        if event == "call" and os.path.dirname(frame.f_code.co_filename) == str(student.path.resolve()):
            seen[frame.f_code.co_name] += 1

    def counted(*arguments, **settings):
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            return fit(*arguments, **settings)
        finally:
            sys.setprofile(before)

    monkeypatch.setattr(training, "fit", counted)
    accuracy = train(Folder(student.path.resolve()), run_folder="run", images=160, epochs=1)
    said = capsys.readouterr().out
    assert 0 < accuracy < 1 and set(seen) >= CALLED
    steps = 3                                                      # 144 images in batches of 64
    assert seen["softmax_cross_entropy"] == steps
    counts = " ".join(said.split("calls of your functions:")[1].split())
    assert f"softmax_cross_entropy {steps}" in counts and f"conv2d_backward {2 * steps}" in counts
    assert "from reference" not in said and "test accuracy" in said
    yours = said.split("yours:")[1].split("all other ops")[0].replace(",", " ").split()
    assert set(yours) == {name for e in student.all for name in Mine.names_in(e.task)} >= CALLED
    assert (student.path.parent / "run" / "model.npz").exists()
    assert ops.current() != str(student.path)                      # only while it trains


def test_what_is_missing_or_wrong_comes_from_the_reference(student, capsys):
    paste(student, 4, 5, 11, 15)
    eleven, fifteen, four = (next(e for e in student.all if e.number == n) for n in (11, 15, 4))
    student.file(eleven).write_text(eleven.read("solution.py").replace("return y.", "return 2 * y."))
    student.file(fifteen).unlink()
    student.check(four)
    mine = Mine(Folder("student"))
    table = mine.table()
    assert list(mine.ops.own) == ["dense", "dense_backward", "relu", "relu_backward", "sigmoid", "sigmoid_backward"]
    assert "conv2d                   11_conv2d.py does not pass: minicnn learn check 11" in table
    assert "max_pool2d_backward      15_max_pool.py is not there" in table
    assert "adam                     20_momentum_and_adam.py is not written yet" in table
    assert mine.ops.sources["conv2d"] == "reference"
    assert mine.function("he_normal", None) is None


def test_a_file_that_changed_since_it_passed_is_checked_again(student):
    paste(student, 4)
    four = next(e for e in student.all if e.number == 4)
    assert student.check(four).solved
    student.file(four).write_text("def dense(x, w, b=None):\n    return x\n\ndef dense_backward(dy, x, w):\n    return 1\n")
    with pytest.raises(FolderError, match="expected a solved exercise with an op"):
        Mine(Folder("student"))


def test_nothing_solved_is_one_sentence(student):
    with pytest.raises(FolderError, match="minicnn learn train expected a solved exercise with an op"):
        train(student)


def test_a_training_that_was_stopped_resumes_with_the_same_bits(student, monkeypatch, capsys):
    """Ctrl-C in the second epoch; then the command that was printed."""
    paste(student, 4, 5)
    evaluate, epochs = training.Run.logits, []

    def stops_once(run, images):
        epochs.append(run.number)
        if epochs == [1, 2]:
            run.ctrl_c.pressed = True
        return evaluate(run, images)

    whole = train(student, run_folder="whole", images=160, epochs=3)
    monkeypatch.setattr(training.Run, "logits", stops_once)
    with pytest.raises(Stopped):
        train(student, run_folder="parts", images=160, epochs=3)
    assert "to resume: minicnn learn train student --data digits --run parts --resume" in capsys.readouterr().out
    assert train(student, run_folder="parts", resume=True, images=160, epochs=3) == whole


def test_the_exercise_folder_itself_can_be_own_ops(student):
    """MINICNN_OPS=FOLDER takes what is written; tasks that are not written yet do not count."""
    paste(student, 4, 10, 11)
    x, w = np.random.default_rng(0).standard_normal((2, 5, 6, 3)), np.ones((2, 3, 3, 4))
    with ops.use(student.path):
        y = ops.conv2d(x, w, None, (1, 2), (1, 0))
        assert ops.backend.implementation().calls == {"dense": 0, "dense_backward": 0, "im2col": 1, "conv2d": 1}
    with ops.use("reference"):
        np.testing.assert_allclose(y, ops.conv2d(x, w, None, (1, 2), (1, 0)), rtol=1e-12)


def test_the_names_that_training_knows_are_functions_of_exercises():
    names = {name for exercise in catalogue.exercises() for name in Mine.names_in(exercise.task)}
    assert names >= set(BESIDE)


@pytest.mark.long
@pytest.mark.parametrize("data", ["digits", "mnist"])
def test_from_an_empty_folder_to_97_percent(data, tmp_path):
    """What a learner does, in the shell: start, all solutions pasted in, train."""
    if data == "mnist" and not os.path.isdir(os.path.join(os.environ.get("MINICNN_DATA", "nowhere"), "mnist")):
        pytest.skip("MINICNN_DATA names no folder with mnist")

    def learn(*words):
        done = subprocess.run([sys.executable, "-m", "minicnn", "learn", *words], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    learn("start")
    paste(Folder(tmp_path / "minicnn-exercises"))
    said = learn("train", "--data", data)
    assert float(said.split("test accuracy ")[1].split("%")[0]) >= 97
    calls = said.split("calls of your functions: ")[1].split("test accuracy")[0]
    called = {words.split()[0] for words in " ".join(calls.split()).split(", ")}
    assert called == CALLED
