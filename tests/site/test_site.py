"""The site that `make docs` built in build/docs: whole, seen by a browser without a network, and searched."""

import functools
import re
from html.parser import HTMLParser

import pytest
from browser import faults, look, opened
from chapters import ROOT, chapters
from chromium import browser, needs_browser

import minicnn
from minicnn import ops

pytestmark = pytest.mark.docs
SITE = ROOT / "build" / "docs"
PAGES = [page.relative_to(ROOT / "docs").with_suffix(".html").as_posix() for page in sorted((ROOT / "docs").rglob("*.md"))]
SOURCES = ["source/minicnn/index.html", "source/minicnn/ops/reference/conv.py.html",
           "source/tests/course/test_derivations.py.html"]


@pytest.fixture(scope="module")
def context():
    with browser() as chromium:
        yield chromium.new_context(offline=True)


# --------------------------------------------------------------------------------------------------------------- files

def test_every_page_is_there():
    assert [page for page in PAGES if not (SITE / page).exists()] == [], "run make docs"
    listed = (SITE / "index.html").read_text()
    for chapter in chapters():
        assert f'href="course/{chapter.stem}.html"' in listed, "a chapter is missing in docs/index.md"


class Links(HTMLParser):
    """The addresses that a page leads to or needs, and its anchors."""

    def __init__(self, text):
        super().__init__()
        self.links, self.needs, self.anchors = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors |= {attributes.get("id"), attributes.get("name")}
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        elif tag in ("img", "script", "iframe", "source"):
            self.needs.append(attributes.get("src"))
        elif tag == "link" and "href" in attributes:
            self.needs.append(attributes["href"])


@functools.cache
def parsed(file):
    return Links(file.read_text())


def test_no_link_is_dead_and_nothing_comes_from_a_network():
    dead = []
    for file in SITE.rglob("*.html"):
        page = parsed(file)
        assert [need for need in page.needs if need and re.match(r"(https?:)?//", need)] == [], file
        for link in {link for link in page.links if not re.match(r"https?:|mailto:", link)}:
            path, _, anchor = link.partition("#")
            target = (file.parent / path).resolve() if path else file
            if not target.is_file() or (anchor and target.suffix == ".html" and anchor not in parsed(target).anchors):
                dead.append(f"{file.relative_to(SITE)}: {link}")
    assert dead == []


def test_the_reference_holds_every_public_name():
    named = "".join(page.read_text() for page in (SITE / "api").glob("*.html"))
    public = [f"minicnn.ops.{name}" for name in ops.__all__]
    public += [f"minicnn.{name}" for name in minicnn.__all__ if name != "ops" and name not in ops.__all__]
    assert [name for name in public if f'id="{name}"' not in named] == []


def test_a_function_leads_to_its_lines_and_to_its_three_implementations():
    page = (SITE / "api" / "ops.html").read_text()
    entry = page[page.index('id="minicnn.ops.col2im"'):page.index('id="minicnn.ops.dense"')]
    for file in ("ops/conv.py", "ops/definition/conv.py", "ops/reference/conv.py"):
        line = next(number for number, text in enumerate((ROOT / "minicnn" / file).read_text().splitlines(), 1)
                    if text.startswith("def col2im("))
        assert f'href="../source/minicnn/{file}.html#L-{line}"' in entry


def test_a_proof_leads_to_its_line():
    lines = (ROOT / "tests" / "course" / "test_derivations.py").read_text().splitlines()
    line = lines.index("def test_one_weight():") + 1
    page = (SITE / "course" / "01-downhill.html").read_text()
    assert f'href="../source/tests/course/test_derivations.py.html#L-{line}"' in page


def test_a_chapter_leads_to_its_notebook():
    for chapter in chapters():
        page = SITE / "course" / f"{chapter.stem}.html"
        link, = (link for link in parsed(page).links if link.endswith(f"/{chapter.stem}.ipynb"))
        assert (page.parent / link).read_text() == (ROOT / "docs" / "notebooks" / f"{chapter.stem}.ipynb").read_text()


# ------------------------------------------------------------------------------------------------------------- a browser

@needs_browser
@pytest.mark.parametrize("page", [*PAGES, *SOURCES, "search.html"])
def test_a_page_is_whole_at_all_widths_light_and_dark(context, page):
    assert faults(look(context, (SITE / page).as_uri())) == []


@needs_browser
def test_search_finds_the_function_and_the_chapter(context):
    with opened(context, (SITE / "index.html").as_uri()) as (page, problems):
        page.fill("input[name=q]", "col2im")
        page.press("input[name=q]", "Enter")
        page.wait_for_selector("#search-results li a")
        page.wait_for_function("() => /found/.test(document.querySelector('#search-results').innerText)")
        found = page.eval_on_selector_all("#search-results li a", "links => links.map((link) => link.href)")
        assert any("api/ops.html#minicnn.ops.col2im" in link for link in found), found
        assert any("course/08-im2col.html" in link for link in found), found
        page.click("#search-results li a")
        assert "col2im" in page.inner_text("article")
        assert problems == []


@needs_browser
def test_the_button_changes_the_colors_and_the_pictures_follow(context):
    with opened(context, (SITE / "course" / "09-convolution-backward.html").as_uri()) as (page, _):
        page.emulate_media(color_scheme="light")
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.body.dataset.theme = theme }", theme)
            picture = page.locator("article img").first
            picture.scroll_into_view_if_needed()
            dark = page.evaluate("() => getComputedStyle(document.querySelector('article img')).colorScheme")
            assert dark == theme


def test_a_command_is_a_link_to_the_page_that_it_writes():
    page = (SITE / "steps.html").read_text()
    commands = re.findall(r"^\| `minicnn step ([^`]*)`", (ROOT / "docs" / "steps.md").read_text(), re.MULTILINE)
    assert len(commands) >= 12
    for flags in commands:
        target = f"steps/{re.sub('[ -]+', '-', flags)}.html"
        assert f'href="{target}"' in page
        assert (SITE / target).exists()


@needs_browser
def test_the_step_pages_need_no_network(context):
    for file in sorted((SITE / "steps").glob("*.html")):
        with opened(context, file.as_uri()) as (page, problems):
            page.keyboard.press("ArrowRight")
            assert problems == [], file.name


FAULTY = """<!doctype html><html><head><title>x</title></head><body style="background: white"><article>
<p>A formula $$x$$ <span class="math">\\(y\\)</span></p>
<img src="missing.png"><img src="http://example.invalid/a.png" alt="far away">
<div style="width: 500px">wide</div><p style="color: #bbb">pale</p><script>console.error("broken"); nothing()</script>
</article></body></html>"""


@needs_browser
def test_the_look_sees_every_fault(context, tmp_path):
    (tmp_path / "page.html").write_text(FAULTY)
    found = "\n".join(faults(look(context, (tmp_path / "page.html").as_uri())))
    for sentence in ("broken", "nothing is not defined", "asks the network for http://example.invalid", "no picture file://",
                     "a picture without words", "at 390 pixels, light: wider than the window", "0 of 1 formulas",
                     "hard to read: ['pale", "at 900 pixels, dark: bright"):
        assert sentence in found, sentence
    assert "at 1280 pixels, light: wider" not in found
