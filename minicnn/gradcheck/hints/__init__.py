"""Why a gradient might be wrong: patterns that a bug leaves behind, the most specific first.

Each function looks at the Evidence of one array and returns a Hint or None. They are guesses, and say what they saw; where
nothing fits, they are silent.

    factors.py      the right gradient times something        functions.py    the derivative of an activation
    order.py        the right numbers in other places         thresholds.py   wrong beyond a bound
    paths.py        a part is missing                         dependence.py   what it must depend on is left out
    statistics.py   a mean or a norm taken for a constant     regions.py      wrong in a part of the array
    axes.py         a sum over the wrong axis
"""

from .patterns import PATTERNS, hints
