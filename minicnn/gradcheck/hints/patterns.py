"""The list of all patterns, and the loop that tries them."""

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
