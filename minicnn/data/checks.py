"""Checks of arguments that the files of this folder share."""

import numbers
import os

import numpy as np

from ..shapes import DtypeError, message, shape_text


def array_text(value):
    """An array as error messages show it: 'float32 (3, 4)'. For anything else, its type."""
    return f"{value.dtype} {shape_text(value.shape)}" if isinstance(value, np.ndarray) else type(value).__name__


def is_number(value):
    """Whether a value is one real number, and not a bool."""
    return isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_))


def check_path(who, what, path):
    """Raise DtypeError unless `path` is a string or a Path; `what` says what it should be the path of."""
    if not isinstance(path, (str, os.PathLike)):
        raise DtypeError(message(who, what, repr(path) if is_number(path) else array_text(path)))


def generator(who, rng):
    """The random generator that `rng` means: a Generator itself, one with a seed, or a new one for None."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        expected = "rng, a numpy.random.Generator, a seed (an integer >= 0) or None"
        raise DtypeError(message(who, expected, repr(rng), "np.random.default_rng(0) makes one")) from None
