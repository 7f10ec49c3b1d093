"""What the checkers say to typical wrong answers. `python -m tests.learn.diagnoses` writes the table diagnoses.md

Each file in wrong/NN_name/ is a complete answer with one mistake. Its first lines, `# says: ...`, are parts of what the
diagnosis must contain. They were written down before the checkers.
"""

from pathlib import Path
from typing import NamedTuple

from minicnn.learn.catalogue import exercises
from minicnn.learn.worker import verdict

HERE = Path(__file__).parent
TABLE = HERE / "diagnoses.md"
HEAD = """# What the checkers say

Made by `python -m tests.learn.diagnoses`. Each line is one wrong answer in [wrong](wrong): what its diagnosis must contain,
and the line of the diagnosis that says most: the likely mistake, the first guess of the gradient check, or the first line.

| exercise | wrong answer | must contain | says |
|---|---|---|---|
"""


class Wrong(NamedTuple):
    """A wrong answer: the exercise that it answers, its file, and the parts that its diagnosis must contain."""

    exercise: object
    file: Path
    says: list

    @property
    def name(self):
        return f"{self.exercise.name}/{self.file.stem}"

    def verdict(self):
        """What the checker says."""
        return verdict(str(self.exercise.folder), str(self.file))


def wrong_answers():
    """All wrong answers, in order."""
    found = []
    for exercise in exercises():
        for file in sorted((HERE / "wrong" / exercise.name).glob("*.py")):
            lines = file.read_text(encoding="utf-8").splitlines()
            says = [line.removeprefix("# says: ") for line in lines if line.startswith("# says: ")]
            found.append(Wrong(exercise, file, says))
    return found


def essence(text):
    """The line of a diagnosis that says most."""
    lines = text.splitlines()
    for start in ("likely: ", "why "):
        for line in lines:
            if line.strip().startswith(start):
                return line.strip().removeprefix(start).strip()
    first = lines[0].split(": ", 1)[-1] if "line " in lines[0] else lines[0]
    return " ".join([first, *(line.strip() for line in lines[1:2])])


def table():
    rows = [f"| {wrong.exercise.number} | {wrong.file.stem.replace('_', ' ')} | {_cell('; '.join(wrong.says))} | "
            f"{_cell(essence(wrong.verdict()))} |\n" for wrong in wrong_answers()]
    return HEAD + "".join(rows)


def _cell(text):
    return text.replace("|", "\\|").replace("*", "\\*")


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
