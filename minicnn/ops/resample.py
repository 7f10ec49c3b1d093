"""Resampling: the values of an image between its pixels."""

import numpy as np

from ..shapes import check_floats, check_images, check_shape
from . import backend
from .checks import check_call, check_number


def affine(x: np.ndarray, matrices: np.ndarray, fill: float = 0.0) -> np.ndarray:
    """Rotate, scale, shear, shift or flip every image by an affine map of its own, in one resampling.

    The map goes backward: from the pixel (i, j) of the result to the place (row, column) in x that it shows.

        row    = m[0, 0] * i + m[0, 1] * j + m[0, 2]           m = matrices[n]
        column = m[1, 0] * i + m[1, 1] * j + m[1, 2]
        y[n, i, j, c] = sum over h, w of  max(0, 1 - |row - h|) * max(0, 1 - |column - w|) * x[n, h, w, c]

    This is bilinear interpolation: at most four pixels have a weight that is not 0. Pixels outside the image are `fill`.
    It only augments data, before any layer with parameters, so it needs no backward pass.

    Shapes: x (N, H, W, C), matrices (N, 2, 3) -> y like x; fill a number.
    Raises: ShapeError, DtypeError.
    Source: G. Wolberg, 'Digital Image Warping', 1990, chapter 6. SciPy's ndimage.affine_transform with order=1 and
    mode="grid-constant" is the same map.
    """
    check_call(_check_affine, x, matrices, fill)
    return backend.implementation().affine(x, matrices, fill)


def _check_affine(x, matrices, fill):
    check_floats("affine", x=x, matrices=matrices)
    check_images("affine", x.shape)
    check_shape("affine", "matrices", matrices.shape, (x.shape[0], 2, 3), "one matrix per image: matrices[n] @ (i, j, 1)")
    check_number("affine", "fill", fill)
