"""The exercises: solutions pass, empty files and wrong answers hear what helps, and what the tasks say is true."""

import ast
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
from minicnn.learn.worker import verdict
from minicnn.museum import EXHIBITS, report
from minicnn.ops import reference

from . import diagnoses

ROOT = Path(__file__).parent.parent.parent
EXERCISES, WRONG = exercises(), diagnoses.wrong_answers()
HELPS = {"22_find_the_cause": "is not answered yet: replace the ... by your answer, and save",
         "23_three_bugs": "likely: y is tanh(x) already", "24_silent_bugs": "likely: one row is far above the other"}
names = [exercise.name for exercise in EXERCISES]


@pytest.fixture(autouse=True)
def reference_ops():
    """A check leaves the reference implementation in use: its process ends then. This one goes on."""
    with ops.use("reference"):
        yield


def test_the_numbers_have_no_gap_and_each_exercise_is_complete():
    assert [exercise.number for exercise in EXERCISES] == list(range(1, len(EXERCISES) + 1))
    for exercise in EXERCISES:
        assert {path.name for path in exercise.folder.glob("*.*")} == {"task.py", "solution.py", "hints.md", "check.py"}
        assert len(exercise.hints()) == 3, exercise.name
        assert all(len(hint) > 80 for hint in exercise.hints()), exercise.name
        text = ast.get_docstring(ast.parse(exercise.task))
        assert text.startswith(f"Exercise {exercise.number}: "), exercise.name
        assert text.endswith(f"minicnn learn check {exercise.number}"), exercise.name


@pytest.mark.parametrize("exercise", EXERCISES, ids=names)
def test_the_solution_passes_and_the_task_fails_with_a_sentence_that_helps(exercise):
    assert verdict(str(exercise.folder), str(exercise.folder / "solution.py")) is None
    said = verdict(str(exercise.folder), str(exercise.folder / "task.py"))
    assert HELPS.get(exercise.name, "replace the ... by your code, and save") in said


def test_there_are_enough_wrong_answers():
    counts = Counter(wrong.exercise.name for wrong in WRONG)
    assert len(WRONG) >= 240
    assert min(counts[name] for name in names) >= 5
    assert all(wrong.says for wrong in WRONG)
    folders = {path.name for path in (diagnoses.HERE / "wrong").iterdir()}
    assert folders == set(names)


def _parameters():
    seen = Counter()
    for wrong in WRONG:                                            # make test checks two of each exercise, make test-all all
        seen[wrong.exercise.name] += 1
        yield pytest.param(wrong, id=wrong.name, marks=[pytest.mark.long] if seen[wrong.exercise.name] > 2 else [])


@pytest.mark.parametrize("wrong", list(_parameters()))
def test_a_wrong_answer_gets_its_diagnosis(wrong):
    said = wrong.verdict()
    assert said is not None, f"{wrong.name} passed"
    missing = [part for part in wrong.says if part not in said]
    assert not missing, f"{wrong.name}: {missing} is missing in\n{said}"


@pytest.mark.long
def test_the_table_of_diagnoses_is_up_to_date():
    assert diagnoses.TABLE.read_text(encoding="utf-8") == diagnoses.table(), "python -m tests.learn.diagnoses writes it"


# -------------------------------------------------------------------------------------- the training runs on these functions

def test_each_op_has_the_parameters_of_the_op_and_stands_in_one_exercise():
    found = Counter()
    for exercise in EXERCISES:
        for which in ("task.py", "solution.py"):
            for name, function in inspect.getmembers(_module(exercise, which), inspect.isfunction):
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


def _exercise(name):
    return next(exercise for exercise in EXERCISES if exercise.name == name)


def _module(exercise, which):
    return types.SimpleNamespace(**runpy.run_path(str(exercise.folder / which), run_name="an_answer"))


# -------------------------------------------------------------------------------------------- what the tasks say is true

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
    task = _module(_exercise("23_three_bugs"), "task.py")
    x = np.random.default_rng(4).standard_normal((4, 5))

    def wrong(forward, backward, **settings):
        found = check_op(lambda x: forward(x, **settings), backward, {"x": x})
        return found.rows[0].wrong

    assert wrong(np.tanh, lambda dy, x: {"x": task.tanh_backward(dy, np.tanh(x))}) == 19
    assert wrong(reference.leaky_relu, lambda dy, x: {"x": task.leaky_relu_backward(dy, x)}) == 0
    assert wrong(reference.leaky_relu, lambda dy, x: {"x": task.leaky_relu_backward(dy, x, 0.2)}, slope=0.2) == 10
    assert (x < 0).sum() == 10
    assert wrong(reference.log_softmax, lambda dy, x: {"x": task.log_softmax_backward(dy, reference.log_softmax(x))}) == 20
    one = np.zeros((4, 5))
    one[:, 2] = 3
    y = reference.log_softmax(x)
    right, said = reference.log_softmax_backward(one, y), task.log_softmax_backward(one, y)
    assert np.allclose(right[:, 2], said[:, 2])
    assert not np.isclose(np.delete(right, 2, axis=1), np.delete(said, 2, axis=1)).any()


def test_no_gradient_check_sees_the_bugs_of_exercise_24():
    task = _module(_exercise("24_silent_bugs"), "task.py")
    rng = np.random.default_rng(0)
    x = rng.standard_normal((3, 2, 4, 2))
    assert check_op(task.global_avg_pool2d, lambda dy, x: task.global_avg_pool2d_backward(dy, x.shape), {"x": x}).ok
    assert check_op(task.log_softmax, lambda dy, x: reference.log_softmax_backward(dy, reference.log_softmax(x)),
                    {"x": rng.standard_normal((4, 5))}).ok
