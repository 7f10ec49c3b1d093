"""Numbers that belong together, with names: the sizes of a convolution, places in memory, steps through it.

Kernels see arrays as flat memory, and every step is a number of elements, not of bytes. Python hands such a tuple to a
kernel as a plain one, `tuple(geometry)`, and the kernel's first line names it again, `g = Geometry(*sizes)`. Numba needs
0.8 us more for each call to recognise a named tuple among the arguments; inside a kernel names cost nothing.
"""

import functools
from typing import NamedTuple

from numba.extending import register_jitable

# A training asks for the same few sizes at every step, and what they decide is remembered: at batch size 1, deciding it took
# longer than computing.
remembered = functools.lru_cache(maxsize=1 << 12)


class Geometry(NamedTuple):
    """The sizes of a convolution (docs/notation.md has the letters); top and left are rows and columns of padding."""

    N: int
    H: int
    W: int
    C: int
    KH: int
    KW: int
    stride_h: int
    stride_w: int
    top: int
    left: int
    OH: int
    OW: int
    F: int


class Pixels(NamedTuple):
    """Pixel (n, i, j) of a stack of images lies at `at + n * image + i * row + j * column`."""

    at: int
    image: int
    row: int
    column: int


class Loops(NamedTuple):
    """How many rounds the tile's two loops make: o in range(outer), k in range(inner)."""

    outer: int
    inner: int


class Rows(NamedTuple):
    """Element (r, f) of the tile's y or start lies at `at + r * row + f`."""

    at: int
    row: int


class Walk(NamedTuple):
    """Element (r, o, k) of the tile's a lies at `at + r * row + o * outer + k * inner`."""

    at: int
    row: int
    outer: int
    inner: int


class Columns(NamedTuple):
    """Element (o, k, f) of the tile's b lies at `at + o * outer + k * inner + f`."""

    at: int
    outer: int
    inner: int


@register_jitable
def ceil_div(a, b):
    """a / b, rounded up; for Python and for kernels."""
    return -(-a // b)


def padded_to(count, multiple):
    """`count` rounded up to a multiple."""
    return ceil_div(count, multiple) * multiple
