"""The wrong answers: their files, and what their diagnosis must say. diagnoses.py writes a table of what it says."""

from pathlib import Path
from typing import NamedTuple

from minicnn.learn.catalogue import exercises

FOLDER = Path(__file__).parent / "wrong"
LEAST = 5                                                          # wrong answers for each exercise


class Wrong(NamedTuple):
    """A wrong answer: its file, its exercise, and the fragments that its diagnosis must contain."""

    file: Path
    exercise: object
    says: list


def wrong_answers():
    """Every wrong answer, in order."""
    known = {exercise.name: exercise for exercise in exercises()}
    return [Wrong(file, known[file.parent.name], fragments(file)) for file in sorted(FOLDER.glob("*/*.py"))]


def fragments(file):
    """What the comments at the top of a file ask for: '# says: FRAGMENT'."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("# says:").strip() for line in lines if line.startswith("# says:")]


def missing(wrong, verdict):
    """The fragments that the diagnosis lacks; all of them if the wrong answer passed."""
    return wrong.says if verdict.solved else [text for text in wrong.says if text not in verdict.fault]
