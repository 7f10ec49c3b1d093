"""Which settings to try: every combination of a grid, or random draws.

A space is a dict of name -> Range or Choice, or what `parse` reads:

    lr=1e-4..1e-2:log       a range, drawn so that every factor of ten is as likely as another
    width=16..64            whole numbers, because both ends are
    lr=1e-4..1e-2:log:5     the same range as 5 points, which is what a grid needs
    dropout=0.3,0.5         these values
"""

import itertools
import math
import re
from typing import NamedTuple

import numpy as np

from ..shapes import message, whole


class Range(NamedTuple):
    """Numbers from low to high, both included; `log` spreads their logarithms evenly; `points` of them make a grid."""

    low: float
    high: float
    log: bool = False
    points: int = None

    def draw(self, rng):
        share = rng.random()
        if self.whole and not self.log:
            return int(self.low + math.floor(share * (self.high - self.low + 1)))
        return self._at(share)

    def all(self, name):
        if self.points is None:
            raise ValueError(message("grid", f"how many points {name} shall have", f"{self.low}..{self.high} alone",
                                     f"{name}={self.low}..{self.high}{':log' * self.log}:5 makes five; or draw at random"))
        steps = max(self.points - 1, 1)
        return list(dict.fromkeys(self._at(k / steps) for k in range(self.points)))

    @property
    def spans_decades(self):
        return self.log

    @property
    def whole(self):
        return isinstance(self.low, int) and isinstance(self.high, int)

    def _at(self, share):
        value = self.low * (self.high / self.low) ** share if self.log else self.low + share * (self.high - self.low)
        # four digits say all that a hyper-parameter has to say, and can be typed again
        return round(value) if self.whole else min(max(float(f"{value:.4g}"), self.low), self.high)


class Choice(NamedTuple):
    """One of these values."""

    values: tuple

    def draw(self, rng):
        return self.values[rng.integers(len(self.values))]

    def all(self, name):
        return list(self.values)

    @property
    def spans_decades(self):
        """Whether these are positive numbers, some of them many times as large as others, as in 1e-4,1e-3,1e-2."""
        numbers = [value for value in self.values if isinstance(value, (int, float)) and value > 0]
        return len(numbers) == len(self.values) and max(numbers) / min(numbers) >= 20


def grid(space):
    """Every combination, the last parameter changing fastest: a list of settings."""
    space = _space(space)
    return [dict(zip(space, values)) for values in itertools.product(*(some.all(name) for name, some in space.items()))]


def draws(space, n, rng=0):
    """n random settings. The first of them do not depend on n, so that a search can be made longer."""
    space, rng = _space(space), np.random.default_rng(rng)
    return [{name: some.draw(rng) for name, some in space.items()} for _ in range(whole("draws", "n", n, 1))]


def parse(text):
    """'lr=1e-4..1e-2:log' -> ('lr', Range(1e-4, 1e-2, log=True)).

    Raises: ValueError for what is no range and no list.
    """
    name, equals, values = text.partition("=")
    name = name.strip().lstrip("-").replace("-", "_")
    if not name or not equals or not values.strip(" ,"):
        raise _wrong(text, "NAME=LOW..HIGH, NAME=LOW..HIGH:log or NAME=VALUE,VALUE,...")
    comma = ";" if ";" in values else ","                          # for values that hold commas themselves: blocks=2,2;1,1,1
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


def _space(space):
    if not space:
        raise ValueError(message("search", "at least one parameter to vary", "none", "such as --vary lr=1e-4..1e-2:log"))
    checked = {}
    for name, values in space.items():
        some = values if isinstance(values, (Range, Choice)) else Choice(tuple(values))
        if isinstance(some, Choice) and not some.values:
            raise ValueError(message("search", f"at least one value of {name}", "none"))
        checked[name] = some
    return checked


def _wrong(text, expected, fix="minicnn search --help shows examples"):
    return ValueError(message("--vary", expected, repr(text), fix))
