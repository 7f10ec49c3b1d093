"""Wrong only beyond a bound of some quantity: of x, of y, of a distance, of the length of a row."""

import re

import numpy as np

from ..evidence import Hint

SCALES = (0.03, 0.1, 0.2, 0.4, 0.7, 1, 3, 10)
LARGEST = 150                                                      # entries: more take too long


def bound(e):
    """At several other inputs: is there a quantity that separates all the wrong entries from all the right ones?"""
    if not 0 < e.x.size <= LARGEST or e.is_parameter:
        return None
    draws = [e, *e.elsewhere(SCALES)]
    largest = max(np.abs(draw.numeric).max() for draw in draws)
    for name in _quantities(e):
        points = [_points(draw, name, largest) for draw in draws]
        u, wrong, clear = (np.concatenate(parts) for parts in zip(*points))
        if wrong.sum() < 3 or (~wrong).sum() < 4 or len(u) < 24:
            continue
        for word, sign in (("above", 1), ("below", -1)):
            order = np.argsort(sign * u, kind="stable")
            bad, plain, sizes = wrong[order], clear[order], u[order]
            first = int(np.argmax(bad))
            if bad[first:].all() and plain[first:first + 3].all() and first > 3 and sizes[first] != sizes[first - 1]:
                limit = (sizes[first] + sizes[first - 1]) / 2
                if name == "x" and abs(limit) < 0.05 * np.abs(u).max() and min(abs(sizes[first]), abs(sizes[first - 1])) < 0.05:
                    continue                                       # a matter of the sign
                named = re.sub(r"\bx\b", e.name, name)
                return Hint("threshold", f"wrong only where {named} is {word} about "
                                         f"{limit:.2g} ({int(wrong.sum())} of {len(u)} entries at several scales): forward "
                                         "changes at "
                                         "a bound (a clip, a margin, a minimum), and backward does not do the same")
    return None


def _quantities(e):
    yield from ("x", "|x|")
    for other, array in _others(e).items():
        if array.shape == e.x.shape:
            yield from (f"x - {other}", f"|x - {other}|", f"x * {other}")
    if e.x.ndim > 1 and (e.problem.look or e.right_entries().any()):     # wrong everywhere at ordinary inputs: another error
        yield "the length of a row of x"
    if e.x.ndim == 2:
        yield "the softmax of x"


def _others(e):
    found = {name: array for name, array in e.inputs.items() if name != e.name}
    if isinstance(e.facts.get("labels"), np.ndarray):
        found["labels"] = e.facts["labels"]
    return found


def _points(e, name, largest):
    """The quantity, whether backward is wrong, and whether plainly so, entry by entry or row by row."""
    x, off = e.x, np.abs(e.analytic - e.numeric)
    clear = off > 1e-3 * np.maximum(np.abs(e.analytic), np.abs(e.numeric))
    says = np.abs(e.numeric) + np.abs(e.analytic) > 1e-6 * largest  # not where all is flat
    if name == "the length of a row of x":
        u = np.sqrt((x**2).sum(axis=-1))
        return u.ravel(), e.wrong.any(axis=-1).ravel(), clear.any(axis=-1).ravel()
    if name == "the softmax of x":
        u = _softmax(x)
    else:
        core = name.strip("|")
        other = next((array for key, array in _others(e).items() if core.endswith(f" {key}")), None)
        u = x if other is None else x - other if " - " in core else x * other
    u = np.abs(u) if name[0] == "|" else u
    return u[says], e.wrong[says], clear[says]


def _softmax(x):
    p = np.exp(x - x.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)
