"""Every entry of one array against its difference."""

from typing import NamedTuple

import numpy as np

from .differences import entry_slopes


class Verdict(NamedTuple):
    error: np.ndarray              # relative
    wrong: np.ndarray              # beyond the tolerance and the error bar, and not on a kink
    numeric: np.ndarray
    bar: np.ndarray
    kink: np.ndarray
    drowned: np.ndarray            # nothing but rounding


def nothing_moves(v, where):
    """Whether all the numeric gradients there are zero, or nothing but rounding."""
    return bool(where.any() and v.drowned[where].all())


def compare_entries(problem, name, analytic, entries=None):
    """Compare the entries (all, or those that are True) with their differences."""
    x, rule = problem.inputs[name], problem.rule
    numeric, bar, kink, drowned = np.zeros(x.shape), np.zeros(x.shape), np.zeros(x.shape, bool), np.zeros(x.shape, bool)
    for index, s in entry_slopes(problem.along(name), x, problem.dy, rule, entries).items():
        numeric[index], bar[index], kink[index] = s.value, s.bar, s.kink
        drowned[index] = rule.unclear * abs(s.value) <= s.noise
    smooth = ~kink
    scale = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), rule.floor * np.abs(numeric[smooth]).max(initial=0))
    scale = np.where(scale > 0, scale, 1)
    off = np.abs(analytic - numeric)
    wrong = smooth & ~(off - bar <= rule.tolerance * scale)        # a NaN is no pass
    chosen = np.ones(x.shape, bool) if entries is None else entries
    return Verdict(np.where(chosen, off / scale, 0), wrong & chosen, numeric, bar, kink & chosen, drowned)
