"""Why a gradient might be wrong: patterns that a bug leaves behind, the most specific first.

Each function looks at the Evidence of one array and returns a Hint or None. They are guesses, and say what they saw; where
nothing fits, they are silent.

    factors.py      the right gradient times something        functions.py    the derivative of an activation
    order.py        the right numbers in other places         thresholds.py   wrong beyond a bound
    paths.py        a part is missing                         dependence.py   what it must depend on is left out
    statistics.py   a mean or a norm taken for a constant     regions.py      wrong in a part of the array
    axes.py         a sum over the wrong axis
"""

import numpy as np

from . import axes, dependence, factors, functions, order, paths, regions, statistics, thresholds

PATTERNS = (
    factors.overflow, factors.ignores_dy, factors.not_computed, factors.constant_ratio, factors.factor_per_index,
    order.reordered, paths.one_sample, paths.shortcut, statistics.batch_statistics, functions.derivative, regions.overlaps,
    regions.borders, regions.kernel_end, factors.part_of_the_entries, thresholds.bound, regions.mask, regions.edges,
    paths.overwritten, paths.extra_paths, order.matrix_transposed, order.direction, order.misplaced, order.permuted_outputs,
    axes.wrong_axis, dependence.left_out, paths.off_diagonal, statistics.lost_scale_invariance, statistics.lost_invariance,
    statistics.row_statistics, paths.identity, regions.one_index, regions.sign_of_x, regions.one_entry)


def hints(evidence):
    """All the hints that the evidence gives."""
    found = (_looked(pattern, evidence) for pattern in PATTERNS)
    return [hint for hint in found if hint]


def _looked(pattern, evidence):
    """The hint of one pattern. What a hint cannot cope with must not cost the report."""
    try:
        with np.errstate(all="ignore"):
            return pattern(evidence)
    except Exception:
        return None
