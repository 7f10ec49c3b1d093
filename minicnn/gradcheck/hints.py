"""Why a gradient might be wrong: patterns that a bug leaves behind, the most specific first.

Each function looks at the Evidence of one array and returns a Hint or None. They are guesses, and say what they saw.
"""

import itertools
import math

import numpy as np

from .evidence import ALIKE, SIZES, Hint, alike, times_seen

ALONG = {"u": "kernel row", "v": "kernel column", "n": "image", "i": "row", "j": "column", "c": "channel", "f": "filter"}


def hints(evidence):
    """All the hints that the evidence gives."""
    found = (look(evidence) for look in PATTERNS)
    return [hint for hint in found if hint]


def ignores_dy(e):
    if e.dy.ndim and alike(e.analytic, e.backward(np.ones_like(e.dy))):
        return Hint("ignores dy", "equal to the result for dy = 1: the upstream gradient is not multiplied in")
    return None


def not_computed(e):
    if not e.analytic.any():
        return Hint("zero", "all zeros: the gradient is not computed, or lost on the way")
    return None


def constant_ratio(e):
    """analytic = r * numeric everywhere."""
    r = _ratio(e.analytic, e.numeric)
    if abs(r - 1) <= ALIKE or not alike(e.analytic, r * e.numeric):
        return None
    if abs(r + 1) < 1e-4:
        return Hint("sign", "every entry has the wrong sign")
    for value, name in _known_factors(e):
        for factor, text in ((value, f"multiplied by {name}"), (1 / value, f"divided by {name}")):
            if abs(r - factor) < 1e-4 * abs(factor):
                more = {"divided by N": ", once too often: a loss that is a mean has done it", "multiplied by N":
                        ": the mean over the batch is missing"}.get(text, " by mistake, or the opposite is missing")
                sign = "" if r > 0 else ", with the wrong sign"
                return Hint(text, f"every entry is {r:.6g} times the right one: {text} = {value:.6g}{more}{sign}")
    return Hint("ratio", f"every entry is {r:.6g} times the right one: a constant factor is missing or too much")


def factor_per_index(e):
    """analytic = r[k] * numeric along one axis, as where gamma or a class weight is missing."""
    for axis, letter in enumerate(e.letters):
        if e.x.ndim < 2 or e.x.shape[axis] < 2:
            continue
        ratios = np.array([_ratio(a, n) for a, n in zip(np.moveaxis(e.analytic, axis, 0), np.moveaxis(e.numeric, axis, 0))])
        shape = [-1 if k == axis else 1 for k in range(e.x.ndim)]
        some_right = (np.abs(ratios - 1) <= ALIKE).any() or not ratios.all() or np.ptp(ratios) <= 1e-4 * np.abs(ratios).max()
        if some_right or not alike(e.analytic, ratios.reshape(shape) * e.numeric):
            continue
        for name, array in e.inputs.items():
            if array.shape == ratios.shape and alike(ratios * array, np.ones_like(array)):
                return Hint(f"{name} missing", f"every entry lacks its factor {name}[{letter}]")
            if array.shape == ratios.shape and alike(ratios, array):
                return Hint(f"{name} twice", f"every entry has the factor {name}[{letter}] once too often")
        listed = ", ".join(f"{r:.7g}" for r in ratios[:8])
        return Hint("factor per index", f"right but for a factor that depends on {letter} alone: {listed}")
    return None


def reordered(e):
    """The right numbers in other places: transposed, flipped, shifted, or otherwise."""
    n, axes = e.numeric, range(e.numeric.ndim)
    if alike(e.analytic, n):                                       # wrong in small entries alone: any order looks right
        return None
    for order in itertools.permutations(axes):
        if list(order) != list(axes) and (alike(e.analytic.ravel(), n.transpose(order).ravel())
                                          or alike(e.analytic.transpose(order).ravel(), n.ravel())):
            return Hint("transposed", "the right numbers with axes exchanged: the transpose with order "
                                      f"{order} was taken for the array itself (a reshape where a transpose is due?)")
    for count in axes:
        for flipped in itertools.combinations(axes, count + 1):
            if alike(e.analytic, np.flip(n, flipped)):
                return Hint("flipped", f"the right numbers, flipped along {', '.join(e.letters[k] for k in flipped)}")
    for rows, columns in itertools.product((0, 1, -1, 2, -2), repeat=2) if e.letters == "nijc" else ():
        if (rows, columns) != (0, 0) and _shifted(e.analytic, n, (0, rows, columns, 0)):
            return Hint("shifted", f"the right numbers, shifted by {rows} rows and {columns} columns: "
                                   "is the padding cut off at the right side?")
    if n.size > 3 and alike(np.sort(e.analytic, axis=None), np.sort(n, axis=None)):
        return Hint("permuted", "the right numbers in the wrong places: an order of axes (C or Fortran) is mixed up")
    return None


def one_sample(e):
    """A parameter's gradient that comes from a single image of the batch."""
    N = e.dy.shape[0] if e.dy.ndim else 1
    if not e.is_parameter or N < 2:
        return None
    for k in (N - 1, *range(N - 1)):
        alone = np.zeros_like(e.dy)
        alone[k] = e.dy[k]
        if alike(e.backward(alone), e.analytic):
            which = {0: "the first image", N - 1: "the last image"}.get(k, f"image {k}")
            return Hint("one sample", f"only {which} counts: the sum over the batch is missing")
    return None


def missing_path(e):
    """analytic - numeric = +-dy: the way around (a shortcut, the identity) is forgotten or taken twice."""
    for sign, what in ((-1, "forgotten"), (1, "added twice")):
        if alike(e.analytic - e.numeric, sign * e.dy):
            return Hint(f"shortcut {what}", f"off by exactly {sign:+d} * dy: the gradient of the shortcut is {what}")
    return None


def mask(e):
    """Right where the numeric gradient is not 0, something else where it is."""
    zero = np.abs(e.numeric) <= 1e-9 * np.abs(e.numeric).max(initial=0)
    if (e.wrong & ~zero).any() or not (e.wrong & zero).any():
        return None
    return Hint("mask", "wrong only where the right gradient is 0: the mask (of a ReLU, of dropout, of the pooling winner) "
                        "is not applied, or is that of something else")


def sign_of_x(e):
    """Wrong on one side of 0 only."""
    if e.is_parameter:
        return None
    for side, where in (("negative", e.x < 0), ("positive", e.x > 0)):
        if (e.wrong == where).mean() > 0.95 and not (e.wrong & ~where).any() and e.wrong.sum() > 2:
            return Hint(f"where x is {side}", f"wrong only where x is {side}: the slope of that side")
    return None


def overlaps(e):
    """Right where a pixel is seen by one window, wrong where by several."""
    seen = times_seen(e)
    if seen is None or (e.wrong & (seen <= 1)).any() or not (e.settled() & (seen == 1)).any() or not _mostly(e.wrong, seen > 1):
        return None
    return Hint("overlaps", "wrong only where windows overlap: there the contributions must be added (+=, not =)")


def borders(e):
    """Right where no window sees padding."""
    seen = times_seen(e, padding_only=True)
    if seen is None or (e.wrong & (seen == 0)).any() or not (e.settled() & (seen == 0)).any() or not _mostly(e.wrong, seen > 0):
        return None
    return Hint("borders", "wrong only where windows reach into the padding: forward and backward treat it differently")


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
            return Hint(what, f"wrong only in the {what}, {letter} = {at[0]} of {SIZES.get(letter, 'size')} = {size}{end}")
    return None


def batch_statistics(e):
    """analytic - numeric = a[c] + b[c] * x: a path through the batch's mean or variance is missing."""
    if e.x.ndim < 2 or e.name != "x" or "gamma" not in {name.split(".")[-1] for name in e.inputs}:
        return None
    x, off = e.x.reshape(-1, e.x.shape[-1]), (e.analytic - e.numeric).reshape(-1, e.x.shape[-1])
    centred = x - x.mean(axis=0)
    mean, slope = off.mean(axis=0), (centred * off).sum(axis=0) / np.square(centred).sum(axis=0)
    if not alike(mean + slope * centred, off):
        return None
    size = np.abs(off).max()
    through = [name for name, part in (("mean", mean), ("variance", slope * centred)) if np.abs(part).max() > 1e-3 * size]
    return Hint("batch " + " and ".join(through),
                f"the gradient through the batch's own {' and '.join(through)} is missing"
                + (": this is the formula for eval, where the statistics are constants" if len(through) == 2 else ""))


PATTERNS = (ignores_dy, not_computed, constant_ratio, factor_per_index, reordered, one_sample, missing_path,
            batch_statistics, mask, overlaps, borders, one_index, sign_of_x)


def _ratio(a, n):
    """The r for which a = r * n fits best."""
    square = float(np.square(n).sum())
    return float((a * n).sum()) / square if square > 0 else math.nan


def _known_factors(e):
    """(value, name) of the factors that get lost or doubled, the likeliest first."""
    facts = e.facts
    if "rate" in facts:
        yield 1 - facts["rate"], "1 - p"
    if "kernel_size" in facts and len(np.atleast_1d(facts["kernel_size"])) == 2:
        yield math.prod(facts["kernel_size"]), "KH * KW"
    if e.dy.ndim == 4:
        yield math.prod(e.dy.shape[:3]), "N * OH * OW"
    if e.x.ndim == 4:
        yield e.x.shape[1] * e.x.shape[2], "H * W"
    yield 2, "2"
    if e.dy.ndim or e.name == "logits":
        yield (e.dy if e.dy.ndim else e.x).shape[0], "N"


def _shifted(a, n, shift):
    """a[i + shift] = n[i] wherever both exist."""
    ours, theirs = [], []
    for k, size in zip(shift, n.shape):
        ours.append(slice(max(k, 0), size + min(k, 0)))
        theirs.append(slice(max(-k, 0), size - max(k, 0)))
    return alike(a[tuple(ours)], n[tuple(theirs)])


def _mostly(wrong, where):
    """Enough of `where` is wrong: a few entries may lie there by coincidence."""
    return bool(where.any() and wrong[where].sum() >= max(3, 0.05 * where.sum()))
