"""Every chapter runs, prints what it shows, and quotes the source as it is today."""

import ast
import os
import re

import numpy as np
import pytest
from chapters import COURSE, ROOT, blocks, chapters, output_problems, prose, run, source_problems
from formulas import formula_problems

from minicnn import ops

PAGES = sorted(COURSE.glob("*.md"))
EVERY_CHAPTER = pytest.mark.parametrize("chapter", chapters(), ids=lambda path: path.stem)
EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)


@EVERY_CHAPTER
def test_the_code_runs_and_prints_what_the_page_shows(chapter, monkeypatch):
    monkeypatch.chdir(ROOT)
    page = chapter.read_text()
    if "import torch" in page:
        pytest.importorskip("torch", reason="the chapter compares with PyTorch, which is not installed")
    with ops.use(ops.current()):                                   # a chapter may choose another implementation
        _, printed = run(page, chapter.name)
    assert not output_problems(page, printed)


@pytest.mark.long                                                  # the chapter itself runs above, on drawn digits
@pytest.mark.skipif("MINICNN_DATA" not in os.environ, reason="MINICNN_DATA does not say where the real images are")
@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_chapter_16_holds_on_real_images(name):
    drawn, real = "digits(train=3000, test=500)", f"__import__('minicnn').{name}()"
    page = next(COURSE.glob("16-*.md")).read_text()
    assert page.count(drawn) == 1
    with ops.use(ops.current()):
        _, printed = run(page.replace(drawn, real), name)
    assert not output_problems(page, printed)


@EVERY_PAGE
def test_excerpts_equal_the_source(page):
    assert not source_problems(page.read_text())


@EVERY_PAGE
def test_formulas_are_well_formed(page):
    assert not formula_problems(page.read_text())


@EVERY_PAGE
def test_links_and_pictures_exist(page):
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    for before, alt, target in re.findall(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)", text):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert ROOT in file.parents, target
        if anchor:
            assert anchor in slugs(file.read_text()), target
        if before:
            assert len(alt.split()) >= 8, f"{target}: a text alternative says what is in the picture"


def slugs(text):
    """The anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


@EVERY_CHAPTER
def test_a_chapter_has_its_parts_and_its_length(chapter):
    page = chapter.read_text()
    assert 900 <= len(prose(page).split()) <= 1800
    assert page.startswith(f"# {int(chapter.name[:2])}. ")
    for opening in ("**The question.**", "**You need**", "**Time:**"):
        assert opening in page.split("\n## ")[0], opening
    headings = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert headings[-3:] == ["What to remember", "Exercises", "Read on"]
    assert re.search(r"!\[", page), "a picture"
    remember = page.split("## What to remember")[1].split("\n## ")[0].strip()
    assert 1 <= len(re.findall(r"^- ", remember, re.MULTILINE)) <= 5


@EVERY_PAGE
def test_a_derivation_names_its_proof(page):
    page = page.read_text()
    proofs = (ROOT / "tests" / "course" / "test_derivations.py").read_text()
    named = re.findall(r"\[`(test_\w+)`\]\(\.\./\.\./tests/course/test_derivations\.py\)", page)
    assert named or "```math" not in page
    for name in named:
        assert f"def {name}(" in proofs, name


def test_chapters_7_to_10_share_their_numbers():
    given = {}
    exec((COURSE / "small_arrays.py").read_text(), given)
    seen = set()
    for chapter in chapters():
        if not 7 <= int(chapter.name[:2]) <= 10:
            continue
        for block in blocks(chapter.read_text()):
            if block.kind == "python":
                for name, value in literal_arrays(block.text):
                    if name in given and np.ndim(given[name]) == 2:
                        np.testing.assert_array_equal(value, given[name])
                        seen.add((chapter.name[:2], name))
    assert {number for number, _ in seen} == {c.name[:2] for c in chapters() if 7 <= int(c.name[:2]) <= 10}


def literal_arrays(program):
    """(name, list) for each  name = np.array([...])  of a program."""
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Call) \
                and ast.unparse(node.value.func) == "np.array" and isinstance(node.value.args[0], ast.List):
            yield node.targets[0].id, ast.literal_eval(node.value.args[0])


def test_the_start_page_lists_every_chapter_in_order():
    listed = re.findall(r"\]\((\d\d-[\w-]+\.md)\)", (COURSE / "README.md").read_text())
    assert listed == [chapter.name for chapter in chapters()]


def test_every_chapter_leads_to_the_next():
    for chapter, following in zip(chapters(), chapters()[1:]):
        assert chapter.read_text().rstrip().splitlines()[-1].endswith(f"]({following.name})"), chapter.name


def test_every_proof_is_named_by_a_chapter_or_by_the_page_of_all_formulas():
    proofs = re.findall(r"^def (test_\w+)\(", (ROOT / "tests" / "course" / "test_derivations.py").read_text(), re.MULTILINE)
    pages = "".join(page.read_text() for page in PAGES)
    assert [name for name in proofs if f"[`{name}`]" not in pages] == []


def test_the_glossary_is_in_order_and_names_the_chapter_that_explains_each_word():
    rows = re.findall(r"^\| \*\*(.+?)\*\* \| .+ \| \[\d+\]\((.+)\) \|$", (COURSE / "glossary.md").read_text(), re.MULTILINE)
    words = [word.lower() for word, _ in rows]
    assert words == sorted(words)
    assert len(words) == (COURSE / "glossary.md").read_text().count("| **")
    for word, chapter in rows:
        text = " ".join((COURSE / chapter).read_text().lower().split())
        assert word.lower() in text, f"{chapter} does not say {word}"
