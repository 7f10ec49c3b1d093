"""Numbers that remember how they were computed.

The definition of an op runs on arrays of these, and its result then says which numbers were multiplied and added:

    y[0, 0, 0, 0]  =  x[0, 0, 0, 0]*w[0, 0, 0, 0] + x[0, 0, 1, 0]*w[0, 1, 0, 0]  =  2*1 + 3*4  =  14
"""

import math

import numpy as np

MOST_TERMS = 10


class Traced(float):
    """A number with the terms of the sum that it is: each term as a pair of texts, in names and in numbers."""

    def __new__(cls, value, terms=()):
        made = super().__new__(cls, value)
        made.terms = tuple(terms)
        return made

    def __add__(self, other):
        return Traced(float(self) + float(other), self.terms + _terms(other))

    def __radd__(self, other):
        return Traced(float(other) + float(self), _terms(other) + self.terms)

    def __sub__(self, other):
        return Traced(float(self) - float(other), self.terms + _terms(-_traced(other)))

    def __rsub__(self, other):
        return Traced(float(other) - float(self), _terms(other) + (-self).terms)

    def __neg__(self):
        return Traced(-float(self), [(_minus(names), _minus(numbers)) for names, numbers in self.terms])

    def __mul__(self, other):
        return _joined(self, "*", other, float(self) * float(other))

    def __rmul__(self, other):
        return _joined(other, "*", self, float(other) * float(self))

    def __truediv__(self, other):
        return _joined(self, "/", other, float(self) / float(other))

    def __rtruediv__(self, other):
        return _joined(other, "/", self, float(other) / float(self))

    def __pow__(self, other):
        return _joined(self, "**", other, float(self) ** float(other))

    def sum_text(self):
        """The sum in names and in numbers, at most MOST_TERMS of each."""
        return tuple(_sum([term[k] for term in self.terms]) for k in (0, 1))


def traced(name, array):
    """An array of numbers as an array of Traced numbers called name[indices]."""
    found = np.empty(np.shape(array), object)
    for index, value in np.ndenumerate(array):
        found[index] = Traced(value, [(f"{name}[{','.join(map(str, index))}]" if index else name, number(value))])
    return found


def number(value):
    """A number as a person writes it: 2.0 -> '2', 0.333333333 -> '0.333333'."""
    value = float(value)
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "infinity" if value > 0 else "-infinity"
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e6 else f"{value:.6g}"


def _traced(value):
    return value if isinstance(value, Traced) else Traced(value, _terms(value))


def _terms(value):
    """The terms of a number: none for a plain 0, which is where a sum starts."""
    if isinstance(value, Traced):
        return value.terms
    return () if value == 0 else ((number(value), number(value)),)


def _minus(text):
    return text[1:] if text.startswith("-") else "-" + text


def _joined(left, sign, right, value):
    if (not _terms(left) or not _terms(right)) and sign == "*":    # a product with a plain 0 is no term
        return Traced(value)
    names, numbers = (f"{_factor(left, k)}{sign}{_factor(right, k)}" for k in (0, 1))
    return Traced(value, [(names, numbers)])


def _factor(value, k):
    terms = [term[k] for term in _terms(value)] or ["0"]
    text = _sum(terms)
    return f"({text})" if len(terms) > 1 or (text.startswith("-") and k == 1) or "/" in text else text


def _sum(terms):
    shown = terms[:MOST_TERMS]
    text = shown[0] + "".join(f" - {term[1:]}" if term.startswith("-") else f" + {term}" for term in shown[1:])
    return text + (f" + {len(terms) - MOST_TERMS} more" if len(terms) > MOST_TERMS else "")
