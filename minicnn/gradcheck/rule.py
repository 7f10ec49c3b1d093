"""When a gradient counts as right: every tolerance of the entry-by-entry check in one place, with its reason."""

from typing import NamedTuple

import numpy as np

from ..ops.checks import float_type
from ..shapes import DtypeError, check_floats, message


class Rule(NamedTuple):
    """An entry is right if  |analytic - numeric| - bar <= tolerance * max(|analytic|, |numeric|, floor * largest |numeric|).

    `bar` is the error bar of the difference itself: |D(h) - D(h/2)| and the rounding in it.
    """

    step: float                    # h = step * max(1, |x|)
    tolerance: float
    floor: float = 1e-3            # rounding in L has the size of L, not of the entry: it drowns the tiniest entries
    bend: float = 1e-7             # a kink: halving h does not halve the bend, to within this fraction of the slope
    rounding: float = 1e-10        # a gradient below this fraction of the largest is nothing but rounding
    linear: float = 1e-9           # backward(a dy + b dz) = a backward(dy) + b backward(dz): rounding alone, no differences
    unclear: float = 0.01          # a difference of which more than this fraction may be curvature or rounding proves nothing
    kinks_allowed: float = 0.01    # fraction of the entries (or one) that may stand on a kink wherever they are nudged


# float64: with h = 1e-4 Richardson's truncation error is h**4 = 1e-16, and the rounding 1e-16 / h = 1e-12. A formula that
# is wrong is wrong in its first digits; 1e-6 also finds an epsilon of 1e-5 on the wrong side of a root.
# float32: the best that differences can do is 6e-8 / h, so that h must be large and two digits are all there is.
RULES = {np.dtype(np.float64): Rule(step=1e-4, tolerance=1e-6),
         np.dtype(np.float32): Rule(step=2e-2, tolerance=2e-2, floor=0.05, bend=2e-3, linear=1e-4, rounding=1e-4, unclear=0.1)}
TOLERANCE = RULES[np.dtype(np.float64)].tolerance


def rule_for(who, dtype, arrays):
    """The Rule of a dtype; raises DtypeError for arrays of another. Float32 differences have two digits."""
    dtype = float_type(who, dtype)
    check_floats(who, **arrays)
    for name, array in arrays.items():
        if array.dtype != dtype:
            raise DtypeError(message(who, f"{name} of {dtype}", array.dtype, f"{name}.astype(np.float64)" if dtype == np.float64
                                     else "leave dtype=np.float32 out to check in float64"))
    return RULES[dtype]
