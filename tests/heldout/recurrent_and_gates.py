"""Gates, and networks unrolled over time: x is (N, T, D)."""

import numpy as np

from minicnn import Layer, Parameter

from . import flagged


def weights(*shape, seed=0):
    return Parameter(np.random.default_rng(seed).normal(size=shape) / 2)


def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


class GLU(Layer):
    """a sigmoid(b), with a and b the halves of x."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        a, b = np.split(x, 2, axis=1)
        self.a, self.s = a, sigmoid(b)
        return a * self.s

    def backward(self, dy):
        da, db = dy * self.s, dy * self.a * self.s * (1 - self.s)
        if self.bug == "no a":
            db = dy * self.s * (1 - self.s)
        return np.concatenate([db, da] if self.bug == "halves" else [da, db], axis=1)


class Highway(Layer):
    """t h + (1 - t) x, with h = tanh(x w) and t = sigmoid(x u)."""

    def __init__(self, D=3, bug=None):
        self.w, self.u, self.bug = weights(D, D), weights(D, D, seed=1), bug

    def forward(self, x):
        h, t = np.tanh(x @ self.w.value), sigmoid(x @ self.u.value)
        self.saved = x, h, t
        return t * h + (1 - t) * x

    def backward(self, dy):
        x, h, t = self.saved
        dh = dy * t * (1 - h**2)
        dt = dy * (h if self.bug == "h for h - x" else h - x) * t * (1 - t)
        self.w.grad, self.u.grad = x.T @ dh, x.T @ dt
        carried = dy * (t if self.bug == "t for 1 - t" else 1 - t)
        dx = carried + dh @ self.w.value.T
        return dx if self.bug == "no path through t" else dx + dt @ self.u.value.T


class RNN(Layer):
    """h[t] = tanh(x[t] w + h[t - 1] u + b), from a learned h0; y is all h."""

    def __init__(self, D=2, H=3, bug=None):
        self.w, self.u, self.b, self.h0 = weights(D, H), weights(H, H, seed=1), Parameter(np.zeros(H)), Parameter(np.zeros(H))
        self.bug = bug

    def forward(self, x):
        self.x, self.hs = x, [np.tile(self.h0.value, (len(x), 1))]
        for t in range(x.shape[1]):
            self.hs.append(np.tanh(x[:, t] @ self.w.value + self.hs[-1] @ self.u.value + self.b.value))
        return np.stack(self.hs[1:], axis=1)

    def backward(self, dy):
        dx, dh = np.zeros_like(self.x), 0
        dw, du, db = np.zeros(self.w.shape), np.zeros(self.u.shape), np.zeros(self.b.shape)
        for t in reversed(range(dy.shape[1])):
            dz = (dy[:, t] + dh) * (1 - self.hs[t + 1] ** 2)
            if self.bug == "du of h after":
                du += self.hs[t + 1].T @ dz
            else:
                du += self.hs[t].T @ dz
            if self.bug == "dw assigned":
                dw = self.x[:, t].T @ dz
            else:
                dw += self.x[:, t].T @ dz
            db += dz.sum(axis=0)
            dx[:, t] = dz @ self.w.value.T
            through = dz @ self.u.value.T
            dh = 0 if self.bug == "one step" else through
        self.w.grad, self.u.grad, self.b.grad = dw, du, db
        self.h0.grad = through[0] if self.bug == "dh0 first" else through.sum(axis=0)
        return dx


class GRU(Layer):
    """One step from a learned state: r, z gates, c = tanh(x wc + (r h) uc), y = z h + (1 - z) c."""

    def __init__(self, D=2, H=3, bug=None):
        self.gates = {name: (weights(D, H, seed=i), weights(H, H, seed=i + 3)) for i, name in enumerate("rzc")}
        self.h, self.bug = Parameter(np.random.default_rng(9).normal(size=(1, H))), bug

    def forward(self, x):
        h = self.h.value
        (wr, ur), (wz, uz), (wc, uc) = ((w.value, u.value) for w, u in self.gates.values())
        r, z = sigmoid(x @ wr + h @ ur), sigmoid(x @ wz + h @ uz)
        c = np.tanh(x @ wc + (r * h) @ uc)
        self.saved = x, r, z, c
        return z * h + (1 - z) * c

    def backward(self, dy):
        (x, r, z, c), h = self.saved, self.h.value
        uc = self.gates["c"][1].value
        dc = dy * (1 - z) * (1 - c**2)
        drh = dc @ uc.T
        dr = drh * h * r * (1 - r)
        dz = dy * (h - c) * z * (1 - z)
        if self.bug == "c - h":
            dz = -dz
        dh = dy * z + (drh if self.bug == "no reset" else drh * r)
        dx = 0
        for name, dgate, before in (("r", dr, h), ("z", dz, h), ("c", dc, h if self.bug == "duc of h" else r * h)):
            w, u = self.gates[name]
            w.grad = x.T @ dgate
            u.grad = np.broadcast_to(before, dgate.shape).T @ dgate
            dx = dx + dgate @ w.value.T
            if name != "c":
                dh = dh + dgate @ u.value.T
        self.h.grad = dh.sum(axis=0, keepdims=True)
        return dx


class LSTMCell(Layer):
    """One step: x holds (a, f, i, o, c) side by side; c' = sigmoid(f) c + sigmoid(i) tanh(a), y = sigmoid(o) tanh(c')."""

    def __init__(self, bug=None):
        self.bug = bug

    def forward(self, x):
        a, f, i, o, c = np.split(x, 5, axis=1)
        a, f, i, o = np.tanh(a), sigmoid(f), sigmoid(i), sigmoid(o)
        new = f * c + i * a
        self.saved = a, f, i, o, c, np.tanh(new)
        return np.concatenate([o * self.saved[5], new], axis=1)

    def backward(self, dy):
        a, f, i, o, c, h = self.saved
        dh, dnew = np.split(dy, 2, axis=1)
        dnew = dnew + dh * o * (1 if self.bug == "no tanh" else 1 - h**2)
        if self.bug == "cell alone":
            dnew = np.split(dy, 2, axis=1)[1]
        df = dnew * (a if self.bug == "df of a" else c) * f * (1 - f)
        return np.concatenate(
            [
                dnew * i * (1 - a**2),
                df,
                dnew * a * i * (1 - i),
                dh * h * o * (1 - o),
                dnew * (i if self.bug == "i for f" else f),
            ],
            axis=1,
        )


class Smoothing(Layer):
    """Exponential smoothing with a learned rate r = sigmoid(s): m[t] = r m[t - 1] + (1 - r) x[t]."""

    def __init__(self, bug=None):
        self.s, self.bug = Parameter(np.array([0.5])), bug

    def forward(self, x):
        r, m = sigmoid(self.s.value[0]), np.zeros(len(x))
        self.x, self.ms = x, [m]
        for t in range(x.shape[1]):
            self.ms.append(r * self.ms[-1] + (1 - r) * x[:, t])
        return np.stack(self.ms[1:], axis=1)

    def backward(self, dy):
        r, dm, dr, dx = sigmoid(self.s.value[0]), 0, 0, np.zeros_like(dy)
        for t in reversed(range(dy.shape[1])):
            dm = dm + dy[:, t]
            dx[:, t] = (r if self.bug == "r for 1 - r" else 1 - r) * dm
            dr += (dm * (self.ms[t] - (0 if self.bug == "dr without x" else self.x[:, t]))).sum()
            dm = dm if self.bug == "does not fade" else r * dm
        self.s.grad = np.array([dr * r * (1 - r)])
        return dx


SEQUENCE, ROWS = (2, 4, 2), (3, 3)
CASES = [
    flagged("glu halves", GLU, "halves", (3, 6), "permuted", "The halves of dx are exchanged.", also=("wrong variable",)),
    flagged("glu gate", GLU, "no a", (3, 6), "value left out", "The gate's gradient lacks a."),
    flagged("highway carry", Highway, "t for 1 - t", ROWS, "wrong variable", "t for 1 - t on the carried x."),
    flagged("highway gate", Highway, "no path through t", ROWS, "missing path", "dx lacks the part through the gate."),
    flagged(
        "highway h - x",
        Highway,
        "h for h - x",
        ROWS,
        "missing path",
        "t multiplies x too, with a minus.",
        also=("wrong variable",),
    ),
    flagged("rnn one step", RNN, "one step", SEQUENCE, "missing path", "The gradient is not carried back in time."),
    flagged("rnn dw assigned", RNN, "dw assigned", SEQUENCE, "assigned, not added", "Each step overwrites dw."),
    flagged("rnn du", RNN, "du of h after", SEQUENCE, "off by one", "du uses h[t] for h[t - 1].", also=("wrong variable",)),
    flagged(
        "rnn h0 first",
        RNN,
        "dh0 first",
        SEQUENCE,
        "one sample",
        "dh0 of the first sequence alone.",
        also=("broadcast not summed",),
    ),
    flagged("gru sign", GRU, "c - h", (3, 2), "sign", "z's gradient has c - h for h - c."),
    flagged("gru reset", GRU, "no reset", (3, 2), "value left out", "dh lacks the reset gate on the candidate's path."),
    flagged("gru duc", GRU, "duc of h", (3, 2), "value left out", "uc's gradient uses h for r h.", also=("wrong variable",)),
    flagged(
        "lstm tanh",
        LSTMCell,
        "no tanh",
        (2, 10),
        "activation derivative",
        "1 - tanh(c)**2 is missing.",
        also=("value left out",),
    ),
    flagged("lstm cell alone", LSTMCell, "cell alone", (2, 10), "missing path", "The part from h into c is missing."),
    flagged("lstm forget", LSTMCell, "df of a", (2, 10), "wrong variable", "df uses a for c."),
    flagged("lstm i for f", LSTMCell, "i for f", (2, 10), "wrong variable", "The old cell's gradient uses i for f."),
    flagged("smoothing rate", Smoothing, "r for 1 - r", (2, 5), "wrong variable", "r for 1 - r."),
    flagged("smoothing dr", Smoothing, "dr without x", (2, 5), "missing path", "1 - r depends on r too."),
    flagged("smoothing does not fade", Smoothing, "does not fade", (2, 5), "value left out", "dm is carried without r."),
]
