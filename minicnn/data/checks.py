"""Checks of arguments, used by the files of this folder."""

import numbers
import os

import numpy as np

from ..shapes import DtypeError, ShapeError, message, pair, shape_text, shown

LONGEST_SIDE = 65_535  # of an image, in pixels; JPEG allows no more


def array_text(value):
    """An array as error messages show it: 'float32 (3, 4)'. For anything else, its type."""
    return f"{value.dtype} {shape_text(value.shape)}" if isinstance(value, np.ndarray) else type(value).__name__


def is_number(value):
    """Whether a value is one real number, and not a bool."""
    return isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_))


def check_path(who, what, path):
    """Raise DtypeError unless `path` is a string or a Path; `what` says what it should be the path of."""
    if not isinstance(path, (str, os.PathLike)):
        raise DtypeError(message(who, what, shown(path)))


def image_size(who, size):
    """`size`, a number of pixels or a pair (height, width), as a pair of ints."""
    H, W = pair(who, "size", size, 1)
    if max(H, W) > LONGEST_SIDE:
        raise ShapeError(message(who, f"size <= {LONGEST_SIDE:,}", max(H, W)))
    return H, W


def check_channels(who, channels):
    """Raise ShapeError unless `channels` is 1 or 3."""
    if not isinstance(channels, numbers.Integral) or isinstance(channels, bool) or channels not in (1, 3):
        raise ShapeError(message(who, "channels 1 or 3", shown(channels)))
