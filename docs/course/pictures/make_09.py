"""The pictures of chapter 9: stamps of the kernel, and the flipped kernel over the padded dy."""

import numpy as np
from small_arrays import dy, image, kernel
from svg import Drawing

PICTURES = ("stamps", "flipped")
x, w, upstream = np.array(image), np.array(kernel), np.array(dy)


def stamp(i, j):
    """The kernel times dy[i, j], at its place in a 4 x 4 array of zeros."""
    placed = np.zeros((4, 4), int)
    placed[i:i + 3, j:j + 3] = upstream[i, j] * w
    return placed


def stamps():
    """dx as the sum of four stamps."""
    total = sum(stamp(i, j) for i, j in np.ndindex(2, 2))
    d = Drawing(780, 230, "dx as a sum of stamps",
                " ".join(f"Stamp ({i}, {j}), the kernel times {upstream[i, j]}: {stamp(i, j).tolist()}."
                         for i, j in np.ndindex(2, 2)) + f" Their sum is dx: {total.tolist()}.")
    for k, (i, j) in enumerate(np.ndindex(2, 2)):
        left = 14 + 152 * k
        marks = {(i + u, j + v): "orange" for u in range(3) for v in range(3)}
        d.grid(stamp(i, j), left, 70, 32, f"{upstream[i, j]} * w", marks)
        d.text(left + 140, 140, "=" if k == 3 else "+", "ink", 18, bold=True)
    d.grid(total, 14 + 4 * 152, 70, 34, "dx", {(1, 1): "green"})
    d.text(14, 28, "the kernel times dy[i, j], where window (i, j) stood; where stamps overlap, they add", "ink", 14, "start")
    return d.svg()


def flipped():
    """dx as a convolution of the padded dy with the flipped kernel."""
    padded, flip = np.pad(upstream, 2), w[::-1, ::-1]
    dx = np.array([[(padded[r:r + 3, q:q + 3] * flip).sum() for q in range(4)] for r in range(4)])
    d = Drawing(700, 320, "dx as a convolution with the flipped kernel",
                f"dy stands in a frame of two zeros. The flipped kernel is {flip.tolist()}. dx is {dx.tolist()}; its "
                f"entry (1, 1) is {dx[1, 1]}.")
    marks = {(1 + u, 1 + v): "blue" for u in range(3) for v in range(3)}
    d.grid(padded, 20, 60, 36, "dy, framed with 2 zeros", marks)
    d.frame(92, 132, 72, 72, "ink", 2.5)
    d.text(262, 172, "*", "ink", 22, bold=True)
    d.grid(flip, 290, 112, 36, "w, flipped", {(u, v): "orange" for u in range(3) for v in range(3)})
    d.text(432, 172, "=", "ink", 20, bold=True)
    d.grid(dx, 470, 94, 36, "dx", {(1, 1): "blue"})
    products = [f"({padded[1 + u, 1 + v]})*{flip[u, v]}" for u in range(3) for v in range(3) if padded[1 + u, 1 + v]]
    d.text(20, 304, f"blue: dx[1, 1] = {' + '.join(products)} + zeros = {dx[1, 1]}", "blue", 14, "start", bold=True)
    return d.svg()
