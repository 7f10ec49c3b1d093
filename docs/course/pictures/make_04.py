"""The pictures of chapter 4: a hat made of three ReLUs, and three activations with their derivatives."""

import numpy as np
from svg import Drawing

PICTURES = ("hat", "derivatives")
GRID = np.linspace(-1, 3, 81)


def hat():
    """relu(x) - 2 relu(x - 1) + relu(x - 2), part by part and as a sum."""
    d = Drawing(720, 300, "Three ReLUs make a hat",
                "Left: relu(x), minus 2 relu(x - 1) and relu(x - 2). Right: their sum is 0 up to x = 0, rises to 1 at x = 1, "
                "falls to 0 at x = 2 and stays 0.")
    parts = [(1, 0, "blue", "relu(x)"), (-2, 1, "orange", "-2 relu(x - 1)"), (1, 2, "green", "relu(x - 2)")]
    left = d.axes(60, 40, 270, 200, (-1, 3), (-4, 4), "x", "", (-1, 0, 1, 2, 3), (-4, -2, 0, 2, 4))
    total = np.zeros_like(GRID)
    for factor, place, colour, name in parts:
        y = factor * np.maximum(GRID - place, 0)
        total += y
        d.line([left(a, b) for a, b in zip(GRID, y)], colour, 2.5)
        at = {0: (1.35, 2.6), 1: (1.75, -3.4), 2: (2.02, -0.8)}[place]
        d.text(*left(*at), name, colour, 13, "end" if place != 2 else "start", on_lines=True)
    right = d.axes(410, 40, 270, 200, (-1, 3), (-0.5, 1.5), "x", "", (-1, 0, 1, 2, 3), (0, 1))
    d.line([right(a, b) for a, b in zip(GRID, total)], "ink", 2.8)
    d.text(195, 22, "three ReLUs, each with its factor", "ink", 14, bold=True)
    d.text(545, 22, "their sum", "ink", 14, bold=True)
    return d.svg()


def derivatives():
    """ReLU, sigmoid and tanh above, their derivatives below."""
    x = np.linspace(-6, 6, 121)
    y = 1 / (1 + np.exp(-x))
    curves = [("ReLU", np.maximum(x, 0), (x > 0) * 1.0, (-0.5, 6), (0, 3, 6), "blue"),
              ("sigmoid", y, y * (1 - y), (-0.1, 1.1), (0, 0.5, 1), "orange"),
              ("tanh", np.tanh(x), 1 - np.tanh(x) ** 2, (-1.1, 1.1), (-1, 0, 1), "green")]
    d = Drawing(740, 400, "Three activations and their derivatives",
                "ReLU has the derivative 0 for negative and 1 for positive x. The derivative of the sigmoid is 0.25 at 0 and "
                "falls to 0 on both sides. That of tanh is 1 at 0 and falls to 0 on both sides.")
    for k, (name, curve, slope, up, ticks, colour) in enumerate(curves):
        left = 50 + 240 * k
        above = d.axes(left, 40, 180, 120, (-6, 6), up, "", "", (-6, 0, 6), ticks)
        below = d.axes(left, 220, 180, 120, (-6, 6), (-0.1, 1.1), "x", "", (-6, 0, 6), (0, 0.25, 1))
        d.line([above(a, b) for a, b in zip(x, curve)], colour, 2.5)
        parts = [x < -0.05, x > 0.05] if name == "ReLU" else [x < 9]
        for part in parts:
            d.line([below(a, b) for a, b in zip(x[part], slope[part])], colour, 2.5)
        d.text(left + 90, 24, name, colour, 15, bold=True)
        d.text(left + 90, 206, "its derivative", "soft", 13)
    return d.svg()
