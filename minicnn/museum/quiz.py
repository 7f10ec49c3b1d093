"""Find the bug: a broken layer, the gradient check's report without its guesses, and four lines one of which did it."""

from typing import NamedTuple

from . import EXHIBITS, report

CHOICES = 4


class Round(NamedTuple):
    """What is shown, the hints for those who ask, the exhibits to choose from, and which of them it is."""

    lines: list
    hints: list
    choices: list
    answer: int


def rounds(rng, seed=0):
    """One Round after the other, each exhibit once. Wrong choices are bugs of the same place where there are some."""
    found = [exhibit for exhibit in EXHIBITS.values() if exhibit.guard == "gradcheck"]
    for k in rng.permutation(len(found)):
        bug = found[k]
        others = [e for e in found if e is not bug]
        order = rng.permutation(len(others))
        near = sorted(order, key=lambda n: (others[n].case != bug.case, _file(others[n]) != _file(bug)))[:CHOICES - 1]
        choices = [others[n] for n in near]
        answer = int(rng.integers(CHOICES))
        choices.insert(answer, bug)
        told = report(bug, seed)
        lines = [line for line in told.lines(why=False) if not line.startswith("again")]
        yield Round([f"FAIL {' '.join(told.title.split())}", *lines], [hint.text for hint in told.hints], choices, answer)


def _file(exhibit):
    return exhibit.target.split(":")[0]
