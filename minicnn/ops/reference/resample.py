"""Resampling: the values of an image between its pixels."""

import numpy as np


def affine(x, matrices, fill=0.0):
    """For all places at once: one array for each of the four pixels around a place. The arrays are added with their weights."""
    N, H, W, C = x.shape
    dtype = np.result_type(x, matrices)
    i, j = np.ogrid[:H, :W]
    m = matrices[:, :, :, None, None].astype(dtype, copy=False)
    row, column = (m[:, k, 0] * i.astype(dtype) + m[:, k, 1] * j.astype(dtype) + m[:, k, 2] for k in (0, 1))   # (N, H, W)
    x = np.pad(x.astype(dtype, copy=False), ((0, 0), (1, 2), (1, 2), (0, 0)), constant_values=fill)
    row, column = _between(row + 1, H + 1), _between(column + 1, W + 1)                          # places in the padded x
    h, w, n = row.astype(int), column.astype(int), np.arange(N)[:, None, None]
    u, v = (row - h).astype(dtype)[..., None], (column - w).astype(dtype)[..., None]             # how far from (h, w)
    return ((1 - u) * (1 - v) * x[n, h, w] + (1 - u) * v * x[n, h, w + 1]
            + u * (1 - v) * x[n, h + 1, w] + u * v * x[n, h + 1, w + 1])


def _between(place, most):
    """Limit places to [0, most]. At both ends there is only `fill`. A NaN becomes 0, so it shows `fill` too."""
    return np.fmin(np.fmax(place, 0), most)
