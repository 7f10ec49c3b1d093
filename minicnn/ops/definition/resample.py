"""Resampling: the values of an image between its pixels."""

import math

import numpy as np


def affine(x, matrices, fill=0.0):
    """Each pixel of y shows a place in x; the four pixels around it are weighted by their distance."""
    N, H, W, C = x.shape
    y = np.zeros(x.shape, np.result_type(x, matrices))
    for n, i, j, c in np.ndindex(x.shape):
        row, column = (m[0] * i + m[1] * j + m[2] for m in matrices[n])
        if not (-1 < row < H and -1 < column < W):                 # more than one pixel outside of the image
            y[n, i, j, c] = fill
            continue
        top, left = math.floor(row), math.floor(column)
        for h in (top, top + 1):
            for w in (left, left + 1):
                pixel = x[n, h, w, c] if 0 <= h < H and 0 <= w < W else fill
                y[n, i, j, c] += (1 - abs(row - h)) * (1 - abs(column - w)) * pixel
    return y
