"""Makes a notebook of each chapter, and runs it:  python docs/tools/notebooks.py [--only 07]

The notebooks in docs/notebooks/ are never edited by hand. They hold no output: the reader runs them. After each cell ran,
what it printed is compared with what the chapter shows. `--no-run` only writes them.
"""

import argparse
import base64
import html
import importlib.util
import os
import re
import sys
import time
from pathlib import Path

import jupytext
import nbclient
import nbformat

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "tests" / "course")]

from chapters import blocks, chapters, compare  # noqa: E402
from rewrite import dollars, links  # noqa: E402

NOTEBOOKS = ROOT / "docs" / "notebooks"
INSTALL = (Path(__file__).parent / "install_cell.py").read_text().rstrip()
METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"}}


def notebook(chapter):
    """The notebook of a chapter, as nbformat's object."""
    page = links(dollars(without_outputs(chapter.read_text())), lambda *link: from_notebooks(chapter, *link))
    read = jupytext.reads(page, fmt="md")
    for cell in read.cells:
        cell.source = cell.source.replace("```python .noeval\n", "```python\n")
    cells = [nbformat.v4.new_code_cell(INSTALL), *read.cells]
    for number, cell in enumerate(cells):
        cell.id, cell.metadata = f"cell-{number}", {}
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def without_outputs(page):
    """The page without what its blocks print and without comments; quotations of the source are marked as no cells."""
    lines = page.splitlines()
    for block in reversed(blocks(page)):
        if block.kind == "output":
            del lines[block.first - 2:block.first + len(block.text.splitlines())]
        elif block.kind == "excerpt":
            lines[block.first - 2] = lines[block.first - 2].replace("```python", "```python .noeval")
    return re.sub(r"^<!-- (source|compare): .*? -->\n", "", "\n".join(lines) + "\n", flags=re.MULTILINE)


def from_notebooks(chapter, picture, words, target):
    """A chapter's link, as it must be in docs/notebooks: pictures inside the notebook, chapters as notebooks."""
    path, _, anchor = target.partition("#")
    if target.startswith("http") or not path:
        return None
    file = (chapter.parent / path).resolve()
    if picture:
        kind = {".svg": "image/svg+xml", ".png": "image/png"}[file.suffix]
        return f'<img alt="{html.escape(words)}" src="data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}">'
    if file in chapters():
        file, anchor = NOTEBOOKS / f"{file.stem}.ipynb", ""
    return f"[{words}]({Path(os.path.relpath(file, NOTEBOOKS)).as_posix()}{'#' * bool(anchor)}{anchor})"


def text(chapter):
    """The text of a notebook's file."""
    return nbformat.writes(notebook(chapter), version=4) + "\n"


def run(chapter):
    """Run a chapter's notebook, as a reader would. A list of sentences: where its output is not what the chapter shows."""
    made = notebook(chapter)
    nbclient.NotebookClient(made, timeout=300, extra_arguments=["--log-level=ERROR"],
                            resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()
    cells = [cell for cell in made.cells if cell.cell_type == "code"][1:]
    shown = blocks(chapter.read_text())
    programs = [k for k, block in enumerate(shown) if block.kind == "python"]
    problems = []
    for k, cell in zip(programs, cells, strict=True):
        output = next((block for block in shown if block.after == k), None)
        printed = "".join(each.text for each in cell.outputs if each.get("name") == "stdout")
        if output:
            problems += [f"line {shown[k].first}: {problem}" for problem in compare(output.text, printed, output.note)]
    return problems


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="NUMBER", help="the chapter whose file begins so")
    parser.add_argument("--no-run", action="store_true", help="write the notebooks and run none")
    flags = parser.parse_args(arguments)
    NOTEBOOKS.mkdir(exist_ok=True)
    wrong = 0
    for chapter in (each for each in chapters() if each.name.startswith(flags.only)):
        (NOTEBOOKS / f"{chapter.stem}.ipynb").write_text(text(chapter))
        if flags.no_run:
            continue
        if "import torch" in chapter.read_text() and importlib.util.find_spec("torch") is None:
            print(f"{chapter.stem}: not run, because PyTorch is not installed", flush=True)
            continue
        begin = time.perf_counter()
        problems = run(chapter)
        wrong += bool(problems)
        print(f"{chapter.stem}: {time.perf_counter() - begin:.0f} s", *problems, sep="\n    ", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
