"""The picture of chapter 10: the winners of the windows, and where the gradient goes."""

import numpy as np
from small_arrays import dy, image
from svg import Drawing

PICTURES = ("pooling",)
x, upstream = np.array(image), np.array(dy)


def winners(K, s):
    """(i, j) -> (row, column) of the first maximum of each window."""
    found = {}
    for i, j in np.ndindex(2, 2):
        u, v = np.unravel_index(x[i * s:i * s + K, j * s:j * s + K].argmax(), (K, K))
        found[i, j] = (int(i * s + u), int(j * s + v))
    return found


def pooling():
    """Windows side by side above, overlapping windows below: x with its winners, y, dy and dx."""
    d = Drawing(740, 450, "Max-pooling: the winner gets the gradient", "")
    story = []
    for top, K, s, name in ((70, 2, 2, "windows of 2 x 2, stride 2"), (290, 3, 1, "windows of 3 x 3, stride 1: they overlap")):
        won = winners(K, s)
        dx = np.zeros((4, 4), int)
        for place, at in won.items():
            dx[at] += upstream[place]
        y = np.array([[x[won[i, j]] for j in (0, 1)] for i in (0, 1)])
        marks = {at: "green" for at in won.values()}
        d.text(20, top - 34, name, "ink", 15, "start", bold=True)
        d.grid(x, 20, top, 34, "x", marks)
        if s == 2:
            for i, j in np.ndindex(2, 2):
                d.frame(20 + 68 * j, top + 68 * i, 68, 68, "ink", 2)
        d.arrow(168, top + 68, 222, top + 68, "blue")
        d.grid(y, 234, top + 34, 34, "y")
        d.grid(upstream, 400, top + 34, 34, "dy", {(i, j): "orange" for i in (0, 1) for j in (0, 1)})
        d.arrow(480, top + 68, 534, top + 68, "orange")
        d.grid(dx, 546, top, 34, "dx", marks)
        story.append(f"With {name}: the winners are at {sorted(set(won.values()))}, y is {y.tolist()}, dx is {dx.tolist()}.")
    d.describe(f"x is {x.tolist()}, dy is {upstream.tolist()}. " + " ".join(story))
    return d.svg()
