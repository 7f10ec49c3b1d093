"""Checks that several ops use, and the memory of the calls that passed.

Every op checks its arguments here in Python, before an implementation computes: a compiled kernel that is given a wrong
shape reads past the end of an array. Checks look at shapes, dtypes and settings only, never at the numbers in an array.
"""

import math
import numbers

import numpy as np

from ..shapes import DtypeError, ShapeError, check_floats, check_shape, message, shape_text, shown

Rng = np.random.Generator | int | None                              # a generator, the seed of one, or None for a new one
MOST_REMEMBERED = 1 << 14          # calls; a program with ever new shapes must not fill the memory
_passed = set()


def check_call(check, *arguments, of=None):
    """Run check(*arguments), unless a call with the same shapes, dtypes and settings passed it before.

    A training repeats the same few hundred calls, and for small arrays a check takes as long as the op.
    `of` names what is checked if `check` alone does not: a layer object, for example.
    """
    call = (of or check, *[(type(a), a.shape, a.dtype) if isinstance(a, np.ndarray) else repr(a) for a in arguments])
    if call not in _passed:
        check(*arguments)
        if len(_passed) < MOST_REMEMBERED:
            _passed.add(call)


def check_dy(who, dy, y_shape):
    """Raise unless dy is an array of floats with y's shape."""
    check_floats(who, dy=dy)
    check_shape(who, "dy", dy.shape, y_shape, "dy has the shape of the forward pass's y")


def check_vectors(who, shape, **vectors):
    """Raise unless each named array is of floats and has this shape; None is allowed."""
    for name, vector in vectors.items():
        if vector is not None:
            check_floats(who, **{name: vector})
            check_shape(who, name, vector.shape, shape, "one number per output channel")


def check_alike(who, **arrays):
    """Raise unless all named arrays are of floats and have the shape of the first one."""
    check_floats(who, **arrays)
    first = next(iter(arrays.values()))
    for name, array in arrays.items():
        check_shape(who, name, array.shape, first.shape)


def check_mask(who, name, array, mask, rate):
    """Raise unless dropout's rate lies in [0, 1) and its mask is an array of booleans like `array`."""
    check_alike(who, **{name: array})
    if isinstance(rate, bool) or not isinstance(rate, numbers.Real) or not 0 <= rate < 1:
        raise ShapeError(message(who, "rate in [0, 1)", shown(rate), "rate is the probability of being dropped"))
    if str(getattr(mask, "dtype", "")) != "bool" or mask.shape != array.shape:
        got = f"{mask.dtype} {shape_text(mask.shape)}" if isinstance(mask, np.ndarray) else type(mask).__name__
        raise ShapeError(message(who, f"mask: booleans {shape_text(array.shape)}", got,
                                 f"mask has one entry for each of {name}"))


def is_number(value):
    """Whether a value is one real number, not a bool, not NaN and not infinite."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value)


def check_number(who, name, value):
    """Raise unless value is a finite real number."""
    if not is_number(value):
        raise DtypeError(message(who, f"{name} to be a number", shown(value)))


RANGES = {"lr": math.inf, "weight_decay": math.inf, "epsilon": math.inf, "momentum": 1, "decay": 1, "beta1": 1, "beta2": 1}


def in_range(who, **settings):
    """Raise ValueError unless each hyper-parameter lies in its half-open range [0, high)."""
    for name, value in settings.items():
        number = type(value) is float or is_number(value)          # a step asks for each parameter: the first answer is cheap
        if not (number and 0 <= value < RANGES[name]):             # false for NaN too
            raise ValueError(message(who, f"{name} in [0, {RANGES[name]})", shown(value)))


def plain_array(who, name, values):
    """An array from what may be a list, or a DtypeError for a list of lists of different lengths."""
    try:
        return np.asarray(values)
    except (TypeError, ValueError):
        raise DtypeError(message(who, f"{name} to be an array, or lists of equal length", shown(values))) from None


def float_type(who, dtype):
    """float32 or float64 as a NumPy dtype, from what a user calls it."""
    try:
        found = np.dtype(dtype)
    except (TypeError, ValueError):
        found = None
    if dtype is None or found not in (np.float32, np.float64):
        raise DtypeError(message(who, "dtype np.float32 or np.float64", shown(dtype)))
    return found


def generator(who, rng):
    """The random generator that `rng` means: a Generator itself, one with a seed, or a new one for None."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        expected = "rng, a numpy.random.Generator, a seed (an integer >= 0) or None"
        raise DtypeError(message(who, expected, shown(rng), "np.random.default_rng(0) makes one")) from None
