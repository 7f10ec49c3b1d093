"""The picture of chapter 17: one step of a register tile."""

import numpy as np
from small_arrays import image, kernel
from svg import Drawing

PICTURES = ("tile",)


def tile():
    """Four windows, four filters, and their sixteen sums after the first three steps."""
    x, w = np.array(image), np.array(kernel)
    cols = np.array([x[i:i + 3, j:j + 3].ravel() for i in (0, 1) for j in (0, 1)])
    filters = np.stack([w.ravel(), w[::-1].ravel(), w[:, ::-1].ravel(), w.T.ravel()], axis=1)
    k = 2
    sums = cols[:, :k + 1] @ filters[:k + 1]
    d = Drawing(770, 330, "One step of a register tile",
                f"Step k = {k} loads column {k} of cols, {cols[:, k].tolist()}, and row {k} of w, {filters[k].tolist()}: 8 "
                f"numbers. It adds 16 products to the sums in the registers, which are now {sums.tolist()}.")
    d.grid(cols, 20, 150, 34, "cols: 4 windows", {(r, k): "blue" for r in range(4)})
    d.grid(filters[:4], 400, 28, 28, "", {(k, f): "orange" for f in range(4)}, 12)
    d.text(540, 90, "w: a filter in each column", "ink", 14, "start", bold=True)
    d.text(540, 112, "(the first 4 of 9 rows)", "soft", 13, "start")
    d.grid(sums, 388, 150, 34, "", {(r, f): "green" for r in range(4) for f in range(4)})
    d.text(540, 205, "16 sums in registers", "ink", 14, "start", bold=True)
    d.arrow(332, 218, 380, 218, "blue")
    d.text(20, 312, f"step k = {k}: load 4 + 4 numbers, make 4 * 4 = 16 products, add each to its sum", "ink", 14, "start")
    return d.svg()
