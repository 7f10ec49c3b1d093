"""The gradient is the right one times something: a number, a number per index, a value that was left out."""

import math

import numpy as np

from ..evidence import ALIKE, Hint, alike
from .regions import one_index


def ignores_dy(e):
    if e.dy.ndim and alike(e.analytic, e.backward(np.ones_like(e.dy))):
        return Hint("ignores dy", "equal to the result for dy = 1: the upstream gradient is not multiplied in")
    return None


def not_computed(e):
    if not e.analytic.any():
        return Hint("zero", "all zeros: the gradient is not computed, or lost on the way, or a mask (a clip, a margin) "
                            "blocks all of it")
    return None


def overflow(e):
    """NaN or infinity where the difference is finite."""
    bad = ~np.isfinite(e.analytic)
    if not bad.any() or not np.isfinite(e.numeric).all():
        return None
    k = tuple(int(i) for i in np.argwhere(bad)[0])
    return Hint("overflow", f"backward gives {e.analytic[k]} where the right gradient is finite ({e.numeric[k]:.4g}, at "
                            f"{e.name} = {e.x[k]:.4g}): an intermediate value overflows, or it divides 0 by 0")


def constant_ratio(e):
    """analytic = r * numeric everywhere."""
    r = ratio(e.analytic, e.numeric)
    if abs(r - 1) <= ALIKE or not alike(e.analytic, r * e.numeric) or (e.x.size == 1 and not _constant_everywhere(e, r)):
        return None
    if abs(r + 1) < 1e-4:
        return Hint("sign", "every entry has the wrong sign")
    for value, name in known_factors(e):
        for factor, text in ((value, f"multiplied by {name}"), (1 / value, f"divided by {name}")):
            if abs(r - factor) < 1e-4 * abs(factor):
                more = {"divided by N": ", once too often: a loss that is a mean has done it", "multiplied by N":
                        ": the mean over the batch is missing"}.get(text, " by mistake, or the opposite is missing")
                return Hint(text, f"every entry is {r:.6g} times the right one: {text} = {value:.6g}{more}")
    if e.dy.ndim and not _constant_everywhere(e, r):
        return None
    sign = "" if r > 0 else ", with the wrong sign"
    return Hint("ratio", f"every entry is {r:.6g} times the right one: a constant factor is missing or too much{sign}")


def _constant_everywhere(e, r):
    """Whether the same r holds at other parameters and another x: what depends on them is no constant."""
    return all(alike(twin.analytic, r * twin.numeric) for twin in e.elsewhere())


def factor_per_index(e):
    """analytic = r[k] * numeric along one axis, as where gamma or a class weight is missing."""
    for axis, letter in enumerate(e.letters):
        if e.x.ndim < 2 or e.x.shape[axis] < 2 or e.x.size == e.x.shape[axis]:
            continue
        ratios = np.array([ratio(a, n) for a, n in zip(np.moveaxis(e.analytic, axis, 0), np.moveaxis(e.numeric, axis, 0))])
        shape = [-1 if k == axis else 1 for k in range(e.x.ndim)]
        some_right = (np.abs(ratios - 1) <= ALIKE).any() or not ratios.all() or np.ptp(ratios) <= 1e-4 * np.abs(ratios).max()
        if some_right or not alike(e.analytic, ratios.reshape(shape) * e.numeric):
            continue
        for name, array in e.inputs.items():
            if array.shape == ratios.shape and alike(ratios * array, np.ones_like(array)):
                return Hint(f"{name} missing", f"every entry lacks its factor {name}[{letter}]")
            if array.shape == ratios.shape and alike(ratios, array):
                return Hint(f"{name} twice", f"every entry has the factor {name}[{letter}] once too often")
        for name, array in e.inputs.items():
            for text, factor in (("1 - {}[{}] where 1 + {}[{}] is right: a wrong sign", (1 - array) / (1 + array)),
                                 ("{}[{}] where 1 - {}[{}] is right", array / (1 - array)),
                                 ("1 - {}[{}] where {}[{}] is right", (1 - array) / array)):
                if array.shape == ratios.shape and alike(factor, ratios):
                    return Hint("other factor", "the factor is " + text.format(name, letter, name, letter))
        listed = ", ".join(f"{r:.7g}" for r in ratios[:8])
        return Hint("factor per index", f"right but for a factor that depends on {letter} alone: {listed}")
    return None


def part_of_the_entries(e):
    """Some entries are right, and all the others are wrong by one factor."""
    a, n = e.analytic[e.wrong], e.numeric[e.wrong]
    if len(a) < 3 or not e.right_entries().any() or one_index(e):
        return None
    r = ratio(a, n)
    if abs(r) < 1e-6 or not alike(a, r * n) or np.abs(n).min() < 1e-9 * np.abs(n).max():
        return None
    what = "have the wrong sign" if abs(r + 1) < 1e-6 else f"are {r:.6g} times the right ones"
    return Hint("factor in part", f"{len(a)} of {e.x.size} entries {what}, the others are right: there a factor is missing or "
                                  "too much")


def ratio(a, n):
    """The r for which a = r * n fits best."""
    square = float(np.square(n).sum())
    return float((a * n).sum()) / square if square > 0 else math.nan


def known_factors(e):
    """(value, name) of the factors that get lost or doubled, the likeliest first."""
    rate, kernel = e.facts.get("rate"), e.facts.get("kernel_size")
    if isinstance(rate, (int, float)) and 0 < rate < 1:
        yield 1 - rate, "1 - p"
    if isinstance(kernel, (tuple, list)) and len(kernel) == 2 and all(isinstance(k, int) and k > 0 for k in kernel):
        yield math.prod(kernel), "KH * KW"
    if e.dy.ndim == 4:
        yield math.prod(e.dy.shape[:3]), "N * OH * OW"
    if e.x.ndim == 4:
        yield e.x.shape[1] * e.x.shape[2], "H * W"
    yield 2, "2"
    if e.dy.ndim or e.name == "logits":
        yield (e.dy if e.dy.ndim else e.x).shape[0], "N"
    if e.x.ndim > 1:
        yield e.x.shape[-1], f"the {e.x.shape[-1]} entries of the last axis"
