"""The pictures of chapter 8: windows as rows of a matrix, and the windows that contain one pixel."""

import numpy as np
from small_arrays import image, kernel
from svg import Drawing

PICTURES = ("im2col", "col2im")
x, w = np.array(image), np.array(kernel)
PLACES = list(np.ndindex(2, 2))
PLACE_NAMES = [[f"{u},{v}" for v in range(3)] for u in range(3)]
cols = np.array([x[i:i + 3, j:j + 3].ravel() for i, j in PLACES])


def im2col():
    """The image, its matrix of windows, the kernel as a column, and the outputs."""
    y = cols @ w.ravel()
    d = Drawing(760, 330, "A convolution as one matrix product",
                f"The four windows of the image are the rows of cols, {cols.tolist()}. The kernel is the column "
                f"{w.ravel().tolist()}. Their product is {y.tolist()}.")
    d.grid(x, 16, 110, 32, "image x")
    d.frame(16, 110, 96, 96, "blue", 3)
    d.frame(48, 142, 96, 96, "orange", 3)
    d.arrow(150, 174, 196, 174)
    d.text(173, 164, "im2col", "ink", 13)
    marks = {(0, k): "blue" for k in range(9)} | {(3, k): "orange" for k in range(9)}
    d.grid(cols, 210, 110, 32, "cols: one window in each row", marks)
    for k, (i, j) in enumerate(PLACES):
        d.text(504, 131 + 32 * k, f"({i}, {j})", "soft", 12, "start")
    d.text(568, 180, "@", "ink", 14)
    d.grid(w.reshape(9, 1), 590, 28, 32, "w")
    d.text(645, 180, "=", "ink", 18)
    d.grid(y.reshape(4, 1), 670, 110, 36, "y", {(0, 0): "blue", (3, 0): "orange"})
    return d.svg()


def col2im():
    """How many windows contain each pixel, and where pixel (1, 1) stands in each of its four windows."""
    counts = np.zeros((4, 4), int)
    for i, j in PLACES:
        counts[i:i + 3, j:j + 3] += 1
    d = Drawing(770, 246, "Backward, the copies of a pixel come together",
                f"Number of windows that contain each pixel: {counts.tolist()}. Pixel (1, 1) is in all four windows: at place "
                "(1, 1) of window (0, 0), (1, 0) of window (0, 1), (0, 1) of window (1, 0) and (0, 0) of window (1, 1).")
    d.grid(counts, 20, 60, 34, "windows per pixel", {(1, 1): "green"})
    for k, (i, j) in enumerate(PLACES):
        left = 230 + 132 * k
        d.grid(PLACE_NAMES, left, 60, 36, f"window ({i}, {j})", {(1 - i, 1 - j): "green"}, 12)
    d.text(230, 22, "dcols: the entries (u, v) of each window's row", "ink", 14, "start")
    d.text(230, 200, "dx[1, 1] is the sum of the four marked entries:", "ink", 14, "start")
    total = " + ".join(f"dcols[{k}, ({1 - i}, {1 - j})]" for k, (i, j) in enumerate(PLACES))
    d.text(230, 224, total, "green", 14, "start", bold=True)
    return d.svg()
