# ruff: noqa: RUF001    (the page shows a real minus sign and a multiplication sign)
"""The equations of the step-through pages: an expression with its numbers filled in has the value of the expression."""

import ast
import math

import numpy as np
import pytest

from minicnn.visualize.steps.arrays import Memory, Numbers, Shown
from minicnn.visualize.steps.equations import Cell, Local, Reader, Unreadable, number

X = np.array([[2.0, -3.0, 5.0], [-7.0, 0.5, 4.0]])


@pytest.fixture
def reader():
    """A Reader that knows x, and some local variables."""
    memory, shown = Memory(), Shown(0, "x", X.shape, "input", axes="nd")
    memory.put(X, shown, shown.ids)
    return Reader(memory.find, {"x": X, "math": math, "np": np, "float": float, "sum": sum, "max": max, "range": range,
                                "i": 1, "k": 3, "rate": 0.25, "flag": False, "total": Local.of(7, -1.5), "f": lambda a: a})


def text(tokens):
    """The equation as the page shows it, the number of each cell in brackets (the page draws a box around it)."""
    return "".join(f"[{number(token)}]" if isinstance(token, Cell) else number(token) if isinstance(token, Local) else token
                   for token in tokens)


def read(reader, expression):
    return reader.read(ast.parse(expression, mode="eval").body)


@pytest.mark.parametrize("expression, shown", [
    ("x[0, 1] * x[1, 0]", "[−3] × [−7]"),
    ("x[0, 0] - (x[0, 1] - x[0, 2])", "[2] − ([−3] − [5])"),
    ("x[0, 0] - (x[0, 1] + x[0, 2])", "[2] − ([−3] + [5])"),
    ("x[0, 0] / (x[0, 1] * x[0, 2])", "[2] / ([−3] × [5])"),
    ("x[0, 0] / (x[0, 1] / x[0, 2])", "[2] / ([−3] / [5])"),
    ("x[0, 0] * (x[0, 1] + x[0, 2])", "[2] × ([−3] + [5])"),
    ("(x[0, 0] + x[0, 1]) * x[0, 2]", "([2] + [−3]) × [5]"),
    ("x[0, 0] + x[0, 1] * x[0, 2] + 1", "[2] + [−3] × [5] + 1"),
    ("-(x[0, 0] + x[0, 1])", "−([2] + [−3])"),
    ("-x[0, 0] * x[0, 1]", "(−[2]) × [−3]"),
    ("(x[0, 0] - x[0, 1]) ** 2", "([2] − [−3])²"),
    ("x[0, 0] * x[0, 1] ** 2", "[2] × [−3]²"),
    ("total * x[i, 2]", "(−1.5) × [4]"),
    ("x[i, -1] + k * rate", "[4] + 0.75"),
    ("x[0, 1] * -2", "[−3] × (−2)"),
    ("math.sqrt(x[0, 0] + 1) + math.exp(x[0, 1])", "√([2] + 1) + exp([−3])"),
    ("max(float(v) for v in x[0])", "max([2], [−3], [5])"),
    ("sum(x[n, 1] for n in range(2)) / 2", "([−3] + [0.5]) / 2"),
    ("sum(float(v) - total for v in x[1]) * 2", "([−7] − (−1.5) + [0.5] − (−1.5) + [4] − (−1.5)) × 2"),
    ("x[0, 0] if flag else x[0, 1]", "[−3]"),
    ("x[0, 0] if x[0, 0] < 0 else 0", "[2] if [2] < 0 else 0"),
    ("float(x[1, 1])", "[0.5]"),
    ("(rate, k)", "(0.25, 3)"),
])
def test_an_expression_with_its_numbers_filled_in(reader, expression, shown):
    tokens = read(reader, expression).tokens
    assert text(tokens) == shown.replace("−", "\u2212").replace("×", "\u00d7")
    python = shown.replace("−", "-").replace("×", "*").replace("²", "**2").replace("√", "sqrt")
    found = eval(python.replace("[", "(").replace("]", ")"), {"sqrt": math.sqrt, "exp": math.exp})
    wanted = eval(expression, dict(reader.environment))
    assert found == pytest.approx(wanted)


def test_what_cannot_be_one_line_of_numbers_is_refused(reader):
    for expression in ("np.zeros(3)", "x", "x[0]", "[1, 2]", "np.pad(x, 1)", "(*x.shape, 2)"):
        with pytest.raises(Unreadable):
            read(reader, expression)


def test_cells_are_found_through_views_too():
    memory, shown = Memory(), Shown(0, "x", X.shape, "input", axes="nd")
    memory.put(X, shown, shown.ids)
    for view in (X.T, X[:, 1:], X[::-1], X.reshape(3, 2), X[1]):
        for index in np.ndindex(view.shape):
            cell = memory.find(view, index)
            assert (float(cell), X.ravel()[cell.place.cell]) == (view[index], view[index])
    assert memory.find(X.copy(), (0, 0)) is None
    assert memory.find(X, (slice(None), 0)) is None
    assert memory.find(X, (0,)) is None


def test_numbers_as_text():
    assert [number(value) for value in (3.0, -0.25, 1 / 3, 1e-5, -math.inf, 123456.0, 1234567.0)] == [
        "3", "\u22120.25", "0.3333", "1e\u22125", "\u2212\u221e", "123456", "1.235e6"]
    numbers = Numbers()
    assert numbers(0.0) == numbers(-0.0)
    assert numbers(float("nan")) == numbers(float("nan"))
    assert numbers.values[numbers(2 / 3)] == [2 / 3, "0.6667", "0.667"]
