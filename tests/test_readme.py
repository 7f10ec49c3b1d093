"""The README proves itself: its programs run, its links lead somewhere."""

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_programs_of_the_readme_run_and_do_what_it_says():
    first, second = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(first, names)
        exec(second, names)
    accuracy, report = printed.getvalue().split("\n", 1)
    assert float(accuracy.split("%")[0]) > 90
    assert report.startswith("ok   Square()")


def test_the_chapter_on_gradient_checking_prints_what_it_says(capsys):
    text = (ROOT / "docs" / "gradient-checking.md").read_text()
    program, = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(program, {})
    printed = capsys.readouterr().out
    bar = re.compile(r" \+- \S+")                                  # rounding, which another CPU does otherwise
    assert bar.sub("", printed) in bar.sub("", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text())
    for link in links:
        assert link.startswith("http") or (page.parent / link).exists(), link
    assert re.search(r"\w", page.read_text())


def test_every_file_that_the_pages_name_exists():
    for page in PAGES:
        for name in re.findall(r"`((?:minicnn|tests|examples|docs)/[\w/.-]*)`", page.read_text()):
            assert (ROOT / name).exists(), f"{page.name}: {name}"
