"""The pictures of chapter 7: every window of the 4 x 4 image, and the image in its frame."""

import numpy as np
from small_arrays import image, kernel
from svg import Drawing

PICTURES = ("window", "padding")
x, w = np.array(image), np.array(kernel)


def convolve(x, w):
    """y[i, j] = sum over u, v of x[i + u, j + v] * w[u, v]."""
    KH, KW = w.shape
    places = x.shape[0] - KH + 1, x.shape[1] - KW + 1
    return np.array([[(x[i:i + KH, j:j + KW] * w).sum() for j in range(places[1])] for i in range(places[0])])


def window():
    """The kernel, then the image once for each output with its window marked."""
    y = convolve(x, w)
    d = Drawing(760, 250, "The four windows of a 3 x 3 kernel on a 4 x 4 image",
                f"The kernel is {w.tolist()}, the image {x.tolist()}. " + " ".join(
                    f"The window at row {i}, column {j} gives {y[i, j]}." for i in (0, 1) for j in (0, 1)))
    d.grid(w, 16, 60, 30, "kernel w", {(u, v): "orange" for u in range(3) for v in range(3)})
    for k, (i, j) in enumerate(np.ndindex(2, 2)):
        left = 138 + 158 * k
        d.grid(x, left, 60, 30, "image x" if k == 0 else "", {(i + u, j + v): "blue" for u in range(3) for v in range(3)})
        d.text(left + 60, 205, f"y[{i}, {j}] = {y[i, j]}", "green", 16, bold=True)
    d.text(16, 236, "each weight times the pixel that it covers, and the nine products added", "soft", 13, "start")
    return d.svg()


def padding():
    """The framed image with the corner window, and the 4 x 4 output."""
    framed = np.pad(x, 1)
    y = convolve(framed, w)
    d = Drawing(620, 300, "Padding 1: the output is as large as the image",
                f"The image stands in a frame of zeros. The window of the upper left corner gives {y[0, 0]}. The output is "
                f"{y.tolist()}; its middle is the output without padding.")
    inside = {(i, j): "green" for i in (1, 2) for j in (1, 2)}
    marks = {(u, v): "blue" for u in range(3) for v in range(3)}
    d.grid(framed, 20, 50, 36, "x with padding 1", marks)
    d.frame(56, 86, 144, 144, "ink", 2.5)
    d.arrow(250, 158, 320, 158)
    d.text(285, 146, "* w", "orange", 14, bold=True)
    d.grid(y, 340, 86, 36, "y", {(0, 0): "blue"} | inside)
    d.text(340, 262, "blue: the corner's window and its output", "blue", 13, "start")
    d.text(340, 282, "green: the output without padding", "green", 13, "start")
    return d.svg()
