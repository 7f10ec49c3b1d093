"""The wrong answers: their files, what their diagnosis must say, and what it says.

    python tests/learn/answers.py              a line for each exercise
    python tests/learn/answers.py --full       also every diagnosis
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from minicnn.learn.catalogue import exercises
from minicnn.learn.sandbox import check_file

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


def main(full):
    """Check all wrong answers and print the table. Returns 1 if one passes or gets another diagnosis."""
    answers = wrong_answers()
    with ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda wrong: check_file(wrong.exercise.folder, wrong.file), answers))
    bad = 0
    for exercise in exercises():
        rows = [(wrong, verdict) for wrong, verdict in zip(answers, verdicts) if wrong.exercise.name == exercise.name]
        failed = [wrong for wrong, verdict in rows if missing(wrong, verdict)]
        bad += len(failed)
        print(f"{exercise.name:<28} {len(rows):>3} wrong answers, {len(rows) - len(failed):>3} with the right diagnosis")
        for wrong, verdict in rows:
            if full or wrong in failed:
                print(f"\n  {wrong.file.name}: " + ("ok" if wrong not in failed else f"MISSING {missing(wrong, verdict)}"))
                print("\n".join(f"    {line}" for line in (verdict.fault or "IT PASSES").splitlines()))
    print(f"{len(answers)} wrong answers, {len(answers) - bad} with the right diagnosis")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main("--full" in sys.argv[1:]))
