"""The picture of chapter 15: the error of differences against the step."""

import math

import numpy as np
from svg import Drawing

PICTURES = ("steps",)
X = 1.3
EXACT = 5 * X * X * X * X


def f(x):
    """x to the fifth: products alone, which every machine rounds alike."""
    return x * x * x * x * x


def central(h):
    return (f(X + h) - f(X - h)) / (2 * h)


def steps():
    """Errors of D(h) and of (4 D(h/2) - D(h)) / 3, and of a gradient that is 1 percent too large."""
    d = Drawing(700, 380, "The error of a difference against its step",
                "Both scales are logarithmic. The error of one central difference falls with the step to about 1e-11 and rises "
                "again. That of two differences falls faster. A wrong gradient has the same error at every step.")
    place = d.axes(90, 50, 440, 260, (-11, 0), (-15, 0), "step h", "relative error", (), ())
    for power in (-10, -8, -6, -4, -2, 0):
        px, py = place(power, -15)
        d.line([(px, py), (px, py + 5)])
        d.text(px, py + 19, f"1e{power}" if power else "1", "soft", 12)
    for power in (-15, -12, -9, -6, -3, 0):
        px, py = place(-11, power)
        d.line([(px - 5, py), (px, py)])
        d.text(px - 9, py + 4, f"1e{power}" if power else "1", "soft", 12, "end")
    exponents = np.arange(-43, 0) / 4
    sizes = [math.ldexp(1, round(p / math.log10(2))) for p in exponents]       # powers of 2: exact steps
    once = [abs(central(h) - EXACT) / EXACT for h in sizes]
    twice = [abs((4 * central(h / 2) - central(h)) / 3 - EXACT) / EXACT for h in sizes]
    wrong = [abs(central(h) - 1.01 * EXACT) / EXACT for h in sizes if h < 0.02]
    for values, colour, name, shift in ((once, "blue", "one difference", -2), (twice, "green", "two differences", 16),
                                        (wrong, "orange", "a gradient that is 1% wrong", 4)):
        points = [place(math.log10(h), math.log10(max(v, 1e-15))) for h, v in zip(sizes, values)]
        d.line(points, colour, 2)
        at = points[-1] if name != "a gradient that is 1% wrong" else points[0]
        anchor = (at[0] + 10, at[1] + shift) if name != "a gradient that is 1% wrong" else (at[0] + 4, at[1] - 10)
        d.text(*anchor, name, colour, 13, "start", bold=True)
    return d.svg()
