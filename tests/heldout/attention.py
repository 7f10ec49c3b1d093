"""Attention: x is (N, T, D), T words of D features."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def softmax_backward(da, a, axis=-1):
    return a * (da - (da * a).sum(axis=axis, keepdims=True))


class SelfAttention(Layer):
    """y = softmax(q k^T / sqrt(D)) v, with q, k, v = x wq, x wk, x wv; causal: a word sees the words before it."""

    def __init__(self, D=4, causal=False, bug=None):
        rng = np.random.default_rng(0)
        self.wq, self.wk, self.wv = (Parameter(rng.normal(size=(D, D)) / 2) for _ in range(3))
        self.causal, self.bug = causal, bug

    def forward(self, x):
        q, k, v = x @ self.wq.value, x @ self.wk.value, x @ self.wv.value
        scores = q @ k.transpose(0, 2, 1) / np.sqrt(x.shape[2])
        if self.causal:
            scores = np.where(np.tril(np.ones(scores.shape[1:])) > 0, scores, -np.inf)
        a = softmax(scores)
        self.saved = x, q, k, v, a
        return a @ v

    def backward(self, dy):
        x, q, k, v, a = self.saved
        dv = (a if self.bug == "a not transposed" else a.transpose(0, 2, 1)) @ dy
        da = dy @ v.transpose(0, 2, 1)
        dscores = softmax_backward(da, a, axis=1 if self.bug == "softmax axis" else 2)
        if self.bug == "softmax as sigmoid":
            dscores = da * a * (1 - a)
        if self.bug != "no scale":
            dscores = dscores / np.sqrt(x.shape[2])
        dq = dscores @ k
        dk = (dscores if self.bug == "dscores not transposed" else dscores.transpose(0, 2, 1)) @ q
        rows = x.reshape(-1, x.shape[2])
        for w, dz in ((self.wq, dq), (self.wk, dq if self.bug == "dq for dk" else dk), (self.wv, dv)):
            w.grad = rows.T @ dz.reshape(rows.shape)
        if self.bug == "first sample":
            self.wv.grad = x[0].T @ dv[0]
        dx = dq @ self.wq.value.T + dv @ self.wv.value.T
        return dx if self.bug == "no path through k" else dx + dk @ self.wk.value.T


class CausalAttention(SelfAttention):
    """Backward masks its scores once more, which changes nothing, unless the mask is the wrong triangle."""

    def __init__(self, bug=None):
        super().__init__(causal=True)
        self.mask_bug = bug

    def backward(self, dy):
        T = dy.shape[1]
        x, q, k, v, a = self.saved
        seen = np.triu(np.ones((T, T))) if self.mask_bug == "triangle" else np.tril(np.ones((T, T)))
        self.saved = x, q, k, v, a * seen
        return super().backward(dy)


class MultiHead(Layer):
    """Two heads on halves of the features, q = k = v = x, and an output matrix wo."""

    def __init__(self, D=4, heads=2, bug=None):
        self.wo, self.heads, self.bug = Parameter(np.random.default_rng(1).normal(size=(D, D))), heads, bug

    def split(self, x):
        N, T, D = x.shape
        return x.reshape(N, T, self.heads, D // self.heads).transpose(0, 2, 1, 3)

    def merge(self, h):
        N, heads, T, d = h.shape
        return h.transpose(0, 2, 1, 3).reshape(N, T, heads * d)

    def forward(self, x):
        h = self.split(x)
        a = softmax(h @ h.transpose(0, 1, 3, 2))
        self.saved = h, a, self.merge(a @ h)
        return self.saved[2] @ self.wo.value

    def backward(self, dy):
        h, a, joined = self.saved
        for n in range(len(dy)):
            one = joined[n].T @ dy[n]
            self.wo.grad = one if n == 0 or self.bug == "last sample" else self.wo.grad + one
        dhead = self.split(dy @ self.wo.value.T)
        dscores = softmax_backward(dhead @ h.transpose(0, 1, 3, 2), a)
        dh = a.transpose(0, 1, 3, 2) @ dhead + dscores @ h
        if self.bug != "scores see h once":
            dh = dh + dscores.transpose(0, 1, 3, 2) @ h
        if self.bug == "merged without transposing":
            return dh.reshape(dy.shape)
        return self.merge(dh)


WORDS = (2, 4, 4)
CASES = [
    flagged("attention without scale", SelfAttention, "no scale", WORDS, "missing factor", "1/sqrt(D) is missing in backward."),
    flagged(
        "attention softmax axis",
        SelfAttention,
        "softmax axis",
        WORDS,
        "wrong axis",
        "The softmax's sum runs over queries.",
        also=("normalization term",),
    ),
    flagged(
        "attention softmax as sigmoid",
        SelfAttention,
        "softmax as sigmoid",
        WORDS,
        "normalization term",
        "a (1 - a) is the diagonal of the softmax's matrix alone.",
        also=("activation derivative",),
    ),
    flagged("attention a not transposed", SelfAttention, "a not transposed", WORDS, "transposed", "dv = a dy for a^T dy."),
    flagged(
        "attention scores not transposed",
        SelfAttention,
        "dscores not transposed",
        WORDS,
        "transposed",
        "dk = dscores q for dscores^T q.",
    ),
    flagged("attention dq for dk", SelfAttention, "dq for dk", WORDS, "wrong variable", "wk gets wq's gradient."),
    flagged("attention without k", SelfAttention, "no path through k", WORDS, "missing path", "dx lacks the part through k."),
    flagged(
        "attention dwv first sample",
        SelfAttention,
        "first sample",
        WORDS,
        "one sample",
        "dwv of the first sentence alone.",
        also=("broadcast not summed", "missing path"),
    ),
    flagged("causal attention triangle", CausalAttention, "triangle", WORDS, "mask", "Backward uses the upper triangle."),
    flagged(
        "multi-head dwo",
        MultiHead,
        "last sample",
        WORDS,
        "assigned, not added",
        "Each sentence overwrites dwo.",
        also=("one sample",),
    ),
    flagged("multi-head merge", MultiHead, "merged without transposing", WORDS, "permuted", "A reshape mixes heads and words."),
    flagged("multi-head scores once", MultiHead, "scores see h once", WORDS, "missing path", "h h^T has two gradients."),
]
