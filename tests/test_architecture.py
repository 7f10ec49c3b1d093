"""The house: who may import whom. Parsed from the source, so that a wrong edge fails before it makes a circle."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "minicnn"
FILES = sorted(PACKAGE.rglob("*.py"))

# Each part of the house and the parts it may import, from the ground up: a part imports only parts above it in this table.
# A part that is missing here fails the test.
ALLOWED = {
    "shapes": set(),
    "support": {"shapes"},
    "ops": {"shapes"},
    "layers": {"ops", "shapes", "support"},
    "losses": {"ops", "shapes"},
    "optim": {"layers", "ops", "shapes"},
    "models": {"layers", "shapes"},
    "data": {"ops", "shapes", "support"},
    "metrics": {"ops", "shapes", "support"},
    "gradcheck": {"layers", "losses", "models", "ops", "shapes", "support"},
    "museum": {"gradcheck", "layers", "ops", "shapes", "support"},
    "visualize": {"data", "layers", "losses", "metrics", "ops", "optim", "shapes", "support"},
    "training": {"data", "layers", "losses", "metrics", "models", "ops", "optim", "shapes", "support", "visualize"},
    "doctor": {"data", "gradcheck", "layers", "losses", "ops", "optim", "shapes", "support", "training", "visualize"},
    "search": {"shapes", "support", "training"},
    "learn": {"data", "gradcheck", "layers", "losses", "ops", "optim", "shapes", "support", "training"},
    "playground": {"data", "layers", "losses", "metrics", "models", "museum", "ops", "optim", "shapes", "support", "training",
                   "visualize"},
    "cli": {"data", "doctor", "gradcheck", "layers", "learn", "losses", "metrics", "museum", "ops", "optim", "playground",
            "search", "shapes", "support", "training", "visualize"},
    "__init__": {"data", "gradcheck", "layers", "losses", "metrics", "models", "ops", "optim", "shapes", "training"},
    "__main__": {"cli", "ops", "shapes", "support", "training"},
}
VERSION = {"__main__", "cli", "doctor", "training", "visualize"}   # these may import minicnn.__version__ from __init__
OUTSIDE = {"PIL": {"data"}, "tqdm": {"cli", "training"}, "matplotlib": {"visualize"}, "jinja2": {"visualize"},
           "filelock": {"search", "support", "training"}, "threadpoolctl": {"doctor"}, "numba": {"doctor", "ops", "training"},
           "llvmlite": {"ops"}}
LONGEST = 250                                                      # lines of a file
MOST_NAMES = 18                                                    # at the top level of the package


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


def test_imports_go_one_way():
    for file in FILES:
        (own, other), here = imports(file), part(module_path(file))
        allowed = ALLOWED[here] | {here} | ({"__init__"} if here in VERSION else set())
        assert own <= allowed, f"{file}: {here} may import {sorted(ALLOWED[here])}, and imports {sorted(own - allowed)}"
        for name in other & set(OUTSIDE):
            assert here in OUTSIDE[name], f"{file}: {here} imports {name}"
        assert not {"torch", "tensorflow", "jax", "pickle"} & other, file
        if here == "shapes":
            assert "numpy" not in other


def test_the_table_goes_one_way():
    above = set()
    for name, uses in ALLOWED.items():
        assert uses <= above, f"{name} is above {sorted(uses - above)} in the table"
        above.add(name)


def test_the_top_level_shows_the_engine():
    names = {path.name for path in PACKAGE.iterdir() if not path.name.startswith("__")} - {"py.typed"}
    assert len(names) <= MOST_NAMES, sorted(names)


def test_init_files_only_hand_names_on():
    for file in (file for file in FILES if file.name == "__init__.py"):
        for node in ast.parse(file.read_text()).body:
            docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            assert docstring or isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign)), f"{file}: {ast.unparse(node)}"


def test_files_are_short():
    long = {str(file): lines for file in FILES if (lines := len(file.read_text().splitlines())) > LONGEST}
    assert not long


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
