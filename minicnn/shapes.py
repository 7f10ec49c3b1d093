"""Output sizes, padding, and the words of every shape error.

Standard library only, so that any file of the project may import it. Errors have four parts: who complains, what
was expected (in the letters of docs/notation.md), what it got, and the likely fix.
"""

import functools
import numbers
from typing import NamedTuple, TypeAlias

Size: TypeAlias = int | tuple[int, int] | list[int]                 # one number for both, or (height, width)
Padding: TypeAlias = int | tuple[int, int] | list[int] | str        # a Size, or "same"


class ShapeError(ValueError):
    """An array or a size does not fit. The message has four parts: who, expected, got, fix."""


class DtypeError(TypeError):
    """An array has the wrong kind of numbers. The message has four parts: who, expected, got, fix."""


class NonFiniteError(FloatingPointError):
    """NaN or infinity instead of a number. The message has four parts: who, expected, got, fix."""


def message(who, expected, got, fix=""):
    """The form of every error: 'WHO expected EXPECTED, got GOT; FIX'."""
    return f"{who} expected {expected}, got {got}" + (f"; {fix}" if fix else "")


LARGEST = 2**31                                                    # no size, stride or padding that makes sense is larger


def shape_text(shape):
    """(2, 3) -> '(2, 3)', also when the sizes are NumPy integers or letters."""
    return "(" + ", ".join(str(size) for size in shape) + ("," if len(shape) == 1 else "") + ")"


def shown(value):
    """A value on one line, as error messages show it; a large array as its type and shape: 'float32 (20, 30)'."""
    text = " ".join(repr(value).split())
    return f"{value.dtype} {shape_text(value.shape)}" if len(text) > 60 and hasattr(value, "dtype") else text


def check_floats(who, **arrays):
    """Raise DtypeError unless every named array is a NumPy array of float32 or float64."""
    for name, array in arrays.items():
        if type(array).__name__ not in ("ndarray", "memmap", "float32", "float64"):   # no np.matrix, no masks, no lists
            raise DtypeError(message(who, f"{name} to be a NumPy array", type(array).__name__, "np.asarray(...) makes one"))
        if array.dtype.char not in "fd" or not array.dtype.isnative:
            fix = f"for pixels: {name}.astype(np.float32) / 255" if array.dtype.kind in "iu" else f"{name}.astype(np.float32)"
            raise DtypeError(message(who, f"{name} of float32 or float64", f"{array.dtype} {shape_text(array.shape)}", fix))


def check_shape(who, name, shape, expected, fix=""):
    """Raise ShapeError unless `shape` equals `expected`, in which a string is a free size called by that letter."""
    if not isinstance(shape, (tuple, list)):
        raise DtypeError(message(who, f"a shape {shape_text(expected)}: a tuple of integers", shown(shape)))
    fits = len(shape) == len(expected) and all(isinstance(e, str) or s == e for s, e in zip(shape, expected))
    if not fits:
        raise ShapeError(message(who, f"{name} {shape_text(expected)}", shape_text(shape), fix))
    check_not_empty(who, name, shape)


def check_not_empty(who, name, shape):
    """Raise ShapeError if an axis of `shape` has size 0, and DtypeError if `shape` is no tuple of integers."""
    if not isinstance(shape, (tuple, list)) or not all(isinstance(size, numbers.Integral) for size in shape):
        raise DtypeError(message(who, f"the shape of {name}: a tuple of integers", shown(shape)))
    if any(size < 0 for size in shape):
        raise ShapeError(message(who, f"{name} with sizes of at least 1", shape_text(shape)))
    if 0 in shape:
        what = "the batch is empty" if shape[0] == 0 else "an axis is empty"
        raise ShapeError(message(who, f"{name} with at least one entry on every axis", shape_text(shape), what))


def check_images(who, shape, channels="C"):
    """Raise ShapeError unless `shape` is (N, H, W, channels), with a hint if it looks like NCHW or like a single image."""
    if not isinstance(shape, (tuple, list)):
        raise DtypeError(message(who, "a shape: a tuple of integers", shown(shape)))
    fix = ""
    if len(shape) == 4 and shape[1] == channels != shape[3]:
        fix = "this looks like NCHW: x.transpose(0, 2, 3, 1)"
    elif len(shape) == 3 and channels in (shape[2], "C"):
        fix = "a single image needs a batch axis: x[None]"
    elif len(shape) == 3 and channels == 1:
        fix = "the channel axis is missing: x[..., None]"
    elif len(shape) == 2:
        fix = "an image has three axes; reshape it, and put Flatten after the convolutions"
    check_shape(who, "x", shape, ("N", "H", "W", channels), fix)


def whole(who, name, value, minimum):
    """`value` as an int of at least `minimum`, or an error."""
    if not isinstance(value, numbers.Integral) or isinstance(value, bool):
        raise DtypeError(message(who, f"{name} to be an integer >= {minimum}", shown(value)))
    if value < minimum:
        raise ShapeError(message(who, f"{name} >= {minimum}", value))
    if value > LARGEST:
        raise ShapeError(message(who, f"{name} <= {LARGEST:,}", value))
    return int(value)


def check_flag(who, name, value):
    """Raise DtypeError unless `value` is True or False: a misplaced argument would count as True."""
    if type(value).__name__ not in ("bool", "bool_"):
        raise DtypeError(message(who, f"{name} to be True or False", shown(value)))


def pair(who, name, value, minimum):
    """An integer or a pair (height, width) as a pair of ints, each at least `minimum`."""
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise ShapeError(message(who, f"{name} to be an integer or a pair (height, width)", shown(value)))
        return tuple(whole(who, name, v, minimum) for v in value)
    return (whole(who, name, value, minimum),) * 2


def shortest(pair):
    """A pair as people write it: (3, 3) -> 3, (3, 5) -> (3, 5)."""
    return pair[0] if pair[0] == pair[1] else pair


class Window(NamedTuple):
    """How a KH x KW window slides over an image: the same for convolution and pooling.

    OH = (H + top + bottom - KH) // stride_h + 1, and the same for the width.
    """

    KH: int
    KW: int
    stride_h: int
    stride_w: int
    top: int
    bottom: int
    left: int
    right: int
    OH: int
    OW: int


def _axis(who, size, kernel, stride, padding, letter):
    """(before, after, output size) along one axis. Padding "same": output = ceil(size / stride), extra at the end."""
    if padding == "same":
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        before, after = total // 2, total - total // 2
    else:
        before = after = padding
    if kernel > size + before + after:
        raise ShapeError(message(
            who, f"a kernel that fits the padded image: K{letter} <= {letter} + padding = {size + before + after}",
            f"K{letter} = {kernel}", "a smaller kernel_size or more padding"))
    return before, after, (size + before + after - kernel) // stride + 1


def paddings(who, padding):
    """A number, a pair or "same" as a pair (height, width) of ints or of "same"."""
    if isinstance(padding, str):
        if padding != "same":
            raise ShapeError(message(who, 'padding to be an integer, a pair (height, width) or "same"', repr(padding)))
        return "same", "same"
    return pair(who, "padding", padding, 0)


def window(who, x_shape, kernel_size, stride, padding):
    """The Window of a kernel that slides over images x (N, H, W, C). Raises ShapeError if it does not fit."""
    kernel_size, stride = pair(who, "kernel_size", kernel_size, 1), pair(who, "stride", stride, 1)
    return _window(who, *x_shape[1:3], kernel_size, stride, paddings(who, padding))


@functools.lru_cache(maxsize=1024)                                 # every step of a training asks for the same windows
def _window(who, H, W, kernel_size, stride, padding):
    (KH, KW), (stride_h, stride_w), (padding_h, padding_w) = kernel_size, stride, padding
    top, bottom, OH = _axis(who, H, KH, stride_h, padding_h, "H")
    left, right, OW = _axis(who, W, KW, stride_w, padding_w, "W")
    return Window(KH, KW, stride_h, stride_w, top, bottom, left, right, OH, OW)


def conv_window(who, x_shape, w_shape, stride, padding):
    """The Window of filters w (KH, KW, C, F) over images x (N, H, W, C)."""
    check_shape(who, "w", w_shape, ("KH", "KW", "C", "F"), "filters are (KH, KW, C, F): w.transpose(2, 3, 1, 0) of PyTorch's")
    check_images(who, x_shape, w_shape[2])
    return window(who, x_shape, w_shape[:2], stride, padding)


def pool_window(who, x_shape, kernel_size, stride, padding):
    """The Window of a pooling; stride None means kernel_size. At most half a window may lie in the padding."""
    check_images(who, x_shape)
    kernel_size = pair(who, "kernel_size", kernel_size, 1)
    for pad, kernel in zip(paddings(who, padding), kernel_size):
        if pad != "same" and 2 * pad > kernel:
            raise ShapeError(message(who, f"padding <= kernel_size / 2 = {kernel / 2:g}", pad,
                                     "a window that lies in the padding alone would have no maximum"))
    return window(who, x_shape, kernel_size, kernel_size if stride is None else stride, padding)
