"""Draws the pictures of the course from numbers that it computes.

    python docs/course/pictures/draw.py          all of them
    python docs/course/pictures/draw.py 07       those of chapter 7

Each make_NN.py has a function for each picture of chapter NN: make_07.py's `window` draws 07-window.svg.
"""

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent.parent.parent)]


def pictures(chapter=""):
    """(file name, function that returns the SVG text, whether a training made it), in the order of the chapters."""
    for file in sorted(HERE.glob(f"make_{chapter}*.py")):
        module = importlib.import_module(file.stem)
        trained = getattr(module, "TRAINED", ())
        for name in module.PICTURES:
            yield f"{file.stem[5:]}-{name}.svg", getattr(module, name.replace("-", "_")), name in trained


if __name__ == "__main__":
    for name, function, _ in pictures(sys.argv[1] if len(sys.argv) > 1 else ""):
        (HERE / name).write_text(function())
        print(HERE / name)
