"""The pictures of chapter 1: steps down a parabola, and the path along a valley."""

import math

import numpy as np
from svg import Drawing

PICTURES = ("steps", "valley")


def steps():
    """The loss (2w - 6)**2 and the first steps from w = 0 with a learning rate of 0.1."""
    d = Drawing(640, 360, "Gradient descent on one weight",
                "The loss is a parabola over the weight w with its lowest point at w = 3. At w = 0 the tangent has the slope "
                "-24. Steps lead from 0 to 2.4, then to 2.88.")
    place = d.axes(70, 40, 530, 250, (-0.5, 6.5), (0, 42), "weight w", "loss L", (0, 1, 2, 3, 4, 5, 6), (0, 10, 20, 30, 40))
    d.line([place(w, (2 * w - 6) ** 2) for w in np.linspace(-0.2, 6.2, 60)], "blue", 2.5)
    d.line([place(w, 36 - 24 * w) for w in (-0.2, 1.4)], "orange", 1.8, dashed=True)
    d.text(*place(1.05, 17), "slope -24", "orange", 13, "start")
    w = 0.0
    for k in range(3):
        x, y = place(w, (2 * w - 6) ** 2)
        new = w - 0.1 * 4 * (2 * w - 6)
        if k < 2:
            x2, y2 = place(new, (2 * new - 6) ** 2)
            d.line([(x, y), (x2, y)], "green", 1.5, dashed=True)
            d.arrow(x2, y, x2, y2 - 6, "green")
        d.dot(x, y, "ink")
        label_x, label_y = (x + 12, y - 8) if k == 0 else (x - 8, y - 12) if k == 1 else (x + 6, y - 20)
        d.text(label_x, label_y, f"w = {w:.3g}", "ink", 13, "end" if k == 1 else "start")
        w = new
    return d.svg()


def valley():
    """Lines of equal loss of y = w x + b on the points (1, 1) and (2, 3), and 100 steps."""
    d = Drawing(640, 400, "Gradient descent on two weights",
                "Ellipses of equal loss around w = 2, b = -1. The path starts at w = 0, b = 0, reaches the valley in three "
                "steps and then moves slowly along its bottom.")
    place = d.axes(70, 40, 530, 290, (-0.5, 3.5), (-2.6, 0.6), "weight w", "bias b", (0, 1, 2, 3), (-2, -1, 0))
    hessian = np.array([[2.5, 1.5], [1.5, 1.0]])                   # L = (dw, db) H (dw, db) around the lowest point
    values, axes = np.linalg.eigh(hessian)
    for level in (0.01, 0.1, 0.5, 2.0, 5.0):
        points = []
        for angle in np.linspace(0, 2 * math.pi, 120):
            w, b = np.array([2, -1]) + axes @ (np.sqrt(level / values) * (math.cos(angle), math.sin(angle)))
            points.append((w, b) if -0.5 <= w <= 3.5 and -2.6 <= b <= 0.6 else None)
        start = next((k for k, p in enumerate(points) if p is None), 0)
        run = []
        for p in points[start:] + points[:start] + [None]:
            if p is None:
                if len(run) > 1:
                    d.line([place(*q) for q in run], "rule", 1.3)
                run = []
            else:
                run.append(p)
    w = b = 0.0
    path = [(w, b)]
    for _ in range(100):
        e = np.array([w + b - 1, 2 * w + b - 3])
        w, b = w - 0.1 * (2 * e * (1, 2)).mean(), b - 0.1 * (2 * e).mean()
        path.append((w, b))
    d.line([place(*p) for p in path], "blue", 1.8)
    for p in path[:31]:
        d.dot(*place(*p), "blue", 3)
    d.dot(*place(2, -1), "orange", 5)
    d.text(*place(2.08, -0.93), "w = 2, b = -1", "orange", 13, "start")
    d.text(*place(-0.07, 0.1), "start", "ink", 13, "end")
    return d.svg()
