"""The notebooks are what `make notebooks` makes of the chapters today, and their first cell installs minicnn."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from chapters import ROOT, blocks, chapters

pytestmark = pytest.mark.docs
EVERY_CHAPTER = pytest.mark.parametrize("chapter", chapters(), ids=lambda path: path.stem)
FOLDER = ROOT / "docs" / "notebooks"
CELL = (ROOT / "docs" / "tools" / "install_cell.py").read_text()


@EVERY_CHAPTER
def test_a_notebook_is_its_chapter(chapter):
    import notebooks
    assert (FOLDER / f"{chapter.stem}.ipynb").read_text() == notebooks.text(chapter), "run make notebooks"


def test_every_notebook_has_a_chapter():
    assert {file.stem for file in FOLDER.glob("*.ipynb")} == {chapter.stem for chapter in chapters()}


@EVERY_CHAPTER
def test_its_cells_are_the_programs_of_the_chapter_and_nothing_else(chapter):
    import notebooks
    made = notebooks.notebook(chapter)
    code = [cell for cell in made.cells if cell.cell_type == "code"]
    assert code[0].source + "\n" == CELL
    assert [cell.source + "\n" for cell in code[1:]] == [b.text for b in blocks(chapter.read_text()) if b.kind == "python"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    words = "\n".join(cell.source for cell in made.cells if cell.cell_type == "markdown")
    assert words.count("<details>") == words.count("</details>")
    for cell in made.cells:
        assert cell.source.count("<details>") == cell.source.count("</details>"), "an answer is cut in two"
    for quoted in (block.text for block in blocks(chapter.read_text()) if block.kind == "excerpt"):
        assert f"```python\n{quoted}```" in words
    for left in ("```math", "$`", ".noeval", "<!--"):
        assert left not in words


@EVERY_CHAPTER
def test_its_links_lead_somewhere_and_its_pictures_are_inside(chapter):
    import notebooks
    made = notebooks.notebook(chapter)
    words = "\n".join(cell.source for cell in made.cells if cell.cell_type == "markdown")
    plain = re.sub(r"```.*?```", "", words, flags=re.DOTALL)
    assert not re.search(r"!\[", plain)
    assert words.count('src="data:image/svg+xml;base64,') == chapter.read_text().count("](pictures/")
    targets = re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", plain)
    assert targets
    for target in targets:
        assert target.startswith("http") or (FOLDER / target).exists(), target


@EVERY_CHAPTER
def test_it_runs_and_prints_what_the_chapter_shows(chapter):
    import notebooks
    if "import torch" in chapter.read_text():
        pytest.importorskip("torch", reason="the chapter compares with PyTorch, which is not installed")
    assert not notebooks.run(chapter)


# ------------------------------------------------------------------------------------------------------- the first cell

@pytest.fixture
def python(tmp_path_factory):
    """A Python that has minicnn's dependencies, but not minicnn."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    program = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    ask = (program, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    place = subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip()
    import numpy
    (Path(place) / "dependencies.pth").write_text(f"{Path(numpy.__file__).parents[1]}\n")
    return program


def first_cell(python, folder, wheel=""):
    """Run the first cell, then ask where minicnn comes from."""
    program = CELL.replace('WHEEL = ""', f"WHEEL = {str(wheel)!r}") + "\nimport minicnn\nprint(minicnn.__file__)\n"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run([python, "-c", program], cwd=folder, env=environment, capture_output=True, text=True)


def test_without_project_and_wheel_the_first_cell_says_how(python, tmp_path):
    done = first_cell(python, tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("minicnn is not installed") and "python -m pip wheel --no-deps ." in done.stderr
    assert "Traceback" not in done.stderr


def test_the_first_cell_installs_from_the_project_around_it(python):
    done = first_cell(python, FOLDER)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()) == ROOT / "minicnn" / "__init__.py"
    again = first_cell(python, FOLDER)
    assert again.stdout == done.stdout, "the next Python finds what was installed"


def test_the_first_cell_installs_from_a_wheel(python, tmp_path):
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "-w", tmp_path, ROOT], check=True)
    wheel, = tmp_path.glob("*.whl")
    done = first_cell(python, tmp_path, wheel)
    assert done.returncode == 0, done.stderr
    assert python.parent.parent in Path(done.stdout.strip()).parents


def test_another_project_of_the_name_is_recognised(python, tmp_path):
    (tmp_path / "minicnn").mkdir()
    (tmp_path / "minicnn" / "__init__.py").touch()
    done = first_cell(python, tmp_path)
    assert done.stderr.startswith("The minicnn that is installed here is another project")
