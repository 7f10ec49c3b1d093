"""The picture of chapter 11: the size of a signal after each of thirty layers, for three starts."""

import numpy as np
from svg import Drawing

PICTURES = ("layers",)


def sizes(std, layers=30, D=100):
    """The root mean square after each dense layer with a ReLU, as in the chapter."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((50, D))
    for _ in range(layers):
        x = np.maximum(x @ (std * rng.standard_normal((D, D))), 0)
        yield np.sqrt((x ** 2).mean())


def layers():
    """Three lines on a logarithmic scale."""
    d = Drawing(700, 350, "The size of a signal on its way through thirty layers",
                "With std 0.05 the size falls by the same factor in every layer, with 0.3 it grows by the same factor. With "
                "std 0.141, the square root of 2 / 100, it stays near 1.")
    place = d.axes(80, 50, 480, 230, (1, 30), (-14, 10), "layer", "size of the signal (RMS)", (1, 10, 20, 30), ())
    for power in (-10, -5, 0, 5, 10):
        x, y = place(1, power)
        d.line([(x - 5, y), (x, y)])
        d.text(x - 9, y + 4, f"1e{power}" if power else "1", "soft", 12, "end")
    starts = ((0.3, "orange", "std 0.3"), (np.sqrt(0.02), "green", "std sqrt(2 / 100)"), (0.05, "blue", "std 0.05"))
    for std, colour, name in starts:
        points = [place(k, np.log10(size)) for k, size in enumerate(sizes(std), start=1)]
        d.line(points, colour, 2.5)
        d.text(points[-1][0] + 8, points[-1][1] + 5, name, colour, 13, "start", bold=True)
    return d.svg()
