"""Which settings to try: every combination of a grid, or random draws.

A space is a dict of name -> Range or Choice. `parse` makes them from text:

    lr=1e-4..1e-2:log       a range whose logarithm is drawn evenly: 1e-4..1e-3 is as likely as 1e-3..1e-2
    width=16..64            integers, because both ends are integers
    lr=1e-4..1e-2:log:5     five points of the same range: a grid needs points
    dropout=0.3,0.5         these values
"""

import itertools
import math
import re
from typing import NamedTuple

import numpy as np

from ..shapes import message, whole


class Range(NamedTuple):
    """Numbers from low to high, both included. With `log` their logarithms are spread evenly. A grid takes `points` of them."""

    low: float
    high: float
    log: bool = False
    points: int | None = None

    def draw(self, rng):
        """A random value."""
        fraction = rng.random()
        if self.integers and not self.log:
            return int(self.low + math.floor(fraction * (self.high - self.low + 1)))
        return self._at(fraction)

    def all(self, name):
        """The points of a grid. Raises: ValueError if `points` is None; `name` is the setting that the error names."""
        if self.points is None:
            raise ValueError(message("grid", f"a number of points for {name}", f"{self.low}..{self.high} alone",
                                     f"{name}={self.low}..{self.high}{':log' * self.log}:5 has five; or draw at random"))
        return list(dict.fromkeys(self._at(k / max(self.points - 1, 1)) for k in range(self.points)))

    @property
    def spans_decades(self):
        """Whether a plot needs a logarithmic axis."""
        return self.log

    @property
    def integers(self):
        """Whether only integers are drawn."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def _at(self, fraction):
        low, high = self.low, self.high
        value = low * (high / low) ** fraction if self.log else low + fraction * (high - low)
        # Four digits are enough for a hyper-parameter, and easy to type again.
        return round(value) if self.integers else min(max(float(f"{value:.4g}"), low), high)


class Choice(NamedTuple):
    """One of these values."""

    values: tuple

    def draw(self, rng):
        """A random value."""
        return self.values[rng.integers(len(self.values))]

    def all(self, name):
        """All values: what a grid tries."""
        return list(self.values)

    @property
    def spans_decades(self):
        """Whether these are positive numbers of very different size, as in 1e-4,1e-3,1e-2."""
        numbers = [value for value in self.values if isinstance(value, (int, float)) and value > 0]
        return len(numbers) == len(self.values) and max(numbers) / min(numbers) >= 20


def grid(space):
    """Every combination as a list of settings. The values of the last setting change first."""
    space = _checked(space)
    return [dict(zip(space, values)) for values in itertools.product(*(part.all(name) for name, part in space.items()))]


def draws(space, n, rng=0):
    """n random settings. The first ones do not depend on n, so a search can be made longer."""
    space, rng = _checked(space), np.random.default_rng(rng)
    return [{name: part.draw(rng) for name, part in space.items()} for _ in range(whole("draws", "n", n, 1))]


def parse(text):
    """'lr=1e-4..1e-2:log' -> ('lr', Range(1e-4, 1e-2, log=True)).

    Raises: ValueError for text that is neither a range nor a list.
    """
    name, _, values = text.partition("=")
    name = name.strip().lstrip("-").replace("-", "_")
    if not name or not values.strip(" ,"):
        raise _wrong(text, "NAME=LOW..HIGH, NAME=LOW..HIGH:log or NAME=VALUE,VALUE,...")
    comma = ";" if ";" in values else ","                          # for values that contain commas: blocks=2,2;1,1,1
    if ".." in values and comma not in values:
        return name, _range(text, values)
    return name, Choice(tuple(dict.fromkeys(_value(value.strip()) for value in values.split(comma) if value.strip())))


def _range(text, values):
    found = re.fullmatch(r"([^:]+?)\.\.([^:]+)(:log)?(?::(\d+))?", values)
    ends = [_value(end.strip()) for end in found.groups()[:2]] if found else ()
    if not ends or any(isinstance(end, (str, bool)) or not math.isfinite(end) for end in ends):
        raise _wrong(text, "a range of numbers such as 1e-4..1e-2:log or 16..64")
    low, high, log, points = *ends, bool(found[3]), found[4] and int(found[4])
    if not low < high:
        raise _wrong(text, "a range whose low end is below its high end", "a list such as 16,32 gives single values")
    if log and low <= 0:
        raise _wrong(text, "a range above 0 for :log")
    if points is not None and points < 2:
        raise _wrong(text, "at least 2 points")
    return Range(low, high, log, points)


def _value(text):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return {"true": True, "false": False, "none": None}.get(text.lower(), text)


def _checked(space):
    """The space with a Choice for each list of values."""
    if not space:
        raise ValueError(message("search", "at least one parameter to vary", "none", "such as --vary lr=1e-4..1e-2:log"))
    space = {name: part if isinstance(part, (Range, Choice)) else Choice(tuple(part)) for name, part in space.items()}
    for name, part in space.items():
        if isinstance(part, Choice) and not part.values:
            raise ValueError(message("search", f"at least one value of {name}", "none"))
    return space


def _wrong(text, expected, fix="minicnn search --help shows examples"):
    return ValueError(message("--vary", expected, repr(text), fix))
