"""docs/learn.md shows what the commands print."""

import re
from pathlib import Path

import pytest

from minicnn.__main__ import main
from minicnn.cli.learn import ACTIONS
from minicnn.learn import folder
from minicnn.learn.catalogue import exercises

from .conftest import check_here

DOCS = Path(__file__).parents[2] / "docs"


def shown(page):
    """The blocks of a page that begin with a command: [(words, output)]."""
    return [(command.split(), output) for command, output in
            re.findall(r"```\n\$ minicnn learn ([^\n]*)\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)]


def same(printed, output):
    """Equal but for the last digits, which other processors compute otherwise."""
    digits = re.compile(r"\d\.\d+e[-+]\d+|\+- \S+|-?\d+\.\d{6,}")
    return digits.sub("#", printed) == digits.sub("#", output)


def test_the_page_shows_what_the_commands_print(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(folder, "check_file", check_here)
    monkeypatch.chdir(tmp_path)
    four, = (e for e in exercises() if e.number == 4)
    solution = four.read("solution.py")
    wrong = solution.replace("db = dy.sum(axis=0)", "db = dy.mean(axis=0)")
    assert wrong != solution
    begin, unwritten, mistaken, solved = shown("learn.md")
    for (words, output), answer in ((begin, None), (unwritten, four.task), (mistaken, wrong), (solved, solution)):
        if answer is not None:
            (tmp_path / "minicnn-exercises" / four.file).write_text(answer)
        assert main(["learn", *words]) == (1 if "not yet" in output else 0)
        printed = capsys.readouterr().out
        assert same(printed, output), printed


@pytest.mark.parametrize("page", ["learn.md", "teachers.md"])
def test_every_command_on_the_page_exists(page):
    text = (DOCS / page).read_text()
    for action in re.findall(r"minicnn learn ([a-z]+)[^\n]*`", text):
        assert action in ACTIONS, action
    count = len(exercises())
    assert all(int(number) <= count for number in re.findall(r"minicnn learn (?:check|hint|solution|reset) (\d+)", text))


@pytest.mark.parametrize("page", ["docs/learn.md", "README.md", "CHANGELOG.md"])
def test_the_pages_count_the_exercises(page):
    assert f"{len(exercises())} exercises" in (DOCS.parent / page).read_text()


def test_the_plan_for_teachers_has_every_exercise_once():
    rows = re.findall(r"(?m)^\| \d\. [^|]*\|[^|]*\|([^|]*)\|", (DOCS / "teachers.md").read_text())
    numbers = [n for row in rows for first, last in re.findall(r"(\d+)(?: to (\d+))?", row)
               for n in range(int(first), int(last or first) + 1)]
    assert sorted(numbers) == [exercise.number for exercise in exercises()]
