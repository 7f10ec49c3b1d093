"""The picture of chapter 3: which rows and columns meet in y, dw and dx of a dense layer."""

import numpy as np
from svg import Drawing

PICTURES = ("dense",)

x = np.array([[1, 2, 0], [3, -1, 1]])
w = np.array([[1, 0], [2, -1], [0, 3]])
b = np.array([1, -2])
dy = np.array([[1, -1], [2, 3]])


def dense():
    """Three products, one entry of each marked with the row and the column that make it."""
    y, dw, dx = x @ w + b, x.T @ dy, dy @ w.T
    d = Drawing(740, 350, "One entry of y, of dw and of dx in a dense layer",
                f"Forward: row 0 of x times column 0 of w plus b[0] gives y[0, 0] = {y[0, 0]}. Gradient of the weights: "
                f"row 0 of x.T times column 1 of dy gives dw[0, 1] = {dw[0, 1]}. Gradient of the input: row 1 of dy times "
                f"column 2 of w.T gives dx[1, 2] = {dx[1, 2]}.")
    panels = ((20, 60, ("x", x), ("w", w), ("y = x @ w + b", y), (0, 0),
               f"1*1 + 2*2 + 0*0 + b[0] = {y[0, 0]}", "sum over the inputs d"),
              (270, 60, ("x.T", x.T), ("dy", dy), ("dw = x.T @ dy", dw), (0, 1),
               f"1*(-1) + 3*3 = {dw[0, 1]}", "sum over the batch n"),
              (510, 60, ("dy", dy), ("w.T", w.T), ("dx = dy @ w.T", dx), (1, 2),
               f"2*0 + 3*3 = {dx[1, 2]}", "sum over the outputs k"))
    for left, top, first, second, result, (i, j), words, over in panels:
        cell, rows = 36, len(first[1])
        corner = left + len(first[1][0]) * cell + 16               # where the right factor and the result stand
        below = top + len(second[1]) * cell + 46
        d.grid(second[1], corner, top, cell, second[0], {(k, j): "orange" for k in range(len(second[1]))})
        d.grid(first[1], left, below, cell, "", {(i, k): "blue" for k in range(len(first[1][0]))})
        d.text(left + len(first[1][0]) * cell / 2, below - 9, first[0], "ink", 14, bold=True)
        d.grid(result[1], corner, below, cell, result[0], {(i, j): "green"})
        middle = (left + corner + len(second[1][0]) * cell) / 2
        d.text(middle, below + rows * cell + 28, words, "green", 14, bold=True)
        d.text(middle, below + rows * cell + 50, over, "soft", 13)
    d.text(20, 26, "forward", "ink", 15, "start", bold=True)
    d.text(270, 26, "backward: weights", "ink", 15, "start", bold=True)
    d.text(510, 26, "backward: input", "ink", 15, "start", bold=True)
    return d.svg()
