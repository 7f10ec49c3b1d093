"""What people install: the metadata, the source distribution, the wheel, and that no page sends them to another project."""

import ast
import email
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

import minicnn

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
IGNORED = {".git", ".venv", "build", "dist", "runs", "__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache"}


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def files(*suffixes):
    """The project's own text files with one of these suffixes."""
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [name for name in inner if name not in IGNORED and not name.endswith(".egg-info")]
        yield from (Path(folder) / name for name in names if name.endswith(suffixes))


# ------------------------------------------------------------------------------------------------- what is written down

def test_setup_cfg_configures_pytest_and_nothing_else():
    assert re.findall(r"^\[(.*)\]$", (ROOT / "setup.cfg").read_text(), re.MULTILINE) == ["tool:pytest"]


def test_every_package_that_minicnn_imports_is_a_dependency():
    imported = set()
    for file in (ROOT / "minicnn").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                imported.add(node.module.split(".")[0])
    imported -= sys.stdlib_module_names | {"minicnn"}              # the exercises import it by its name
    imported = {{"PIL": "pillow", "llvmlite": "numba"}.get(name, name) for name in imported}
    declared = {re.match(r"[\w-]+", line).group().lower() for line in project()["dependencies"]}
    assert imported <= declared
    unused = declared - imported
    assert not unused, f"pyproject.toml asks for {sorted(unused)}, which nothing imports"


def test_every_dependency_has_a_lowest_version():
    groups = project()["optional-dependencies"]
    for line in [*project()["dependencies"], *groups["test"], *groups["docs"], *groups["bench"]]:
        assert re.fullmatch(r"[\w-]+>=[\d.]+(; python_version < '[\d.]+')?", line), line


def test_the_description_has_no_relative_links():
    text = (ROOT / project()["readme"]).read_text()
    assert text.startswith("# minicnn\n")
    assert not re.findall(r"\]\((?!https://)", text) and "<img" not in text
    program, = re.findall(r"```python\n.*?```", text, re.DOTALL)
    assert program in (ROOT / "README.md").read_text()             # where a test runs it


def test_the_citation_names_this_version():
    """The fields that the Citation File Format 1.2.0 requires, and the ones that can grow stale."""
    found = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= set(found)
    assert found["cff-version"] == "1.2.0"
    assert found["type"] == "software"
    assert found["version"] == minicnn.__version__
    assert found["license"] == project()["license"]
    assert all(author.keys() & {"name", "family-names"} for author in found["authors"])
    assert f"\n## {minicnn.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_nothing_installs_the_other_project_of_this_name():
    """On the package index, minicnn is another project: we install from the checkout (`.`) or from our own wheel."""
    wrong = re.compile(r"(pip|uv|pipx|poetry|conda)\b[^\n`'\"]*\b(install|add|download)\b[^\n`]*[\s'\"]minicnn(?![\w./-])")
    assert wrong.search("python -m pip install --quiet 'minicnn[test]'") and wrong.search("uv add minicnn")
    for file in files(".py", ".md", ".toml", ".cfg", ".cff", ".html", ".yml", "Makefile", "run"):
        if file != Path(__file__):
            found = wrong.search(file.read_text())
            assert not found, f"{file.relative_to(ROOT)}: {found.group()}"


# --------------------------------------------------------------------------------------------------- what is built of it

@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The source distribution, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("built")
    done = subprocess.run([sys.executable, "-m", "build", "--outdir", folder, ROOT], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    sdist, = folder.glob("*.tar.gz")
    wheel, = folder.glob("*.whl")
    return sdist, wheel


@pytest.mark.long
def test_the_source_distribution_holds_the_whole_project(built):
    with tarfile.open(built[0]) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no git checkout: nothing says which files belong to the project")
    assert {name for name in listed.stdout.splitlines() if (ROOT / name).exists()} - {".ci/run"} <= names


@pytest.mark.long
def test_the_metadata_of_the_wheel(built):
    with zipfile.ZipFile(built[1]) as archive:
        name, = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        found = email.message_from_string(archive.read(name).decode())
    assert (found["Name"], found["Version"], found["License-Expression"]) == ("minicnn", minicnn.__version__, "MIT")
    assert found["Requires-Python"] == ">=3.10"
    assert "\n# minicnn\n" in "\n" + found.get_payload() and "](docs/" not in found.get_payload()


@pytest.mark.long
def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(built):
    with zipfile.ZipFile(built[1]) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    package = {path.relative_to(ROOT).as_posix() for path in (ROOT / "minicnn").rglob("*")
               if path.is_file() and "__pycache__" not in path.parts}
    assert names == package


@pytest.mark.long
def test_the_wheel_works_from_another_folder(built, tmp_path):
    """In an environment of its own, which borrows only the dependencies from this one."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*command):
        done = subprocess.run(list(map(str, command)), cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    scripts = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    run(scripts / "python", "-m", "pip", "install", "--no-deps", "--no-index", built[1])
    site = run(scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    ours = run(sys.executable, "-c", "import numpy, pathlib; print(pathlib.Path(numpy.__file__).parents[1])").strip()
    (Path(site) / "dependencies.pth").write_text(ours + "\n")
    assert site in run(scripts / "python", "-c", "import minicnn; print(minicnn.__file__)")
    assert "gradcheck" in run(scripts / "minicnn", "--help")
    assert "ok" in run(scripts / "minicnn", "gradcheck", "relu")
    run(scripts / "minicnn", "learn", "start", "mine")
    (tmp_path / "mine" / "04_dense.py").write_text(run(scripts / "minicnn", "learn", "solution", "4", "--folder", "mine"))
    assert "04_dense: solved" in run(scripts / "minicnn", "learn", "check", "4", "--folder", "mine")
    assert "6 of 6 passed" in run(scripts / "minicnn", "gradcheck", "dense", "--implementation", "mine/04_dense.py")
    assert run(scripts / "python", "-m", "minicnn", "--version") == f"minicnn {minicnn.__version__}\n"


# ------------------------------------------------------------------------------------------------------------- its types

def mypy(folder, program):
    """What mypy says of a program outside the repository that uses minicnn."""
    (folder / "program.py").write_text(program)
    done = subprocess.run([sys.executable, "-m", "mypy", "--follow-imports", "silent", "program.py"], cwd=folder,
                          env=os.environ | {"MYPYPATH": str(ROOT)}, capture_output=True, text=True)
    return done.stdout + done.stderr


@pytest.mark.long
def test_mypy_accepts_the_programs_of_the_readme(tmp_path):
    programs = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert mypy(tmp_path, "\n".join(programs)).startswith("Success")


@pytest.mark.long
def test_mypy_finds_a_wrong_call(tmp_path):
    """The hints that `py.typed` promises are there."""
    assert 'Argument 1 to "Dense" has incompatible type' in mypy(tmp_path, "from minicnn import Dense\nDense('64', 10)\n")
