"""Every exercise: its solution passes, its empty file gets help, and every wrong answer the right diagnosis."""

import time

import pytest

from minicnn.learn.catalogue import exercises
from minicnn.learn.sandbox import check_file

from .answers import LEAST, missing, wrong_answers
from .conftest import check_here

EXERCISES = exercises()
ANSWERS = wrong_answers()
NAMES = [exercise.name for exercise in EXERCISES]
each = pytest.mark.parametrize("exercise", EXERCISES, ids=NAMES)


def test_the_exercises_are_numbered_from_1():
    assert [exercise.number for exercise in EXERCISES] == list(range(1, len(EXERCISES) + 1))
    assert len(EXERCISES) >= 22


@each
def test_its_files(exercise):
    assert len(exercise.hints()) == 3 and all(len(hint) > 20 for hint in exercise.hints())
    assert f"minicnn learn check {exercise.number}" in exercise.task
    assert exercise.task.startswith(f'"""Exercise {exercise.number}: ')


@each
def test_the_solution_passes(exercise, tmp_path):
    assert check_here(exercise.folder, exercise.folder / "solution.py").fault is None


@each
def test_the_task_as_it_is_gets_a_sentence_that_helps(exercise, tmp_path):
    file = tmp_path / exercise.file
    file.write_text(exercise.task, encoding="utf-8")
    said = check_here(exercise.folder, file).fault
    assert said is not None and said.startswith(exercise.file)
    if "repair" not in exercise.task:                              # code with a bug is there to be repaired
        assert "not written yet: replace the ..." in said or "not answered yet: replace the ..." in said


@each
def test_there_are_enough_wrong_answers(exercise):
    mine = [wrong for wrong in ANSWERS if wrong.exercise.name == exercise.name]
    assert len(mine) >= LEAST
    assert all(wrong.says and all(wrong.says) for wrong in mine)


@pytest.mark.parametrize("wrong", [next(w for w in ANSWERS if w.exercise.name == name) for name in NAMES], ids=NAMES)
def test_one_wrong_answer_of_each(wrong):
    check_wrong(wrong, check_here(wrong.exercise.folder, wrong.file))


@pytest.mark.long
@pytest.mark.parametrize("wrong", ANSWERS, ids=lambda wrong: f"{wrong.exercise.name}-{wrong.file.stem}")
def test_every_wrong_answer(wrong):
    start = time.perf_counter()
    verdict = check_file(wrong.exercise.folder, wrong.file)
    print(f"{time.perf_counter() - start:.2f} s\n{verdict.fault}")
    check_wrong(wrong, verdict)


def check_wrong(wrong, verdict):
    """A wrong answer does not pass, and its diagnosis says what it should."""
    assert not verdict.solved, f"{wrong.file} passes"
    assert not missing(wrong, verdict), f"{missing(wrong, verdict)} is not in:\n{verdict.fault}"
    assert verdict.fault.startswith(wrong.file.name), verdict.fault
    assert "Traceback" not in verdict.fault and "check.py" not in verdict.fault
