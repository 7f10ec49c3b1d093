"""Embeddings as plain functions of the table. Repeated indices are the trap."""

import numpy as np

from . import Case


def embedding(bug=None):
    """y[n, t] = table[ids[n, t]]; row 0 is padding and gives zeros."""

    def forward(table):
        return table[IDS] * (IDS > 0)[:, :, None]

    def backward(dy, table):
        if bug != "padding learns":
            dy = dy * (IDS > 0)[:, :, None]
        dtable = np.zeros_like(table)
        if bug == "assigned":
            dtable[IDS] = dy
        elif bug == "fancy +=":
            dtable[IDS] += dy
        else:
            np.add.at(dtable, IDS, dy)
        return {"table": dtable}

    return forward, backward


def bag(bug=None):
    """The mean of each bag's rows; bags have 3, 1 and 2 words."""
    bags = [[0, 2, 2], [4], [1, 2]]

    def forward(table):
        return np.stack([table[words].mean(axis=0) for words in bags])

    def backward(dy, table):
        dtable = np.zeros_like(table)
        for n, words in enumerate(bags):
            for word in words:
                dtable[word] += dy[n] / (3 if bug == "longest bag" else len(words))
        return {"table": dtable}

    return forward, backward


def segment_sum(bug=None):
    """y[segment[n]] += x[n]: rows are added up by segment."""
    segment = np.array([2, 0, 2, 1, 0])

    def forward(x):
        y = np.zeros((3, x.shape[1]))
        np.add.at(y, segment, x)
        return y

    def backward(dy, x):
        return {"x": dy[np.sort(segment) if bug else segment]}

    return forward, backward


def best_score(bug=None):
    """The largest score of each row, found by argmax and gathered."""

    def forward(scores):
        return scores[np.arange(len(scores)), scores.argmax(axis=1)]

    def backward(dy, scores):
        dscores = np.zeros_like(scores)
        dscores[np.arange(len(scores)), scores.argmin(axis=1) if bug else scores.argmax(axis=1)] = dy
        return {"scores": dscores}

    return forward, backward


def _op(name, make, bug, inputs, hint, why, **more):
    return Case(name, "op", make, lambda: make(bug), inputs, hint, why, **more)


def _table(rng, scale):
    return {"table": scale * rng.normal(size=(5, 3))}


IDS = np.array([[1, 3, 1], [0, 1, 4]])
ADD = "assigned, not added"
CASES = [
    _op("embedding assigned", embedding, "assigned", _table, ADD, "A word that occurs twice keeps the last gradient."),
    _op("embedding fancy +=", embedding, "fancy +=", _table, ADD, "dtable[ids] += dy adds each repeated row once."),
    _op(
        "embedding padding",
        embedding,
        "padding learns",
        _table,
        "mask",
        "Row 0 gets a gradient, but y does not see it.",
        also=("gradient missing", "border"),
    ),
    _op("embedding bag", bag, "longest bag", _table, "count", "Divided by the longest bag's length."),
    _op(
        "segment sum",
        segment_sum,
        "sorted",
        lambda rng, scale: {"x": scale * rng.normal(size=(5, 2))},
        "permuted",
        "Backward takes the segments in sorted order.",
        also=("off by one",),
    ),
    _op(
        "best score",
        best_score,
        "argmin",
        lambda rng, scale: {"scores": scale * rng.normal(size=(3, 4))},
        "wrong variable",
        "argmin where argmax was meant.",
        also=("permuted", "off by one"),
    ),
]
