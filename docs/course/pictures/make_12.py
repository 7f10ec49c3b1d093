"""The picture of chapter 12: batch norm as a computation graph, with values above and gradients below."""

import numpy as np
from svg import Drawing

PICTURES = ("stages",)


def listed(values):
    """Whole numbers as people write them."""
    return "(" + ", ".join(f"{v:g}" for v in values) + ")" if np.ndim(values) else f"{values:g}"


def stages():
    """The six lines for x = (1, 1, 5, 5), gamma = 2, beta = 10 and dy = (4, 0, 0, 0)."""
    x, dy, gamma, beta, M = np.array([1.0, 1, 5, 5]), np.array([4.0, 0, 0, 0]), 2.0, 10.0, 4
    mean = x.mean()
    c = x - mean
    var = (c ** 2).mean()
    std = np.sqrt(var)
    x_hat = c / std
    dx_hat = gamma * dy
    dstd = (dx_hat * -c / std ** 2).sum()
    dvar = dstd / (2 * std)
    dc = dx_hat / std + dvar * 2 * c / M
    dmean = -dc.sum()
    dx = dc + dmean / M
    nodes = {"x": (80, 120, "x", x, dx), "mean": (210, 255, "mean of x", mean, dmean), "c": (275, 120, "c = x - mean", c, dc),
             "var": (360, 255, "mean of c * c", var, dvar), "std": (490, 255, "root", std, dstd),
             "x_hat": (490, 120, "x_hat = c / std", x_hat, dx_hat),
             "y": (680, 120, "gamma x_hat + beta", gamma * x_hat + beta, dy)}
    d = Drawing(780, 340, "Batch norm as a computation graph",
                "Forward and backward: " + " ".join(f"{words}: {listed(value)}, gradient {listed(slope)}."
                                                    for _, _, words, value, slope in nodes.values()))
    for start, end in (("x", "c"), ("c", "x_hat"), ("x_hat", "y")):
        d.arrow(nodes[start][0] + 66, 120, nodes[end][0] - (66 if end != "y" else 84), 120, "blue")
    for (x1, y1), (x2, y2) in (((100, 146), (185, 229)), ((220, 229), (255, 146)), ((295, 146), (345, 229)),
                               ((412, 255), (438, 255)), ((490, 229), (490, 146))):
        d.arrow(x1, y1, x2, y2, "blue")
    for name, (px, py, words, value, slope) in nodes.items():
        half = {"y": 84, "x": 66, "c": 66, "x_hat": 66}.get(name, 52)
        d.box(px - half, py - 26, 2 * half, 52)
        d.text(px, py - 7, words, "ink", 13)
        d.text(px, py + 15, listed(value), "blue", 14, bold=True)
        d.text(px, py - 36 if py < 200 else py + 44, listed(slope), "orange", 14, bold=True)
    d.text(20, 28, "values of the forward pass", "blue", 14, "start", bold=True)
    d.text(270, 28, "gradients of the backward pass", "orange", 14, "start", bold=True)
    d.text(20, 326, "x and c are each used twice: what comes back on the two arrows adds up", "soft", 13, "start")
    return d.svg()
