"""Every bug of the museum is caught, its hint is the right one, and the engine is whole again afterwards."""

import builtins

import numpy as np
import pytest

from minicnn import ops
from minicnn.__main__ import main
from minicnn.gradcheck.compare import check
from minicnn.museum import EXHIBITS, broken, caught, misses
from minicnn.museum.exhibit import Exhibit
from minicnn.museum.guards import exhibit_problems
from minicnn.museum.quiz import rounds


def test_there_are_at_least_thirty_and_most_stood_somewhere():
    assert len(EXHIBITS) >= 30
    assert sum(bool(exhibit.seen) for exhibit in EXHIBITS.values()) > 0.8 * len(EXHIBITS)
    assert len({(e.target, e.old, e.new) for e in EXHIBITS.values()}) == len(EXHIBITS)


@pytest.mark.parametrize("name", EXHIBITS)
def test_every_bug_is_caught_and_its_hint_comes_first(name):
    verdict = caught(EXHIBITS[name])
    assert verdict.found, verdict.text
    assert not EXHIBITS[name].hint or verdict.patterns[0] == EXHIBITS[name].hint


@pytest.mark.parametrize("name", ["col2im-assigns", "relu-overwrites-dy", "gradient-added-up", "mean-forgotten"])
def test_without_the_bug_the_same_check_passes(name):
    with ops.use("reference"):
        assert all(check(problem).ok for problem in exhibit_problems(EXHIBITS[name], seed=0))


def test_the_engine_is_whole_again_even_after_an_error():
    before, implementation = ops.reference.col2im, ops.current()
    with pytest.raises(KeyError), broken(EXHIBITS["col2im-assigns"]):
        assert ops.reference.col2im is not before
        assert ops.reference.conv.col2im is ops.reference.col2im
        raise KeyError
    assert ops.reference.col2im is ops.reference.conv.col2im is before
    assert ops.current() == implementation


def test_a_card_whose_line_is_gone_is_an_error():
    card = Exhibit("old", "ops.reference.conv:col2im", "no such line", "x", "conv2d", "", "")
    with pytest.raises(ValueError, match=r"expected one line 'no such line' in ops.reference.conv:col2im, got 0"), broken(card):
        pass


@pytest.mark.parametrize("name, lax", [("variance-path-forgotten", "dy = 1"), ("gamma-forgotten", "dy = 1"),
                                       ("padding-counted-once", "one entry")])
def test_a_lax_check_misses_what_ours_sees(name, lax):
    assert misses(EXHIBITS[name])[lax]


def test_a_lax_check_sees_what_is_plain():
    assert misses(EXHIBITS["average-not-divided"]) == {"dy = 1": False, "one entry": False}


def test_a_quiz_asks_for_each_once_and_hides_the_cause():
    first, second = (next(rounds(np.random.default_rng(seed))) for seed in (0, 1))
    assert first.lines != second.lines
    for this in (first, second):
        assert len(this.choices) == len({choice.name for choice in this.choices}) == 4
        assert not any("why" in line for line in this.lines)


def test_the_command_lists_shows_and_asks(capsys, monkeypatch):
    assert main(["museum"]) == 0
    assert f"{len(EXHIBITS)} exhibits" in capsys.readouterr().out
    assert main(["museum", "tanh-twice"]) == 0
    out = capsys.readouterr().out
    for text in ("symptom:", "fix:", "davidrmiller/neural2d #40", "-   return dy * (1 - y * y)", "WRONG", "again: "):
        assert text in out, text
    answers = iter(["h", "nonsense", "1", "q"])
    monkeypatch.setattr(builtins, "input", lambda _: next(answers))
    assert main(["museum", "quiz", "--rounds", "2"]) == 0
    out = capsys.readouterr().out
    assert "a number from 1 to 4, h or q" in out
    assert " of 1 found" in out


def test_an_unknown_exhibit_is_status_2_and_the_nearest_is_named(capsys):
    assert main(["museum", "tanh-twise"]) == 2
    assert "did you mean tanh-twice?" in capsys.readouterr().err


def test_the_end_of_the_input_ends_a_quiz(capsys, monkeypatch):
    def end(_):
        raise EOFError

    monkeypatch.setattr(builtins, "input", end)
    assert main(["museum", "quiz"]) == 0
    assert "0 of 0 found" in capsys.readouterr().out


def test_run_is_status_1_where_something_is_not_caught(capsys, monkeypatch):
    harmless = EXHIBITS["tanh-twice"]._replace(new="return dy * (1 - y**2)", name="harmless")
    monkeypatch.setattr("minicnn.cli.museum.EXHIBITS", {"tanh-twice": EXHIBITS["tanh-twice"], "harmless": harmless})
    assert main(["museum", "run"]) == 1
    out = capsys.readouterr().out
    assert "NOTHING" in out
    assert "1 of 2 caught. Of the 2 that a gradient check can see, one with dy = 1 misses" in out
