"""The picture of chapter 18: a tape, recorded forward and read backward."""

from svg import Drawing

PICTURES = ("tape",)


def tape():
    """The four lines of chapter 2 at a = 2, b = 4."""
    a, b = 2, 4
    p, s = a * b, a + b
    diff = p - s
    dd = 2 * diff
    dp, ds = dd, -dd
    forward = (("p = a * b", p), ("s = a + b", s), ("d = p - s", diff), ("L = d * d", diff * diff))
    backward = (f"da += {dp * b},  db += {dp * a}", f"da += {ds},  db += {ds}", f"dp = {dp},  ds = {ds}", f"dd = {dd}")
    d = Drawing(700, 330, "A tape is recorded forward and read backward",
                "Recorded: " + "; ".join(f"{line}, value {value}" for line, value in forward)
                + ". Read from the end: " + "; ".join(reversed(backward))
                + f". The sums are da = {dp * b + ds} and db = {dp * a + ds}.")
    d.text(170, 34, "recorded from top to bottom", "blue", 15, bold=True)
    d.text(510, 34, "read from bottom to top", "orange", 15, bold=True)
    for k, ((line, value), way_back) in enumerate(zip(forward, backward)):
        top = 54 + 56 * k
        d.box(60, top, 220, 42, "blue-cell")
        d.text(130, top + 26, line, "ink", 15, bold=True)
        d.text(262, top + 26, value, "blue", 15, "end", bold=True)
        d.box(400, top, 220, 42, "orange-cell")
        d.text(510, top + 26, way_back, "ink", 15, bold=True)
        d.line([(282, top + 21), (398, top + 21)], "rule", 1.2, dashed=True)
    d.arrow(36, 60, 36, 262, "blue", 2.5)
    d.arrow(644, 262, 644, 60, "orange", 2.5)
    d.text(340, 310, f"at the end: da = {dp * b} + ({ds}) = {dp * b + ds},  db = {dp * a} + ({ds}) = {dp * a + ds}", "ink", 14)
    return d.svg()
