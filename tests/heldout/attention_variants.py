"""Attention by a learned question, by distance, with a temperature, without a softmax."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged
from .attention import softmax, softmax_backward


class AttentionPool(Layer):
    """y = sum over t of softmax(x u)[t] x[t]: one learned question u about all words."""

    def __init__(self, D=4, bug=None):
        self.u, self.bug = Parameter(np.random.default_rng(2).normal(size=D)), bug

    def forward(self, x):
        self.x, self.a = x, softmax(x @ self.u.value)
        return np.einsum("nt,ntd->nd", self.a, x)

    def backward(self, dy):
        ds = softmax_backward(np.einsum("ntd,nd->nt", self.x, dy), self.a)
        self.u.grad = np.einsum("nt,ntd->d", ds, self.x)
        dx = self.a[:, :, None] * dy[:, None, :]
        return dx if self.bug == "weights are constants" else dx + ds[:, :, None] * self.u.value


class PositionBias(Layer):
    """Attention by distance alone: a = softmax(table[i - j]), y = a x."""

    def __init__(self, T=4, bug=None):
        self.table, self.bug = Parameter(np.random.default_rng(3).normal(size=2 * T - 1)), bug
        self.offset = np.arange(T)[:, None] - np.arange(T) + T - 1

    def forward(self, x):
        self.x, self.a = x, softmax(self.table.value[self.offset])
        return self.a @ x

    def backward(self, dy):
        da = dy @ self.x.transpose(0, 2, 1)
        dscores = softmax_backward(da.sum(axis=0), self.a)
        dtable = np.zeros(self.table.shape)
        if self.bug == "assigned":
            dtable[self.offset] = dscores
        elif self.bug == "distance of the wrong sign":
            np.add.at(dtable, self.offset.T, dscores)
        else:
            np.add.at(dtable, self.offset, dscores)
        self.table.grad = dtable
        return self.a.T @ dy


class Temperature(Layer):
    """softmax(exp(s) x) with a learned s."""

    def __init__(self, bug=None):
        self.s, self.bug = Parameter(np.zeros(1)), bug

    def forward(self, x):
        self.x, self.y = x, softmax(np.exp(self.s.value) * x)
        return self.y

    def backward(self, dy):
        dz = softmax_backward(dy, self.y)
        scale = np.exp(self.s.value)
        self.s.grad = (dz * self.x).sum() * (np.ones(1) if self.bug == "ds without exp" else scale)
        return dz if self.bug == "dx without exp" else scale * dz


class LinearAttention(Layer):
    """y[t] = f(q t) (sum of f(k) v^T) / (f(q t) sum of f(k)), with q = k = v = x and f = elu + 1."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        f = np.where(x > 0, x + 1, np.exp(np.minimum(x, 0)))
        top = f @ (f.transpose(0, 2, 1) @ x)
        bottom = f @ f.sum(axis=1)[:, :, None]
        self.saved = x, f, top, bottom
        return top / bottom

    def backward(self, dy):
        x, f, top, bottom = self.saved
        dtop = dy / bottom
        dbottom = -(dy * top / bottom**2).sum(axis=2, keepdims=True)
        if self.bug == "bottom is a constant":
            dbottom = 0 * dbottom
        df = dtop @ (f.transpose(0, 2, 1) @ x).transpose(0, 2, 1) + dbottom * f.sum(axis=1, keepdims=True)
        dmatrix = f.transpose(0, 2, 1) @ dtop
        df = df + x @ dmatrix.transpose(0, 2, 1) + (dbottom * f).sum(axis=1, keepdims=True)
        dx = df * np.where(x > 0, 1, f)
        return dx if self.bug == "no path through v" else dx + f @ dmatrix


WORDS = (2, 4, 4)
CASES = [
    flagged(
        "attention pool constants",
        AttentionPool,
        "weights are constants",
        WORDS,
        "missing path",
        "The weights depend on x too.",
        also=("normalization term",),
    ),
    flagged("position bias assigned", PositionBias, "assigned", WORDS, "assigned, not added", "A distance occurs many times."),
    flagged(
        "position bias sign",
        PositionBias,
        "distance of the wrong sign",
        WORDS,
        "flipped",
        "j - i for i - j.",
        also=("transposed",),
    ),
    flagged(
        "temperature ds",
        Temperature,
        "ds without exp",
        (3, 4),
        "value left out",
        "The derivative of exp(s) is missing: 1 at birth.",
        hard=True,
        also=("missing factor",),
    ),
    flagged(
        "temperature dx",
        Temperature,
        "dx without exp",
        (3, 4),
        "missing factor",
        "dx lacks exp(s), 1 at birth.",
        hard=True,
        also=("value left out",),
    ),
    flagged(
        "linear attention bottom",
        LinearAttention,
        "bottom is a constant",
        WORDS,
        "normalization term",
        "The denominator depends on x.",
    ),
    flagged("linear attention v", LinearAttention, "no path through v", WORDS, "missing path", "x is v too."),
]
