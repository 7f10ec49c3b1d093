"""The pictures of the course are what their scripts draw today, and say in words what they show."""

import importlib.util
import re
import xml.etree.ElementTree as ElementTree

import pytest
from chapters import COURSE, NUMBER, chapters

FOLDER = COURSE / "pictures"
SPEC = importlib.util.spec_from_file_location("draw", FOLDER / "draw.py")
draw = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(draw)
PICTURES = list(draw.pictures())


@pytest.mark.parametrize("name, function, trained", PICTURES, ids=[name for name, _, _ in PICTURES])
def test_a_picture_is_what_its_script_draws(name, function, trained):
    if trained:
        pytest.skip("drawn from a training, whose last digits differ from machine to machine")
    assert alike((FOLDER / name).read_text(), function())


def alike(first, second):
    """Equal texts, shapes and styles; coordinates equal to half a pixel."""
    styles = [re.findall(r"<style>.*?</style>", svg, re.DOTALL) for svg in (first, second)]
    bodies = [re.sub(r"<style>.*?</style>", "", svg, flags=re.DOTALL) for svg in (first, second)]
    words = [re.findall(r">([^<]*)<", svg) for svg in bodies]
    shapes = [NUMBER.sub("#", svg) for svg in bodies]
    numbers = [[float(text) for text in NUMBER.findall(svg)] for svg in bodies]
    same = styles[0] == styles[1] and words[0] == words[1] and shapes[0] == shapes[1]
    return same and all(abs(a - b) <= 0.5 for a, b in zip(*numbers))


def test_the_comparison_sees_another_number():
    svg = '<svg><text x="1.0">3</text></svg>'
    assert alike(svg, svg.replace("1.0", "1.2"))
    assert not alike(svg, svg.replace(">3<", ">4<"))
    assert not alike(svg, svg.replace("1.0", "9.0"))


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.svg")), ids=lambda file: file.name)
def test_a_picture_has_a_script_words_and_a_dark_style_and_is_used(file):
    assert file.name in [name for name, _, _ in PICTURES]
    text = file.read_text()
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert len(root.find(f"{space}title").text.split()) >= 3
    assert len(root.find(f"{space}desc").text.split()) >= 8
    assert "prefers-color-scheme: dark" in text
    assert any(f"(pictures/{file.name})" in chapter.read_text() for chapter in chapters())
