"""What the tasks say is true, and their functions fit the engine that a training runs on."""

import inspect
import runpy
import types
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from minicnn import check_op, ops
from minicnn.learn import small
from minicnn.learn.catalogue import exercises
from minicnn.museum import EXHIBITS, report
from minicnn.ops import reference

from . import diagnoses
from .answers import wrong_answers
from .conftest import check_here

ROOT = Path(__file__).parent.parent.parent
EXERCISES = exercises()


def _exercise(name):
    return next(exercise for exercise in EXERCISES if exercise.name == name)


def _run(exercise, which="task.py"):
    return types.SimpleNamespace(**runpy.run_path(str(exercise.folder / which), run_name="an_answer"))


def test_each_op_has_the_parameters_of_the_op_and_stands_in_one_exercise():
    found = Counter()
    for exercise in EXERCISES:
        for which in ("task.py", "solution.py"):
            for name, function in inspect.getmembers(_run(exercise, which), inspect.isfunction):
                if name not in ops.__all__ or function.__module__.startswith("minicnn"):
                    continue
                found[name] += which == "task.py"
                theirs = inspect.signature(getattr(reference, name)).parameters.values()
                ours = inspect.signature(function).parameters.values()
                assert [(p.name, p.default) for p in ours] == [(p.name, p.default) for p in theirs], (exercise.name, name)
    assert set(found.values()) == {1}, found
    assert set(found) >= {"dense", "dense_backward", "relu", "relu_backward", "im2col", "col2im", "conv2d", "conv2d_backward",
                          "max_pool2d", "max_pool2d_backward", "dropout", "dropout_backward", "batch_norm",
                          "batch_norm_backward", "sgd", "adam"}


def test_the_chapters_name_their_exercises():
    for exercise in EXERCISES:
        number = int(exercise.task.split("Chapter")[1].lstrip("s ").split(",")[0].split(" ")[0])
        page = next((ROOT / "docs" / "course").glob(f"{number:02}-*.md")).read_text(encoding="utf-8")
        assert f"`minicnn learn check {exercise.number}`" in page, (exercise.name, number)


def test_the_small_arrays_are_those_of_the_chapters():
    chapter = runpy.run_path(str(ROOT / "docs" / "course" / "small_arrays.py"))
    for ours, theirs in ((small.IMAGE, "image"), (small.KERNEL, "kernel"), (small.DY, "dy")):
        assert ours.squeeze().tolist() == chapter[theirs]


def test_the_reports_of_exercise_22_are_those_of_the_museum():
    text = " ".join(_exercise("22_find_the_cause").task.split())
    for name in ("pooled-overlaps-assign", "dropout-mask-not-applied", "batch-size-divided-twice"):
        for row in report(EXHIBITS[name]).rows:
            verdict = f"WRONG {row.wrong} of {row.size} entries differ" if row.problem else "ok"
            assert f"d{row.name} {row.shape} {verdict}" in text
            assert not row.problem or f"worst: analytic {row.analytic:.6g}, numeric {row.numeric:.6g}" in text


def test_the_reports_of_exercise_23_are_true():
    task = _run(_exercise("23_three_bugs"))
    x = np.random.default_rng(4).standard_normal((4, 5))

    def wrong(forward, backward, **settings):
        return check_op(lambda x: forward(x, **settings), backward, {"x": x}).rows[0].wrong

    assert wrong(np.tanh, lambda dy, x: {"x": task.tanh_backward(dy, np.tanh(x))}) == 19
    assert wrong(reference.leaky_relu, lambda dy, x: {"x": task.leaky_relu_backward(dy, x)}) == 0
    assert wrong(reference.leaky_relu, lambda dy, x: {"x": task.leaky_relu_backward(dy, x, 0.2)}, slope=0.2) == 10
    assert (x < 0).sum() == 10
    assert wrong(reference.log_softmax, lambda dy, x: {"x": task.log_softmax_backward(dy, reference.log_softmax(x))}) == 20
    one, y = np.zeros((4, 5)), reference.log_softmax(x)
    one[:, 2] = 3
    right, said = reference.log_softmax_backward(one, y), task.log_softmax_backward(one, y)
    assert np.allclose(right[:, 2], said[:, 2])
    assert not np.isclose(np.delete(right, 2, axis=1), np.delete(said, 2, axis=1)).any()


def test_no_gradient_check_sees_the_bugs_of_exercise_24():
    task, rng = _run(_exercise("24_silent_bugs")), np.random.default_rng(0)
    images, rows = rng.standard_normal((3, 2, 4, 2)), rng.standard_normal((4, 5))
    assert check_op(task.global_avg_pool2d, lambda dy, x: task.global_avg_pool2d_backward(dy, x.shape), {"x": images}).ok
    assert check_op(task.log_softmax, lambda dy, x: reference.log_softmax_backward(dy, reference.log_softmax(x)),
                    {"x": rows}).ok


def test_there_are_240_wrong_answers_and_no_folder_without_an_exercise():
    assert len(wrong_answers()) >= 240
    assert {wrong.file.parent.name for wrong in wrong_answers()} == {exercise.name for exercise in EXERCISES}


@pytest.mark.long
def test_the_table_of_diagnoses_is_up_to_date():
    assert diagnoses.TABLE.read_text(encoding="utf-8") == diagnoses.table(), "python -m tests.learn.diagnoses writes it"


@pytest.mark.parametrize("file", sorted((Path(__file__).parent / "right").glob("*.py")), ids=lambda file: file.stem)
def test_another_right_answer_passes(file):
    """Loops, other NumPy functions, other forms of the same formula: what is right must pass, however it is written."""
    assert check_here(_exercise(file.stem).folder, file).fault is None
