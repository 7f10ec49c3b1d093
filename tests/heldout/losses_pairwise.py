"""Losses that compare rows: triplets, pairs, rankings. Triplet's `target` holds indices of rows."""

from functools import partial

import numpy as np

from . import Case


def triplet(x, triples, margin=1.0, bug=None):
    """max(0, margin + |a - p|**2 - |a - n|**2), a mean over triples (a, p, n) of rows of x."""
    a, p, n = (x[column] for column in triples.T)
    value = margin + ((a - p) ** 2).sum(axis=1) - ((a - n) ** 2).sum(axis=1)
    active = (value > (margin if bug == "no margin" else 0))[:, None] * 2 / len(triples)
    if bug == "always active":
        active = np.full_like(active, 2 / len(triples))
    da = active * ((a - p) if bug == "anchor once" else (n - p))
    parts = da, active * (p - a), active * ((n - a) if bug == "negative's sign" else (a - n))
    dx = np.zeros_like(x)
    for column, part in zip(triples.T, parts):
        if bug == "assigned":
            dx[column] = part
        else:
            np.add.at(dx, column, part)
    return np.maximum(value, 0).mean(), dx


def contrastive(x, alike, margin=2.0, bug=None):
    """Rows 2 i and 2 i + 1 are a pair: d**2 if alike, else max(0, margin - d)**2, with d their distance."""
    away = x[::2] - x[1::2]
    d = np.sqrt((away**2).sum(axis=1))
    gap = np.maximum(margin - d, 0)
    slope = np.where(alike, 2 * d, -2 * (margin - d if bug == "beyond the margin" else gap))
    dd = slope[:, None] * away / (1 if bug == "not divided by d" else np.maximum(d, 1e-300)[:, None]) / len(d)
    dx = np.empty_like(x)
    dx[::2], dx[1::2] = dd, dd if bug == "same sign" else -dd
    return np.where(alike, d**2, gap**2).mean(), dx


def ranking(s, better, bug=None):
    """log(1 + exp(s[worse] - s[better])) over pairs (better, worse) of entries of s."""
    difference = s[better[:, 1]] - s[better[:, 0]]
    p = np.exp(-np.logaddexp(0, -difference)) / len(better)
    ds = np.zeros_like(s)
    np.add.at(ds, better[:, 1], p)
    if bug == "fancy -=":
        ds[better[:, 0]] -= p
    elif bug != "one side":
        np.add.at(ds, better[:, 0], -p)
    return np.logaddexp(0, difference).mean(), ds


def contrast_batch(x, labels, bug=None):
    """Each row of the first half looks for its partner in the second, by softmax of products."""
    a, b = np.split(x, 2)
    z = a @ b.T
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    rows = np.arange(len(a))
    dz = np.exp(log_p)
    dz[rows, labels] -= 1
    dz /= len(a)
    db = np.zeros_like(b) if bug == "no path through b" else (dz if bug == "not transposed" else dz.T) @ a
    return -log_p[rows, labels].mean(), np.concatenate([dz @ b, db])


def centres(x, labels, bug=None):
    """The mean squared distance to the mean of one's own class, which depends on x."""
    one_hot = np.eye(labels.max() + 1)[labels]
    own = (one_hot / one_hot.sum(axis=0)) @ one_hot.T
    r = x - own @ x
    return (r * r).sum() / len(x), 2 * (r if bug != "twice" else r + own @ x) / len(x)


def variance_ratio(x, target, bug=None):
    """1 - r**2 of a line through 0: the share of the target's squares that x does not explain."""
    xx, xt, tt = (x * x).sum() + 1e-3, (x * target).sum(), (target**2).sum()
    first, second = 2 * xt * target / xx, 2 * xt**2 * x / xx**2
    return 1 - xt**2 / xx / tt, -(first if bug else first - second) / tt


TRIPLES = np.array([[0, 1, 2], [0, 3, 4], [1, 0, 5]])
PAIRS = np.array([[0, 1], [0, 2], [3, 1]])


def rows(target, shape):
    return lambda rng, scale: (scale * rng.normal(size=shape), target)


def _case(name, loss, bug, inputs, hint, why, **more):
    return Case(name, "loss", lambda: loss, lambda: partial(loss, bug=bug), inputs, hint, why, **more)


six, pairs = rows(TRIPLES, (6, 3)), rows(np.array([True, False, False]), (6, 2))
CASES = [
    _case("triplet anchor", triplet, "anchor once", six, "missing path", "The anchor stands in both distances."),
    _case("triplet negative", triplet, "negative's sign", six, "sign", "n - a for a - n."),
    _case("triplet margin", triplet, "no margin", six, "threshold", "Active only if the distances are in the wrong order."),
    _case("triplet always active", triplet, "always active", six, "threshold", "A triplet that costs nothing still pulls."),
    _case("triplet assigned", triplet, "assigned", six, "assigned, not added", "Row 0 occurs in three triples."),
    _case(
        "contrastive margin",
        contrastive,
        "beyond the margin",
        pairs,
        "threshold",
        "Pairs beyond the margin attract each other.",
        hard=True,
    ),
    _case(
        "contrastive distance",
        contrastive,
        "not divided by d",
        pairs,
        "value left out",
        "The derivative of the root, 1 / d, is missing.",
        also=("activation derivative", "normalization term"),
    ),
    _case("contrastive sign", contrastive, "same sign", pairs, "sign", "Both rows move in the same direction."),
    _case(
        "ranking one side",
        ranking,
        "one side",
        rows(PAIRS, (5,)),
        "missing path",
        "The better one gets no gradient.",
        also=("gradient missing",),
    ),
    _case("ranking fancy -=", ranking, "fancy -=", rows(PAIRS, (5,)), "assigned, not added", "Entry 0 is better twice."),
    _case(
        "batch contrast transposed",
        contrast_batch,
        "not transposed",
        rows(np.array([2, 0, 1]), (6, 3)),
        "transposed",
        "db = dz a for dz^T a.",
    ),
    _case(
        "batch contrast path",
        contrast_batch,
        "no path through b",
        rows(np.array([2, 0, 1]), (6, 3)),
        "missing path",
        "The second half gets no gradient.",
        also=("gradient missing",),
    ),
    _case(
        "centres",
        centres,
        "twice",
        rows(np.array([0, 0, 1, 1, 1]), (5, 2)),
        "wrong variable",
        "x for x minus the centre.",
        also=("normalization term",),
    ),
    _case(
        "explained share",
        variance_ratio,
        "bottom",
        lambda rng, scale: (scale * rng.normal(size=(5, 1)), rng.normal(size=(5, 1))),
        "missing path",
        "The denominator depends on x.",
        also=("normalization term",),
    ),
]
