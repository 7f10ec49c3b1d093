"""A sum over the wrong axis: backward mixes entries that forward keeps apart."""

import numpy as np

from ..evidence import Hint


def wrong_axis(e):
    """Along which axes does y[i] depend on x[j], j != i? Backward must mix along the same axes."""
    J = e.jacobians
    if J is None or e.x.shape != e.dy.shape or e.x.ndim < 2 or e.is_parameter:
        return None
    right, ours = (_mixed_axes(array, e.x.shape) for array in (J.there, J.here))
    more, less = sorted(ours - right), sorted(right - ours)
    if not more:
        return None
    names = ", ".join(e.letters[a] for a in more)
    if less:
        lost = ", ".join(e.letters[a] for a in less)
        return Hint("wrong axis", f"forward mixes the entries of x along {lost}, backward along {names}: a sum, mean or "
                                  "maximum runs over "
                                  "the wrong axis")
    return Hint("wrong axis", f"backward mixes the entries of x along {names}, where forward keeps them apart: a sum or mean "
                              "runs over a "
                              "wrong axis (or over one too many)")


def _mixed_axes(used, shape):
    """The axes along which an entry of x reaches an output at another index."""
    k, o = np.nonzero(used)
    k, o = np.unravel_index(k, shape), np.unravel_index(o, shape)
    return {axis for axis in range(len(shape)) if (k[axis] != o[axis]).any()}
