"""Draw some rows of a data set so that every class keeps its fraction of them."""

import numpy as np

from ..ops.checks import Rng, generator
from ..shapes import ShapeError, message, shape_text, whole


def stratified(labels: np.ndarray, count: int, rng: Rng = None) -> np.ndarray:
    """Choose `count` rows, from every label its fraction of them: a label with n of N rows gives n * count / N, to within one.

    The rows are sorted by label, and every (N / count)-th of them is taken. With `rng`, a Generator or a seed, the rows of
    a label are shuffled first. Without it, the same rows are chosen each time.

    Shapes: labels (N,) -> rows (min(count, N),) integers, sorted by label
    Raises: DtypeError, ShapeError.
    Source: systematic sampling, W. Cochran, "Sampling Techniques" (1977), chapter 8.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1:
        raise ShapeError(message("stratified", "labels (N,)", shape_text(labels.shape), "pass class numbers, not one-hot rows"))
    N, count = len(labels), min(whole("stratified", "count", count, 0), len(labels))
    order = np.arange(N) if rng is None else generator("stratified", rng).permutation(N)
    order = order[np.argsort(labels[order], kind="stable")]
    return order[(2 * np.arange(count) + 1) * N // (2 * max(count, 1))]
