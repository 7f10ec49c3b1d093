"""Resampling: the four neighbours of every place at once, as four arrays that are added with their weights."""

import numpy as np


def affine(x, matrices, fill=0.0):
    """Every image seen through an affine map of its own: turned, scaled, sheared, shifted, flipped, in one resampling.

    The map goes backwards, from the pixel (i, j) that is made to the place (row, column) that it shows:

        row    = m[0, 0] * i + m[0, 1] * j + m[0, 2]           m = matrices[n]
        column = m[1, 0] * i + m[1, 1] * j + m[1, 2]
        y[n, i, j, c] = sum over h, w of  max(0, 1 - |row - h|) * max(0, 1 - |column - w|) * x[n, h, w, c]

    which is bilinear interpolation: at most four pixels have a weight, and where the map meets pixels exactly they are
    copied. Pixels outside the image are `fill`. It prepares data and stands before all parameters, so it has no backward.

    Shapes: x (N, H, W, C), matrices (N, 2, 3) -> y like x; fill a number.
    Raises: ShapeError, DtypeError.
    Source: G. Wolberg, 'Digital Image Warping', 1990, chapter 6. SciPy's ndimage.affine_transform with order=1 and
    mode="grid-constant" is the same map.
    """
    N, H, W, C = x.shape
    dtype = np.result_type(x, matrices)
    i, j = np.ogrid[:H, :W]
    m = matrices[:, :, :, None, None].astype(dtype, copy=False)
    row, column = (m[:, k, 0] * i.astype(dtype) + m[:, k, 1] * j.astype(dtype) + m[:, k, 2] for k in (0, 1))   # (N, H, W)
    x = np.pad(x.astype(dtype, copy=False), ((0, 0), (1, 2), (1, 2), (0, 0)), constant_values=fill)
    row, column = _between(row + 1, H + 1), _between(column + 1, W + 1)                          # places in the padded x
    h, w, n = row.astype(int), column.astype(int), np.arange(N)[:, None, None]
    u, v = (row - h).astype(dtype)[..., None], (column - w).astype(dtype)[..., None]             # how far behind (h, w)
    return ((1 - u) * (1 - v) * x[n, h, w] + (1 - u) * v * x[n, h, w + 1]
            + u * (1 - v) * x[n, h + 1, w] + u * v * x[n, h + 1, w + 1])


def _between(place, most):
    """Brought into [0, most], where only `fill` lies at the ends; a NaN is outside too."""
    return np.fmin(np.fmax(place, 0), most)
