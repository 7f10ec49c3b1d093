"""What a page is asked to show: the user's own numbers, or the course's, and stride, padding and sizes."""

import json
import math
import re
from typing import NamedTuple

import numpy as np

from ...shapes import message, shape_text
from ...support.flags import did_you_mean
from . import given

MOST_STEPS = 4000                                                  # of one view: the page stays below 1.5 MB
MOST_CELLS = 1500
AXES = {1: "1 axis", 2: "1 or 2 axes", 4: "2, 3 or 4 axes"}        # what `array` takes for so many
LARGEST = 1e100                                                    # the square of it is still a number


class Wanted(NamedTuple):
    """Options of a page. None stands for the op's own default. numbers: name -> array; size: (rows, columns) of x."""

    numbers: dict = {}
    size: tuple | None = None
    stride: int | None = None
    padding: int | str | None = None
    kernel_size: int | None = None
    channels: int | None = None
    filters: int | None = None
    backward: bool = False

    @property
    def direction(self):
        """The pass that is shown, as a word."""
        return "backward" if self.backward else "forward"

    def array(self, name, default, axes):
        """The user's array of this name, or the default, with the axes that it lacks added; axes is (N, H, W, C) and so on."""
        values = np.asarray(self.numbers.get(name, default), np.float64)
        if axes == 4:
            if values.ndim == 2:
                values = values[:, :, None, None] if name == "w" else values[None, :, :, None]
            elif values.ndim == 3:
                values = values[..., None] if name == "w" else values[None]
        elif axes == 2 and values.ndim == 1:
            values = values[None]
        if values.ndim != axes:
            raise ValueError(message("minicnn step", f"{name} with {AXES[axes]}", shape_text(values.shape)))
        return np.ascontiguousarray(values)

    def image(self, channels=1):
        """The images x (N, H, W, C)."""
        if "x" in self.numbers:
            x = self.array("x", None, 4)
            if self.channels not in (None, x.shape[3]):
                raise ValueError(message("minicnn step", f"--channels {x.shape[3]}, as x has", self.channels))
            return x
        H, W = self.size or (4, 4)
        return given.filled((1, H, W, self.channels or channels), given.IMAGE, 0, 4)

    def matrix(self, name, default):
        """A matrix: the default, or whole numbers of the wanted size."""
        if name not in self.numbers and self.size:
            return given.whole_numbers(self.size, -3, 4)
        return self.array(name, default, 2)


def read_numbers(text) -> dict:
    """What --numbers asks for: {"size": (rows, columns)} or {"numbers": {name: array}}.

    Raises: ValueError for a file that holds no numbers, OSError if it cannot be read.
    """
    who = "minicnn step --numbers"
    if found := re.fullmatch(r"(\d{1,6})x(\d{1,6})", text):
        size = tuple(map(int, found.groups()))
        if 0 in size:
            raise ValueError(message(who, "a size of at least 1x1", text))
        return {"size": size}
    if text.endswith(".npy"):
        try:
            values = np.load(text, allow_pickle=False)
        except (ValueError, EOFError) as problem:
            raise ValueError(message(who, f"{text} to be a NumPy file with one array of numbers", str(problem))) from None
        return {"numbers": {"x": _numbers(who, "x", values)}}
    if not text.endswith(".json"):
        raise ValueError(message(who, "a size such as 3x3, or a file that ends with .npy or .json", repr(text)))
    with open(text, encoding="utf-8") as file:
        try:
            found = json.load(file)
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as problem:
            raise ValueError(message(who, f"{text} to be a JSON file", f"{type(problem).__name__}: {problem}")) from None
    found = found if isinstance(found, dict) else {"x": found}
    return {"numbers": {name: _numbers(who, name, values) for name, values in found.items()}}


def _numbers(who, name, values):
    try:
        array = np.array(values)
        if array.dtype.kind not in "biuf":
            raise ValueError
        array = array.astype(np.float64)
    except (ValueError, TypeError, OverflowError):
        raise ValueError(message(who, f"{name} to be a list of rows of numbers, all of the same length",
                                 " ".join(repr(values).split())[:60])) from None
    if array.size == 0 or not (np.abs(array) < LARGEST).all():     # NaN is not smaller either
        got = "none" if array.size == 0 else "NaN, infinity or a larger one"
        raise ValueError(message(who, f"{name} with finite numbers below {LARGEST:g}", got))
    return array


def known_names(op, numbers, names):
    """Raise ValueError for an array that this op does not have."""
    for name in numbers:
        if name not in names:
            raise ValueError(message(f"minicnn step {op}", f"arrays called {', '.join(names)}", repr(name),
                                     did_you_mean(name, names).removeprefix("; ")))


def check_size(op, what, size, cost):
    """Raise ValueError if a page would be too large. cost(rows, columns) -> (steps, cells) of an input of that size."""
    steps, cells = cost(*size)
    if steps <= MOST_STEPS and cells <= MOST_CELLS:
        return
    fits = [k for k in range(1, math.isqrt(MOST_CELLS) + 1) if _fits(cost, k)]
    got = f"{size[0]} x {size[1]}, which needs {steps:,} steps and {cells:,} cells"
    advice = f"the largest that fits is {fits[-1]} x {fits[-1]}" if fits else "use fewer channels, filters or a smaller kernel"
    raise ValueError(message(f"minicnn step {op}", f"{what} that fits on a page ({MOST_STEPS:,} steps, {MOST_CELLS:,} cells)",
                             got, advice))


def _fits(cost, k):
    try:
        steps, cells = cost(k, k)
    except ValueError:                                             # a kernel that does not fit an image this small
        return False
    return math.prod((k, steps, cells)) > 0 and steps <= MOST_STEPS and cells <= MOST_CELLS
