"""The picture of chapter 5: from logits to probabilities to the gradient, for three classes."""

import numpy as np
from svg import Drawing

PICTURES = ("softmax",)


def softmax():
    """Four bar charts for the logits (0, log 2, log 5) and the label 1."""
    z = np.log([1.0, 2.0, 5.0])
    p = np.exp(z) / np.exp(z).sum()
    names, target = ("cat", "dog", "fish"), np.array([0.0, 1.0, 0.0])
    stages = (("logits z", z, 5.4, "blue"), ("exp(z)", np.exp(z), 5.4, "blue"),
              ("p = exp(z) / sum", p, 1.08, "green"), ("p - target", p - target, 1.08, "orange"))
    d = Drawing(760, 308, "From logits to probabilities to the gradient",
                "Bars for cat, dog and fish. " + " ".join(f"{name}: " + ", ".join(f"{v:.3g}" for v in values) + "."
                                                          for name, values, _, _ in stages) + " The right class is dog.")
    for k, (name, values, top, colour) in enumerate(stages):
        left, base, height = 20 + 187 * k, 190, 130
        d.text(left + 80, 26, name, "ink", 15, bold=True)
        d.line([(left, base), (left + 160, base)])
        for i, value in enumerate(values):
            x, size = left + 12 + 50 * i, abs(value) / top * height
            d.box(x, base - size if value >= 0 else base, 36, max(size, 0.5), f"{colour}-cell", 1)
            d.text(x + 18, base - size - 8 if value >= 0 else base + size + 17, f"{value:.3g}", "ink", 13, bold=True)
            d.text(x + 18, base + 17 if value >= 0 else base - 8, names[i], "soft", 13)
        if k < 3:
            d.arrow(left + 164, 120, left + 184, 120)
    return d.svg()
