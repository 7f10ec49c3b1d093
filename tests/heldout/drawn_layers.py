"""Correct layers that only the random draws use: containers in lists, dicts and tuples, and a few functions."""

import numpy as np

from minicnn import Layer, Parameter

from .attention import SelfAttention
from .normalization import LayerNorm


class Chain(Layer):
    """Layers in a plain list, one after the other."""

    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dy):
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy


class Branches(Layer):
    """Layers in a tuple, side by side: x goes to all, their y are joined."""

    def __init__(self, layers):
        self.layers = tuple(layers)

    def forward(self, x):
        ys = [layer.forward(x) for layer in self.layers]
        self.cuts = np.cumsum([y.shape[1] for y in ys])[:-1]
        return np.concatenate(ys, axis=1)

    def backward(self, dy):
        parts = np.split(dy, self.cuts, axis=1)
        return sum(layer.backward(np.ascontiguousarray(part)) for layer, part in zip(self.layers, parts))


class Nested(Layer):
    """Parameters in a list inside a dict inside a tuple."""

    def __init__(self, rng, D):
        self.deep = ({"ws": [Parameter(rng.normal(size=(D, D))) for _ in range(2)]}, Parameter(rng.normal(size=D)))

    def forward(self, x):
        (first, second), b = self.deep[0]["ws"], self.deep[1]
        self.x, self.h = x, np.tanh(x @ first.value)
        return self.h @ second.value + b.value

    def backward(self, dy):
        (first, second), b = self.deep[0]["ws"], self.deep[1]
        second.grad, b.grad = self.h.T @ dy, dy.sum(axis=0)
        dz = dy @ second.value.T * (1 - self.h**2)
        first.grad = self.x.T @ dz
        return dz @ first.value.T


class DenselyConnected(Layer):
    """Each step sees x and all earlier steps: h[i] = tanh([x, h[0], ..., h[i - 1]] w[i]); y is all of them."""

    def __init__(self, rng, D, growth=2):
        self.ws = {f"step{i}": Parameter(rng.normal(size=(D + i * growth, growth)) / 2) for i in range(3)}

    def forward(self, x):
        self.seen = [x]
        for w in self.ws.values():
            self.seen.append(np.concatenate([self.seen[-1], np.tanh(self.seen[-1] @ w.value)], axis=1))
        return self.seen[-1]

    def backward(self, dy):
        for i, w in reversed(list(enumerate(self.ws.values()))):
            before, after = self.seen[i], self.seen[i + 1]
            width = before.shape[1]
            dz = dy[:, width:] * (1 - after[:, width:] ** 2)
            w.grad = before.T @ dz
            dy = dy[:, :width] + dz @ w.value.T
        return dy


class TransformerBlock(Layer):
    """x + attention, then + a small network on the layer norm of each word."""

    def __init__(self, rng, D=4):
        self.attention, self.norm = SelfAttention(D), LayerNorm(D)
        self.ws = [Parameter(rng.normal(size=(D, 6)) / 2), Parameter(rng.normal(size=(6, D)) / 2)]

    def forward(self, x):
        middle = x + self.attention.forward(x)
        self.words = self.norm.forward(middle.reshape(-1, x.shape[2]))
        self.h = np.tanh(self.words @ self.ws[0].value)
        return middle + (self.h @ self.ws[1].value).reshape(x.shape)

    def backward(self, dy):
        rows = dy.reshape(self.words.shape)
        self.ws[1].grad = self.h.T @ rows
        dz = rows @ self.ws[1].value.T * (1 - self.h**2)
        self.ws[0].grad = self.words.T @ dz
        dmiddle = dy + self.norm.backward(dz @ self.ws[0].value.T).reshape(dy.shape)
        return dmiddle + self.attention.backward(dmiddle)


class Gain(Layer):
    """x times exp(g), a learned positive number per feature."""

    def __init__(self, D):
        self.g = Parameter(np.zeros(D))

    def forward(self, x):
        self.y = x * np.exp(self.g.value)
        return self.y

    def backward(self, dy):
        self.g.grad = (dy * self.y).sum(axis=0)
        return dy * np.exp(self.g.value)


class Polynomial(Layer):
    """sum of c[i] x**i, by Horner's rule; c[0] is the constant."""

    def __init__(self, degree):
        self.c = [Parameter(np.ones(1)) for _ in range(degree + 1)]

    def forward(self, x):
        self.x, y = x, 0 * x
        for c in reversed(self.c):
            y = y * x + c.value
        return y

    def backward(self, dy):
        slope = 0 * self.x
        for i, c in enumerate(self.c):
            c.grad = (dy * self.x**i).sum(keepdims=True).reshape(1)
            if i:
                slope = slope + i * c.value * self.x ** (i - 1)
        return dy * slope


class EverySecond(Layer):
    """Every second column: y is a view into x."""

    def forward(self, x):
        self.shape = x.shape
        return x[:, ::2]

    def backward(self, dy):
        dx = np.zeros(self.shape)
        dx[:, ::2] = dy
        return dx


class Power(Layer):
    """x**p for x > 0."""

    def __init__(self, p):
        self.p = p

    def forward(self, x):
        self.x = x
        return x**self.p

    def backward(self, dy):
        return dy * self.p * self.x ** (self.p - 1)


class Reciprocal(Layer):
    def forward(self, x):
        self.y = 1 / x
        return self.y

    def backward(self, dy):
        return -dy * self.y**2


class SquarePlus(Layer):
    """x**2 plus a small number, so that log and sqrt may follow."""

    def __init__(self, least):
        self.least = least

    def forward(self, x):
        self.x = x
        return x * x + self.least

    def backward(self, dy):
        return 2 * self.x * dy


class Standardize(Layer):
    """Each column with mean 0 and variance 1, without parameters."""

    def __init__(self, epsilon):
        self.epsilon = epsilon

    def forward(self, x):
        self.std = np.sqrt(x.var(axis=0) + self.epsilon)
        self.y = (x - x.mean(axis=0)) / self.std
        return self.y

    def backward(self, dy):
        return (dy - dy.mean(axis=0) - self.y * (dy * self.y).mean(axis=0)) / self.std


class Discount(Layer):
    """x**a exp(-x) with a learned exponent, for x > 0."""

    def __init__(self):
        self.a = Parameter(np.ones(1))

    def forward(self, x):
        self.x, self.y = x, x**self.a.value * np.exp(-x)
        return self.y

    def backward(self, dy):
        self.a.grad = (dy * self.y * np.log(self.x)).sum() * np.ones(1)
        return dy * self.y * (self.a.value / self.x - 1)
