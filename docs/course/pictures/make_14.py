"""The picture of chapter 14: four optimizers in the valley of chapter 1."""

import math

import numpy as np
from svg import Drawing

PICTURES = ("paths",)


def gradient(p):
    """Of the mean square of (w + b - 1, 2 w + b - 3)."""
    e = np.array([p[0] + p[1] - 1, 2 * p[0] + p[1] - 3])
    return np.array([(2 * e * (1, 2)).mean(), (2 * e).mean()])


def path(name, steps=100):
    """The places of 100 steps from (0, 0), lr 0.1."""
    p, m, v, places = np.zeros(2), np.zeros(2), np.zeros(2), [(0.0, 0.0)]
    for t in range(1, steps + 1):
        g = gradient(p)
        if name == "SGD":
            p = p - 0.1 * g
        elif name == "momentum":
            m = 0.9 * m + g
            p = p - 0.1 * m
        elif name == "RMSprop":
            v = 0.99 * v + 0.01 * g * g
            p = p - 0.1 * g / (np.sqrt(v) + 1e-8)
        else:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            p = p - 0.1 * (m / (1 - 0.9 ** t)) / (np.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
        places.append(tuple(p))
    return places


def paths():
    """One panel for each optimizer."""
    values, axes = np.linalg.eigh([[2.5, 1.5], [1.5, 1.0]])
    names = ("SGD", "momentum", "RMSprop", "Adam")
    ends = {name: path(name) for name in names}
    d = Drawing(760, 560, "Four optimizers in a long valley",
                "All start at w = 0, b = 0; the lowest point is w = 2, b = -1. After 100 steps " + "; ".join(
                    f"{name} is at w = {p[-1][0]:.2f}, b = {p[-1][1]:.2f}" for name, p in ends.items()) + ".")
    for k, name in enumerate(names):
        left, top = 60 + 370 * (k % 2), 50 + 270 * (k // 2)
        place = d.axes(left, top, 300, 180, (-0.5, 3.7), (-3.2, 1.6), "w" if k > 1 else "", "b", (0, 1, 2, 3),
                       (-3, -2, -1, 0, 1))
        for level in (0.01, 0.1, 0.4):
            angles = np.linspace(0, 2 * math.pi, 90)
            points = np.array([2, -1]) + (axes @ (np.sqrt(level / values)[:, None] * [np.cos(angles), np.sin(angles)])).T
            if level < 0.1 or (points.min(axis=0) > (-0.5, -3.2)).all():
                d.line([place(*p) for p in points], "rule", 1.2)
        d.line([place(*p) for p in ends[name]], "blue", 1.6)
        for p in ends[name][::2]:
            d.dot(*place(*p), "blue", 2.2)
        d.dot(*place(2, -1), "orange", 5)
        d.text(left + 150, top - 14, name, "ink", 15, bold=True)
    return d.svg()
