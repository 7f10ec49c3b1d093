"""Docstrings, which are plain text, become reStructuredText."""

import pytest

pytestmark = pytest.mark.docs


@pytest.mark.parametrize("plain, marked", [
    ("Slide F filters.", "Slide F filters."),
    ("A * b, c_d and |e|.", r"A \* b, c\_d and \|e\|."),
    ("`rng` or `a + b`.", ":py:obj:`rng` or ``a + b``."),
    ("Do.\n\n    y = x * w\n        + b\n\n    z = 1\n\nThen more\nwords.",
     "Do.\n\n::\n\n    y = x * w\n        + b\n\n    z = 1\n\nThen more\nwords."),
    ("All:\n- one `a`\n  two\n- three", "All:\n\n- one :py:obj:`a` two\n\n- three"),
    ("Do.\n\nShapes: x (N, D)\n-> y.\nRaises: ShapeError, and\nValueError.\nSource: A, 'B', 1998.",
     "Do.\n\n:Shapes: x (N, D) -> y.\n:Raises: :py:exc:`~minicnn.ShapeError`, and ValueError.\n:Source: A, 'B', 1998.\n"),
    ("y = max(x, 0). Shapes: any. Raises: DtypeError.",
     "y = max(x, 0).\n\n:Shapes: any.\n:Raises: :py:exc:`~minicnn.DtypeError`.\n"),
    ("Do.\n\nShapes: x (N,) -> dicts:\n    name\n    low     the percentile",
     "Do.\n\n:Shapes: x (N,) -> dicts:\n\n    ::\n\n        name\n        low     the percentile"),
    ("As conv2d. Shapes, Raises: as conv2d.", "As conv2d.\n\n:Shapes, Raises: as conv2d.\n"),
])
def test_rewritten(plain, marked):
    import docstrings
    assert docstrings.rewritten(plain).rstrip() == marked.rstrip()


def test_an_op_names_its_implementations():
    import docstrings
    links = docstrings.implementations("minicnn.ops.relu_backward")
    assert [word for word in ("definition", "reference", "fast") if f"`{word} <../source/minicnn/ops/{word}/" in links] \
        == ["definition", "reference", "fast"]
    assert docstrings.implementations("minicnn.ops.use") == ""
    assert docstrings.implementations("minicnn.Conv2D") == ""


def test_signatures_show_names_of_defaults_and_no_types():
    import docstrings

    import minicnn
    shown, _ = docstrings.signature(None, "class", "", minicnn.Dense, None, "", "")
    assert shown == "(in_features, out_features, bias=True, rng=None, dtype=float32, initializer=he_normal)"
    shown, _ = docstrings.signature(None, "function", "", minicnn.ops.conv2d, None, "", "")
    assert shown == "(x, w, b=None, stride=1, padding=0)"
