"""Functions entry by entry: what backward multiplies dy with, as a function of x, compared with the derivative."""

import numpy as np

from ..evidence import Hint

# Neither 0 nor round numbers, where kinks are.
GRID = 1.00137 * np.unique(np.concatenate([np.linspace(-8, 8, 64), np.logspace(-3, 2, 26), -np.logspace(-3, 2, 26)]))


def sigmoid(v):
    return np.exp(-np.logaddexp(0, -v))


# The functions that people mix up, of x and y = f(x).
KNOWN = {
    "1": lambda x, y: np.ones_like(x),
    "x": lambda x, y: x,
    "2 x": lambda x, y: 2 * x,
    "x**2": lambda x, y: x * x,
    "1 / x": lambda x, y: 1 / x,
    "1 / (1 + x)": lambda x, y: 1 / (1 + x),
    "1 / (1 + |x|)": lambda x, y: 1 / (1 + np.abs(x)),
    "1 / (1 + x**2)": lambda x, y: 1 / (1 + x * x),
    "1 - x**2": lambda x, y: 1 - x * x,
    "x > 0": lambda x, y: (x > 0) * 1.0,
    "sign(x)": lambda x, y: np.sign(x),
    "exp(x)": lambda x, y: np.exp(x),
    "exp(-x**2)": lambda x, y: np.exp(-x * x),
    "log(x)": lambda x, y: np.log(x),
    "sin(x)": lambda x, y: np.sin(x),
    "cos(x)": lambda x, y: np.cos(x),
    "tanh(x)": lambda x, y: np.tanh(x),
    "1 - tanh(x)": lambda x, y: 1 - np.tanh(x),
    "1 - tanh(x)**2": lambda x, y: 1 - np.tanh(x) ** 2,
    "sigmoid(x)": lambda x, y: sigmoid(x),
    "sigmoid(x) (1 - sigmoid(x))": lambda x, y: sigmoid(x) * sigmoid(-x),
    "y": lambda x, y: y,
    "1 - y": lambda x, y: 1 - y,
    "1 - y**2": lambda x, y: 1 - y * y,
    "y (1 - y)": lambda x, y: y * (1 - y),
    "sigmoid(y)": lambda x, y: sigmoid(y),
    "1 - tanh(y)**2": lambda x, y: 1 - np.tanh(y) ** 2,
}


def derivative(e):
    """The derivative of an activation that is wrong, everywhere or in some range of x."""
    found = _sweep(e)
    if found is None:
        return None
    v, right, ours, y = found
    off = np.abs(ours - right)
    size = np.maximum(np.abs(ours), np.abs(right))
    says = size > 1e-6                                             # elsewhere the function is flat, whatever its formula
    v, right, ours, y, off, size = (array[says] for array in (v, right, ours, y, off, size))
    wrong = off > 1e-5 * size
    if wrong.sum() < 2:
        return None
    k = int(np.argmax(np.where(wrong, off / (1 + size) * np.where((np.abs(v) > 0.2) & (np.abs(v) < 4), 1, 1e-3), 0)))
    example = f"at x = {v[k]:.3g} backward has {ours[k]:.5g}, the derivative is {right[k]:.5g}"
    where = _range(v, wrong, off > 1e-3 * size)
    if where:
        return Hint("threshold", f"the derivative is wrong only where {where}, beyond a threshold of the function: {example}")
    side = next((side for side, part in (("negative", v < 0), ("positive", v > 0)) if part[wrong].all() and (~part).any()), "")
    if side and np.abs(right[wrong]).max() < 1e-9:
        return None                                                # the mask is not applied: see regions.mask
    if side:
        constant = _constant(right[wrong], ours[wrong])
        if constant:
            return Hint(f"where x is {side}", f"wrong only where x is {side}: the derivative of that side is {constant:.5g} "
                                              "times the "
                                              f"right one: a factor is missing or another value is used instead; {example}")
        return Hint(f"where x is {side}", f"wrong only where x is {side}: the derivative of that side; {example}")
    named = _named(v, ours, y)
    what = f"backward computes dy * ({named}), which is the derivative of another function" if named else \
        "it is that of another function, or lacks a factor or a term of the chain rule"
    return Hint("derivative", f"y depends on x entry by entry, and the derivative is wrong: {what}; {example}")


def _sweep(e):
    """x, f'(x), what backward has, f(x) on a grid, if each y depends on its own x alone; else None."""
    J = e.jacobians
    if J is None or e.x.shape != e.dy.shape or e.is_parameter or e.x.size < 2 or len(e.inputs) > 1 + len(e.problem.parameters):
        return None
    own = np.eye(e.x.size, dtype=bool)
    if ((J.there | J.here) & ~own).any():
        return None
    points = GRID[GRID > 0] if (e.x > 0).all() else GRID
    rows, h = [], 1e-5
    for v in points:
        x = np.full_like(e.x, v)
        step = h * max(abs(v), 1e-3) if (e.x > 0).all() else h * max(abs(v), 1)
        problem = e.problem.at({**e.inputs, e.name: x})
        try:
            forward = problem.along(e.name)
            middle = forward(x)
            slopes = [(forward(x + t) - forward(x - t)) / (2 * t) for t in (step, step / 2)]
            ours = problem.gradients(np.ones_like(e.dy))[e.name]
        except Exception:                                          # a value that forward refuses
            continue
        slope = (4 * slopes[1] - slopes[0]) / 3
        if any(np.ptp(array) > 1e-6 * np.abs(array).max() for array in (slope, ours)):
            return None                                            # not one function: a factor or a mask differs by entry
        smooth = np.abs(slopes[1] - slopes[0]) <= 1e-4 * np.abs(slopes[1]) + 1e-9
        if smooth.flat[0] and np.isfinite([slope.flat[0], ours.flat[0], middle.flat[0]]).all():
            rows.append((v, slope.flat[0], ours.flat[0], middle.flat[0]))
    return tuple(np.array(rows).T) if len(rows) > 10 else None


def _range(v, wrong, clearly):
    """'x is above 3', if that is where it is wrong; a gradual error, which rounding hides somewhere, is no range."""
    a = np.abs(v)
    for name, u in (("x", v), ("|x|", a)):
        order = np.argsort(u, kind="stable")
        bad, plain, sizes = wrong[order], clearly[order], u[order]
        for flip, word in ((False, "above"), (True, "below")):
            b, p, s = (array[::-1] if flip else array for array in (bad, plain, sizes))
            first = int(np.argmax(b))
            if first < 3 or not p[first] or len(b) - first < 2 or b[first:].mean() < (0.3 if first > 30 else 1):
                continue
            limit = (s[first] + s[first - 1]) / 2
            if abs(limit) < 0.004:                                 # 0: a matter of sides, not of a threshold
                return ""
            return f"{name} is {word} about {limit:.2g}"
    inside = np.flatnonzero(wrong)
    between = wrong[inside[0]:inside[-1] + 1].all() and clearly[inside[0]] and clearly[inside[-1]]
    if between and inside[0] > 2 and inside[-1] < len(v) - 3 and len(inside) > 1:
        return f"x is above about {v[inside[0]]:.2g} and below about {v[inside[-1]]:.2g}"
    return ""


def _constant(right, ours):
    r = ours / np.where(right == 0, np.nan, right)
    return float(r[0]) if np.isfinite(r).all() and np.ptp(r) <= 1e-4 * np.abs(r).max() and r[0] else 0.0


def _named(v, ours, y):
    """The text of the known function that backward multiplies dy with, or ''."""
    with np.errstate(all="ignore"):
        for text, function in KNOWN.items():
            values = function(v, y)
            if np.isfinite(values).all() and np.abs(values - ours).max() <= 1e-5 * np.abs(ours).max():
                return text
    return ""
