"""What the checkers say to the wrong answers:  python -m tests.learn.diagnoses  writes the table diagnoses.md

The parts that a diagnosis must contain, `# says: ...` in the file of the wrong answer, were written down before the checkers.
"""

from pathlib import Path

from .answers import wrong_answers
from .conftest import check_here

TABLE = Path(__file__).parent / "diagnoses.md"
HEAD = """# What the checkers say

Made by `python -m tests.learn.diagnoses`. Each line is one wrong answer in [wrong](wrong): what its diagnosis must contain,
and the line of the diagnosis that says most: the likely mistake, the first guess of the gradient check, or the first line.

| exercise | wrong answer | must contain | says |
|---|---|---|---|
"""


def essence(text):
    """The line of a diagnosis that says most."""
    lines = [line.strip() for line in text.splitlines()]
    for start in ("likely: ", "why "):
        for line in lines:
            if line.startswith(start):
                return line.removeprefix(start).strip()
    return " ".join([lines[0].partition(": ")[2], *lines[1:2]])


def table():
    rows = []
    for wrong in wrong_answers():
        said = check_here(wrong.exercise.folder, wrong.file).fault
        cells = (str(wrong.exercise.number), wrong.file.stem.replace("_", " "), "; ".join(wrong.says), essence(said))
        rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|').replace('*', chr(92) + '*') for cell in cells)} |\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
