"""The exercises that minicnn ships: folders NN_name with task.py, solution.py, hints.md and check.py."""

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "exercises"


class Exercise(NamedTuple):
    """One exercise: its number, its name such as 05_relu_backward, and the folder that holds it."""

    number: int
    name: str
    folder: Path

    @property
    def file(self):
        """The name of the learner's file."""
        return f"{self.name}.py"

    @property
    def task(self):
        """The text of the file that the learner gets."""
        return self.read("task.py")

    @property
    def version(self):
        """A short word that changes with the task."""
        return digest(self.task)

    def read(self, name):
        return (self.folder / name).read_text(encoding="utf-8")

    def hints(self):
        """The hints, in order: each says more than the one before."""
        return [hint.strip() for hint in re.split(r"(?m)^---\s*$", self.read("hints.md"))]


def exercises(folder=None):
    """All exercises of a folder (default: those that minicnn ships), in order."""
    found = [path for path in Path(folder or FOLDER).glob("[0-9][0-9]_*") if (path / "task.py").exists()]
    return [Exercise(int(path.name[:2]), path.name, path) for path in sorted(found)]


def digest(text):
    """A short word that stands for a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
