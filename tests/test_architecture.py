"""The house: who may import whom. Parsed from the source, so that a wrong edge fails before it makes a circle."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "minicnn"
FILES = sorted(PACKAGE.rglob("*.py"))

# Each part of the house and the parts it may import. A part that is missing here fails the test.
ALLOWED = {
    "shapes": set(),
    "parameter": {"shapes"},
    "initializers": {"shapes"},
    "ops": {"shapes"},
    "layers": {"ops", "parameter", "shapes", "initializers"},
    "summary": {"shapes"},
    "fusion": {"layers", "ops"},
    "containers": {"fusion", "layers", "shapes", "summary"},
    "models": {"containers", "initializers", "layers", "shapes"},
    "averaging": {"optimizers", "shapes"},
    "losses": {"shapes"},
    "optimizers": {"ops", "shapes"},
    "schedules": {"optimizers", "shapes"},
    "metrics": {"shapes"},
    "gradcheck": {"shapes"},
    "checkpoint": {"shapes"},
    "health": set(),
    "data": {"ops", "shapes"},
    "plots": set(),
    "looking": {"losses"},
    "pictures": {"looking", "metrics", "plots"},
    "report_style": set(),
    "report_page": {"model_file", "plots", "report_style", "runs", "shapes"},
    "runs": {"__init__", "checkpoint", "shapes"},
    "model_file": {"checkpoint", "containers", "data", "metrics", "models", "shapes"},
    "training": {"checkpoint", "console", "data", "health", "losses", "metrics", "model_file", "models", "optimizers",
                 "pictures", "runs", "schedules", "shapes"},
    "console": {"losses"},
    "selfcheck": {"ops", "containers", "layers", "losses", "gradcheck", "models"},
    "museum": {"gradcheck", "ops", "selfcheck", "shapes"},
    "doctor": {"data", "health", "layers", "losses", "ops", "optimizers", "shapes"},
    "search": {"runs", "shapes"},
    "commands": {"averaging", "checkpoint", "console", "data", "doctor", "gradcheck", "losses", "metrics", "model_file",
                 "museum", "ops", "plots", "report_page", "runs", "search", "selfcheck", "shapes", "training"},
    "__main__": {"__init__", "commands", "console"},
    "__init__": {"averaging", "checkpoint", "containers", "data", "gradcheck", "health", "layers", "losses", "ops",
                 "optimizers", "parameter", "schedules", "shapes"},
}
OUTSIDE = {"PIL": {"data"}, "tqdm": {"console"}, "matplotlib": {"plots"}, "numba": {"doctor", "ops"}, "llvmlite": {"ops"}}


def part(path):
    """The part of the house that a module path belongs to: ('ops', 'reference', 'conv') -> 'ops'."""
    return path[0] if path else "__init__"


def module_path(file):
    path = file.relative_to(PACKAGE).with_suffix("").parts
    return path[:-1] if path[-1] == "__init__" and len(path) > 1 else path


def imports(file):
    """(parts of our own, names of other packages) that a file imports, wherever in the file."""
    own, other = set(), set()
    package = file.relative_to(PACKAGE).parts[:-1]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            other |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            other.add(node.module.split(".")[0])
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) - node.level + 1] + tuple((node.module or "").split(".") if node.module else ())
            for alias in node.names:
                target = base or ((alias.name,) if (PACKAGE / alias.name).exists()
                                  or (PACKAGE / f"{alias.name}.py").exists() else ("__init__",))
                own.add(part(target))
    return own, other


@pytest.mark.parametrize("file", FILES, ids=lambda f: "/".join(f.relative_to(PACKAGE).parts))
def test_imports_go_one_way(file):
    own, other = imports(file)
    here = part(module_path(file))
    wrong = own - ALLOWED[here] - {here}
    assert not wrong, f"{here} may import {sorted(ALLOWED[here])}, and imports {sorted(wrong)}"
    for name in other & set(OUTSIDE):
        assert here in OUTSIDE[name], f"{here} imports {name}"
    assert not {"torch", "tensorflow", "jax", "pickle"} & other
    if here == "shapes":
        assert "numpy" not in other


def test_the_allowed_edges_make_no_circle():
    done, todo = set(), dict(ALLOWED)
    while todo:
        ready = [name for name, uses in todo.items() if uses - {"__init__"} <= done]
        assert ready, f"a circle among {sorted(todo)}"
        done |= set(ready)
        for name in ready:
            del todo[name]


@pytest.mark.parametrize("file", [f for f in FILES if f.name == "__init__.py"], ids=lambda f: f.parent.name)
def test_init_files_only_hand_names_on(file):
    for node in ast.parse(file.read_text()).body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        assert docstring or isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign)), ast.unparse(node)


@pytest.mark.parametrize("file", FILES, ids=lambda f: "/".join(f.relative_to(PACKAGE).parts))
def test_files_are_short(file):
    assert len(file.read_text().splitlines()) <= 250


def test_the_detector_sees_a_forbidden_import(tmp_path, monkeypatch):
    wrong = PACKAGE / "losses.py"
    fake = tmp_path / "minicnn"
    fake.mkdir()
    (fake / "losses.py").write_text("def f():\n    from .layers import Dense\n    import torch\n" + wrong.read_text())
    (fake / "layers").mkdir()
    monkeypatch.setattr(f"{__name__}.PACKAGE", fake)
    own, other = imports(fake / "losses.py")
    assert "layers" in own
    assert "torch" in other
