"""Rules that forward and backward must follow before their numbers are compared.

Forward and backward repeat bit for bit, nothing that is given to them is written to, gradients have the shapes and the
dtype of what they belong to, and backward is linear in dy and depends on it.
"""

import numpy as np

from ..shapes import shape_text
from .evidence import Hint, alike


def findings(problem):
    """A Hint for everything that a Problem does that it must not do."""
    found = {}                                                     # pattern -> Hint: each once, the first is the clearest
    for hint in (*_forward(problem), *_backward(problem), *_linear(problem)):
        found.setdefault(hint.pattern, hint)
    return list(found.values())


def _forward(problem):
    given = problem.copies()
    y = np.array(problem.forward(**given))                         # a copy: forward may reuse its buffer
    yield from _written("forward", given, problem.inputs)
    again = problem.forward(**problem.copies())
    if not _same_bits(y, again):
        yield Hint("forward does not repeat", "forward gives other numbers the second time: its random numbers must come from "
                                              "a numpy Generator that the layer holds, or it saves a state that it should not")
    if y.dtype != problem.dtype:
        yield Hint("dtype", f"forward made {y.dtype} of {problem.dtype}: a constant or a buffer of another dtype")
    elif problem.dtype == np.float64 and _rounded(y):
        yield Hint("float32 inside", "forward computes in float32 inside: all its results are float32 numbers, which "
                                     "have 7 digits. Make its arrays and constants of x's dtype")
    if not np.isfinite(y).all():
        yield Hint("not finite", "forward gives NaN or infinity for these inputs")


def _backward(problem):
    given, dy = problem.copies(), problem.dy.copy()
    gradients = {name: None if g is None else np.array(g) for name, g in problem.backward(dy, **given).items()}
    yield from _written("backward", {**given, "dy": dy}, {**problem.inputs, "dy": problem.dy})
    again = problem.gradients()
    for name in problem.inputs:
        one, two = gradients.get(name), again.get(name)
        if one is None or two is None:
            continue
        if not _same_bits(one, two):
            yield (Hint("accumulates", f"d{name} doubles the second time: backward adds to the old gradient, it must assign")
                   if alike(two, 2 * one) else
                   Hint("backward does not repeat", f"d{name} is another the second time: it depends on more than dy and x"))
        if np.shape(one) == problem.inputs[name].shape and one.dtype != problem.dtype:
            yield Hint("dtype", f"d{name} is {one.dtype}, expected {problem.dtype}")


def _linear(problem):
    """backward(a dy + b dz) = a backward(dy) + b backward(dz)."""
    if not problem.linear:
        return
    rng = np.random.default_rng([problem.dy.size, 2])              # no seed of a user's is a pair: dz is never dy
    dy, dz, a, b = problem.dy, rng.standard_normal(problem.dy.shape).astype(problem.dtype), 2.0, -3.0
    first, second, both = (problem.gradients(array.astype(problem.dtype)) for array in (dy, dz, a * dy + b * dz))
    overall = max((np.abs(g).max(initial=0) for g in first.values() if g is not None), default=0)
    for name in problem.inputs:
        parts = [gradients.get(name) for gradients in (first, second, both)]
        if any(part is None or part.shape != problem.inputs[name].shape or not np.isfinite(part).all() for part in parts):
            continue                                               # the comparison itself will say so
        g, f, gf = (part.astype(np.float64) for part in parts)
        largest = max(np.abs(g).max(), np.abs(f).max(), np.abs(gf).max())
        if largest <= problem.rule.rounding * overall:
            continue                                               # a bias before batch norm: its gradient is rounding alone
        if alike(g, f):
            yield Hint("ignores dy", f"d{name} is the same for another dy: the upstream gradient is not used")
        elif np.abs(a * g + b * f - gf).max() > problem.rule.linear * largest:
            yield Hint("not linear", f"d{name} is not linear in dy, as every derivative is: dy is used for more than a "
                                     "factor (a mask taken from dy, or a state that backward changes)")
    for factor in (1e4, 1e-4):
        scaled = problem.gradients((factor * dy).astype(problem.dtype))
        for name in problem.inputs:
            one, many = first.get(name), scaled.get(name)
            if one is None or many is None or one.shape != many.shape or not np.isfinite([*one.flat, *many.flat]).all():
                continue
            many = many / factor
            largest = max(np.abs(one).max(initial=0), np.abs(many).max(initial=0))
            if largest > problem.rule.rounding * overall and np.abs(one - many).max() > problem.rule.linear * largest:
                yield Hint("not linear", f"d{name} is not {factor:g} times as large for {factor:g} * dy: is dy clipped, "
                                         "rounded or normalized? A derivative is linear in dy")


def _rounded(y):
    """Whether all of y are float32 numbers, and most use all their 24 bits: no integers, no halves."""
    with np.errstate(all="ignore"):
        mantissa = np.frexp(y[np.isfinite(y) & (y != 0)])[0] * 2**24
    return bool(mantissa.size > 3 and (mantissa == np.round(mantissa)).all() and (mantissa % 256 != 0).mean() > 0.9)


def _written(who, given, before):
    for name, array in given.items():
        if not _same_bits(array, before[name]):
            what = f"{name} {shape_text(array.shape)}"
            yield Hint("writes", f"{who} writes to the {what} that it is given: others still need it, so make a new array")


def _same_bits(a, b):
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and a.dtype == b.dtype and np.ascontiguousarray(a).tobytes() == np.ascontiguousarray(b).tobytes()
