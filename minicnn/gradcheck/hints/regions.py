"""Wrong only in a part of the array: where the mask is 0, where windows overlap, at the border, in one row."""

import numpy as np

from ..evidence import Hint, times_seen
from ..letters import SIZES

ALONG = {"u": "kernel row", "v": "kernel column", "n": "image", "i": "row", "j": "column", "c": "channel", "f": "filter"}


def mask(e):
    """Right where the numeric gradient is not 0, something else where it is."""
    zero = np.abs(e.numeric) <= 1e-9 * np.abs(e.numeric).max(initial=0)
    if (e.wrong & ~zero).any() or not (e.wrong & zero).any():
        return None
    return Hint("mask", "wrong only where the right gradient is 0: the mask (of a ReLU, of dropout, of the pooling winner, "
                        "of a "
                        "clip or a margin beyond its bound) is not applied, or is that of something else")


def sign_of_x(e):
    """Wrong on one side of 0 only."""
    if e.is_parameter or not e.x.size:
        return None
    for side, where in (("negative", e.x < 0), ("positive", e.x > 0)):
        only = (e.wrong == where).mean() > 0.95 and not (e.wrong & ~where).any() and e.wrong.sum() > 2
        if only and (e.x > 0).any() and (e.x < 0).any():
            return Hint(f"where x is {side}", f"wrong only where x is {side}: the derivative (the factor or the term) of "
                                              "that side")
    return None


def overlaps(e):
    """Right where a pixel is seen by one window, wrong where by several."""
    seen = times_seen(e)
    if seen is None or (e.wrong & (seen <= 1)).any() or not _mostly(e.wrong, seen > 1) or not (
            e.right_entries() & (seen == 1)).any():
        return None
    return Hint("overlaps", "wrong only where windows overlap: there the contributions must be added (+=, not =)")


def borders(e):
    """Right where no window sees padding."""
    seen = times_seen(e, padding_only=True)
    if seen is None or (e.wrong & (seen == 0)).any() or not _mostly(e.wrong, seen > 0) or not (
            e.right_entries() & (seen == 0)).any():
        return None
    return Hint("borders", "wrong only where windows reach into the padding: forward and backward treat it differently")


def edges(e):
    """Wrong only within two places of the ends of an axis of five or more."""
    for axis in range(1, e.x.ndim):
        size = e.x.shape[axis]
        at = np.flatnonzero(e.wrong.any(axis=tuple(k for k in range(e.x.ndim) if k != axis)))
        inner = set(range(size)) - {0, 1, size - 1, size - 2}
        right = set(np.flatnonzero(e.right_entries().any(axis=tuple(k for k in range(e.x.ndim) if k != axis))).tolist())
        if e.is_parameter or size < 5 or not len(at) or set(at.tolist()) & inner or not right & inner:
            continue
        if at.min() <= 1 and at.max() >= size - 2:
            listed = ", ".join(map(str, at))
            return Hint("edges", f"wrong only at the edges of axis {e.letters[axis]} ({e.letters[axis]} = {listed} of "
                                 f"{size}): do "
                                 "forward and backward treat the padding or the last window alike?")
    return None


def one_index(e):
    """All that is wrong lies in one row, column, channel, ..."""
    for axis, letter in enumerate(e.letters):
        others = tuple(k for k in range(e.x.ndim) if k != axis)
        at = np.flatnonzero(e.wrong.any(axis=others))
        size = e.x.shape[axis]
        if len(at) == 1 and size > 1 and e.wrong.sum() > 1:
            which = {0: "first", size - 1: "last"}.get(int(at[0]), "")
            what = f"{which} {ALONG.get(letter, letter)}".strip()
            end = ": does a loop end one too early?" if which == "last" else ""
            who = what + " (row, sample)" * (letter == "n")
            return Hint(what, f"wrong only in the {who}, {letter} = {at[0]} of {SIZES.get(letter, 'size')} = {size}{end}")
    return None


def kernel_end(e):
    """The same for a kernel's first or last row or column, which a loop leaves out."""
    found = one_index(e) if set(e.letters) & {"u", "v"} else None
    return found if found and found.pattern.endswith(("kernel row", "kernel column")) else None


def one_entry(e):
    """One entry alone."""
    if e.wrong.sum() != 1 or e.x.size < 6:
        return None
    at = tuple(int(i) for i in np.argwhere(e.wrong)[0])
    return Hint("one entry", f"only the entry {e.name}{list(at)} is wrong, the other {e.x.size - 1} are right")


def _mostly(wrong, where):
    """Enough of `where` is wrong: a few entries may lie there by coincidence."""
    return bool(where.any() and wrong[where].sum() >= max(3, 0.05 * where.sum()))
