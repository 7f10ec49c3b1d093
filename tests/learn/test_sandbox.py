"""What a learner's code can do wrong: each gets one clear message with the file and the line, and ends no other program."""

import time

import numpy as np
import pytest

from minicnn.learn import Fault, Task, WrongNumber, check_backward
from minicnn.learn.results import check_result

from .conftest import check_here

RETURN = "return 2 * x"


def test_a_solution_passes_and_shows_what_it_prints(answer):
    found = answer(changed={RETURN: "print('hello', x.shape)\n    return 2 * x"}, seconds=20)
    assert found.solved and "hello (2, 3)" in found.printed


@pytest.mark.parametrize(("body", "said"), [
    ("...", "01_double.py, line 3: double is not written yet: replace the ..."),
    ("raise NotImplementedError", "double is not written yet"),
    ("return 2 * y", "01_double.py, line 5, in double: NameError: name 'y' is not defined\n    return 2 * y"),
    ("x[9, 9]", "01_double.py, line 5, in double: IndexError"),
    ("2 * x", "double returned None: is a return statement missing?"),
    ("return [1]", "returned a list of 1 as y, expected a NumPy array (2, 3); the call was double(x (2, 3))"),
    ("return 2 * x[0]", "returned y of shape (3,), expected (2, 3)"),
    ("return 'two'", "returned a str as y, expected a NumPy array (2, 3)"),
    ("return (2 * x).astype(complex) * 1j", "expected real numbers"),
    ("return 2.0 * x / (x * 0)", "y[n=0, k=0] is infinity, expected 2; a division by 0"),
    ("return x * float('nan')", "y[n=0, k=0] is NaN, expected 2"),
    ("return (2 * x).astype(float)", "returned y of float64 for float32 inputs, expected float32"),
    ("x *= 2\n    return x", "changes its input x (2, 3). Others still need it"),
    ("return x * x", "y[n=0, k=0] is 1, expected 2 (5 of 6 numbers are wrong; this is the first)\n"
                     "    2 = x[0,0] + x[0,0]\n      = 1 + 1\n    the call: double(x (2, 3))\n    likely: x was squared"),
    ("return double(x)", "in double: the function calls itself again and again"),
    ("raise SystemExit", "line 5, in double: your file ends the program (exit)"),
    ("from minicnn.ops import relu\n    return relu(x)", "double calls minicnn's own relu. Here you write it yourself"),
    ("from minicnn import ReLU\n    try:\n        ReLU().forward(x)\n    except Exception:\n        pass\n    return 2 * x",
     "double calls minicnn's own relu"),
    ("import importlib\n    return importlib.import_module('minicnn.ops.definition.activations').relu(x)",
     "double calls minicnn's own relu"),
])
def test_a_wrong_body(answer, body, said):
    found = answer(changed={RETURN: body})
    assert not found.solved and said in found.fault
    assert "minicnn/learn" not in found.fault and "Traceback" not in found.fault


@pytest.mark.parametrize(("body", "said"), [
    ("import numpy as np\n    return np.zeros((1000, 10**6))", "line 6, in double: not enough memory"),
    ("return input()", "line 5, in double: nobody answers input() while your file is checked"),
    ("import os; os._exit(0)", "01_double.py: the program ended before the check did"),
    ("import ctypes; ctypes.string_at(0)", "01_double.py, line 5, in double: the program was ended by SIGSEGV"),
])
def test_a_harmful_body(answer, body, said):
    found = answer(changed={RETURN: body}, seconds=20)
    assert not found.solved and said in found.fault


@pytest.mark.parametrize(("text", "said"), [
    ("def double(x:\n    return 2", "01_double.py, line 1: SyntaxError: '(' was never closed\n    def double(x:"),
    ("def f():\n  x = 1\n    y = 2\n", "01_double.py, line 3: IndentationError: unexpected indent"),
    ("import numpi\n", "01_double.py, line 1: ModuleNotFoundError: No module named 'numpi'\n    import numpi"),
    ("x = 1\n\0", "01_double.py"),
    ("", "01_double.py: there is no function double; the task asks for def double(x)"),
    ("def double(a):\n    return 2 * a\n", "line 1: expected def double(x), got def double(a)"),
    ("double = 3\n", "there is no function double"),
])
def test_a_wrong_file(answer, text, said):
    found = answer(text)
    assert not found.solved and said in found.fault


@pytest.mark.parametrize(("value", "said"), [
    ("...", "line 11: answer is not answered yet: replace the ..."),
    ("12", "answer (the output size) = 12 is not right\n    the padding is missing"),
    ("13.0", "= 13.0 is not right\n    count again"),
    ("'fourteen'", "should be a number, and is 'fourteen'"),
    ("(14, 14)", "should be a number, and is (14, 14)"),
    ("True", "should be a number, and is True"), ("10**400", "should be a number, and is 1000"),
])
def test_a_wrong_value(answer, value, said):
    found = answer(changed={"answer = 14": f"answer = {value}"})
    assert not found.solved and said in found.fault


def test_a_wrong_backward_pass_gets_the_report_of_the_gradient_check(answer):
    found = answer(changed={"return 2 * dy": "return 2 * dy / 3"})
    assert "double_backward: it disagrees with finite differences" in found.fault
    assert "where  worst at dx[" in found.fault and "analytic" in found.fault and "again" not in found.fault
    assert "returned dx of shape" in answer(changed={"return 2 * dy": "return 2 * dy[0]"}).fault


def test_a_list_of_odd_things_is_no_number():
    with pytest.raises(Fault, match=r"f returned a list of 2 as y, expected a number; the call was f\(\)"):
        check_result("f", "y", [np.zeros(2), "x"], 1.0, "f()", {})


def test_a_file_that_is_no_text_and_one_that_is_none(answer, exercise, tmp_path):
    (tmp_path / "01_double.py").write_bytes(b"x = '\xe9\xff'\n")
    assert "01_double.py: this is no text in UTF-8" in check_here(exercise, tmp_path / "01_double.py").fault
    (tmp_path / "02_double.py").mkdir()
    assert "02_double.py cannot be read" in check_here(exercise, tmp_path / "02_double.py").fault


@pytest.mark.parametrize("body", ["while True:\n        pass", "while True:\n        print('x' * 1000)"])
def test_an_endless_loop_is_stopped_and_its_output_is_cut(answer, body):
    found = answer(changed={RETURN: body}, seconds=2)
    assert "stopped after 2 seconds" in found.fault and "01_double.py, line" in found.fault and "in double" in found.fault
    assert len(found.printed) < 5000


def test_what_a_learner_starts_ends_too(answer, tmp_path):
    sign = tmp_path / "sign"
    program = f"import time; time.sleep(2); open({str(sign)!r}, 'w')"
    start = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {program!r}])"
    found = answer(changed={'"""Double x."""': start}, seconds=20)
    assert found.solved
    time.sleep(2.5)
    assert not sign.exists()


def test_a_file_of_the_learner_hides_no_module(answer, tmp_path):
    (tmp_path / "random.py").write_text("raise ValueError")
    (tmp_path / "mine.py").write_text("two = 2")
    assert answer(changed={RETURN: "import random, mine\n    return mine.two * x"}, seconds=20).solved


def test_a_choice_at_a_kink_is_seen_in_the_small_numbers_alone(tmp_path):
    file = tmp_path / "05.py"
    file.write_text("import numpy as np\n\ndef relu_backward(dy, x):\n    return np.where(x >= 0, dy, 0)\n")
    task = Task(str(file), str(file))
    cases = [({"x": np.array([1.0, -2.0])}, {})]
    check_backward(task, "relu_backward", {"dy": np.array([2.0, 3.0]), "x": np.array([1.0, -1.0])}, cases)
    with pytest.raises(WrongNumber, match=r"relu_backward: dx\[i=1\] is 3, expected 0"):
        check_backward(task, "relu_backward", {"dy": np.array([2.0, 3.0]), "x": np.array([1.0, 0.0])}, cases)
