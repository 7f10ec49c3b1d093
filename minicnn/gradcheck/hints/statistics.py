"""A mean, a variance, a norm or a sum of x that backward takes for a constant."""

import numpy as np

from ..evidence import Hint, alike


def lost_invariance(e):
    """The right gradients sum to zero along an axis (y ignores a common shift), and those of backward do not."""
    for axis in range(e.x.ndim - 1, -1, -1):
        if e.x.shape[axis] < 2:
            continue
        size = np.abs(e.numeric).sum(axis=axis)
        if (size > 0).any() and (np.abs(e.numeric.sum(axis=axis)) <= 1e-6 * size.max()).all():
            off = np.abs(e.analytic.sum(axis=axis))
            if (off > 1e-3 * size.max()).any():
                what = "the loss" if not e.dy.ndim else "y"
                return Hint("sum not zero", f"{what} stays the same if one number is added along {e.letters[axis]}, so the "
                                            "gradient must "
                                            "sum to zero along it; this one does not. A term (through a mean, a maximum, a "
                                            "softmax's "
                                            "sum, the other side of a difference) is missing, or has a wrong sign or factor")
    return None


def lost_scale_invariance(e):
    """The right gradient is orthogonal to x in each row (y ignores the length), and that of backward is not."""
    if e.x.ndim < 1 or e.x.shape[-1] < 2:
        return None
    for axes, what in (((-1,), "each row"), (tuple(range(1, e.x.ndim)), "each sample"), ((0,), "each column")):
        if e.x.ndim < 2 and axes != (-1,):
            continue
        size = np.abs(e.numeric * e.x).sum(axis=axes)
        along, ours = (np.abs((g * e.x).sum(axis=axes)) for g in (e.numeric, e.analytic))
        if size.size and (size > 0).all() and (along <= 1e-6 * size.max()).all() and (ours > 1e-3 * size.max()).any():
            return Hint("projection", f"y stays the same if {what} of {e.name} is multiplied by a number, so the gradient "
                                      "must be "
                                      f"orthogonal to {e.name}; this one is not. The norm (or the sum) that {e.name} is "
                                      "divided by "
                                      f"depends on {e.name} too: a projection term is missing")
    return None


def batch_statistics(e):
    """analytic - numeric = a[c] + b[c] * x: a path through the batch's mean or variance is missing."""
    if e.x.ndim < 2 or e.name != "x" or "gamma" not in {name.split(".")[-1] for name in e.inputs}:
        return None
    x, off = e.x.reshape(-1, e.x.shape[-1]), (e.analytic - e.numeric).reshape(-1, e.x.shape[-1])
    if len(x) < 3:
        return None
    centred = x - x.mean(axis=0)
    mean, slope = off.mean(axis=0), (centred * off).sum(axis=0) / np.maximum(np.square(centred).sum(axis=0), 1e-300)
    if not alike(mean + slope * centred, off):
        return None
    size = np.abs(off).max()
    through = [name for name, part in (("mean", mean), ("variance", slope * centred)) if np.abs(part).max() > 1e-3 * size]
    return Hint("batch " + " and ".join(through),
                f"the gradient through the batch's own {' and '.join(through)} is missing"
                + (": this is the formula for eval, where the statistics are constants" if len(through) == 2 else ""))


def row_statistics(e):
    """Output by output, ours - right = a + b * x along one axis: a mean, a variance or a norm is taken for a constant."""
    J = e.jacobians
    if J is None or e.is_parameter or e.x.ndim < 2 or not e.dy.ndim:
        return None
    off = (J.ours - J.right).reshape(*e.x.shape, e.dy.size)
    for axes in (*((a,) for a in range(e.x.ndim - 1, -1, -1)), *((tuple(range(1, e.x.ndim)),) if e.x.ndim > 2 else ())):
        size = int(np.prod([e.x.shape[a] for a in axes]))
        if size < 3:
            continue
        last = [-1 - k for k in range(len(axes))]
        D = np.moveaxis(off, axes, last).reshape(-1, e.dy.size, size) if e.dy.size else off
        x = np.moveaxis(e.x, axes, last).reshape(-1, 1, size)
        mean = D.mean(axis=-1, keepdims=True)
        centred = x - x.mean(axis=-1, keepdims=True)
        fit = (D * centred).sum(axis=-1, keepdims=True) / np.maximum((centred**2).sum(axis=-1, keepdims=True), 1e-300) * centred
        along = (D * x).sum(axis=-1, keepdims=True) / np.maximum((x**2).sum(axis=-1, keepdims=True), 1e-300) * x
        letter = " and ".join(e.letters[a] for a in axes)
        for what, model in (("the mean", np.broadcast_to(mean, D.shape)), ("the norm", along),
                            ("the variance", fit), ("the mean and the variance", mean + fit)):
            if size > 3 - (what == "the mean") and alike(model, D):
                return Hint("statistics", f"off, in each group along {letter}, by a constant or by a multiple of x: the path "
                                          "through "
                                          f"{what} along {letter} is missing or has a wrong factor ({what} depends on x too)")
    return None
