"""An exercise of the tests' own, and a learner who answers it."""

import contextlib
import io
import textwrap

import pytest

from minicnn.learn import catalogue, folder
from minicnn.learn.folder import start
from minicnn.learn.sandbox import Verdict, check_file
from minicnn.learn.worker import verdict

TASK = '''
"""Double x."""

def double(x):
    """y = 2 * x. Shapes: any, y like x."""
    ...

def double_backward(dy, x):
    """dx."""
    ...

answer = ...
'''
SOLUTION = TASK.replace("...", "return 2 * x", 1).replace("...", "return 2 * dy", 1).replace("...", "14")
CHECK = '''
import numpy as np
from minicnn.learn import check_gradients, check_value, compare_forward

def right(x):
    y = np.zeros(x.shape, x.dtype)
    for index in np.ndindex(x.shape):
        y[index] = x[index] + x[index]
    return y

def check(task):
    x = np.array([[1.0, 2.0, 3.0], [-1.0, 0.5, 4.0]])
    compare_forward(task, "double", {"x": x}, right, mistakes={"x was squared": lambda x: x * x}, forbid=("relu",))
    check_gradients(task, "double_backward", {"x": x}, forward=task.function("double"))
    check_value(task, "answer", 14, {12: "the padding is missing", None: "count again"}, of="the output size")
'''


HINTS = "Twice.\n\n---\n\nTimes two.\n\n---\n\n`2 * x`\n"
QUICK = '''
from minicnn.learn import check_value

def check(task):
    check_value(task, "answer", 14)
'''


def write(folder, task=TASK, solution=SOLUTION, check=CHECK):
    """Write an exercise."""
    folder.mkdir(parents=True)
    for name, text in (("task.py", task), ("solution.py", solution), ("check.py", check), ("hints.md", HINTS)):
        (folder / name).write_text(text.lstrip())
    return folder


@pytest.fixture(scope="session")
def exercise(tmp_path_factory):
    """The folder of the exercise."""
    return write(tmp_path_factory.mktemp("exercises") / "01_double")


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """minicnn ships three quick exercises: the path of their folder."""
    for name in ("01_one", "02_two", "03_three"):
        write(tmp_path / "shipped" / name, "answer = ...\n", "answer = 14\n", QUICK)
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path / "shipped")
    return tmp_path / "shipped"


@pytest.fixture
def student(shipped, tmp_path, monkeypatch):
    """The Folder of a learner, which is also the working directory. Answers are checked in this process."""
    monkeypatch.setattr(folder, "check_file", check_here)
    made, _ = start(tmp_path / "student")
    monkeypatch.chdir(tmp_path / "student")
    return made


@pytest.fixture
def careful(student, monkeypatch):
    """As student, but answers are checked in processes of their own."""
    monkeypatch.setattr(folder, "check_file", check_file)
    return student


def check_here(exercise, file, seconds=None):
    """As check_file does, but in this process: ten times as fast, for answers that do no harm."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        fault = verdict(exercise, file)
    return Verdict(fault, printed.getvalue().rstrip())


@pytest.fixture
def answer(exercise, tmp_path):
    """answer(changed={old: new}) checks the solution with these changes; answer(text) checks another file."""
    def check(text=SOLUTION, changed=None, seconds=None):
        for old, new in (changed or {}).items():
            assert old in text, old
            text = text.replace(old, new)
        file = tmp_path / "01_double.py"
        file.write_text(textwrap.dedent(text.lstrip()))
        return check_here(exercise, file) if seconds is None else check_file(exercise, file, seconds)
    return check
