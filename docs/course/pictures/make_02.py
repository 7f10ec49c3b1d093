"""The picture of chapter 2: a computation graph with its values and its gradients."""

from svg import Drawing

PICTURES = ("graph",)


def graph():
    """The four lines at a = 2, b = 4, forward above, backward below."""
    a, b = 2, 4
    p, s = a * b, a + b
    diff = p - s
    dd = 2 * diff
    dp, ds = dd, -dd
    d = Drawing(700, 330, "A computation graph with values and gradients",
                f"Forward: a = {a} and b = {b} both go into p = a * b = {p} and into s = a + b = {s}; then d = p - s = {diff}; "
                f"L = d * d = {diff * diff}. Backward: dL = 1, dd = {dd}, dp = {dp}, ds = {ds}, "
                f"da = {dp * b} + {ds} = {dp * b + ds}, db = {dp * a} + {ds} = {dp * a + ds}.")
    nodes = {"a": (92, 105, "a", a, f"da = {dp * b} + ({ds}) = {dp * b + ds}"),
             "b": (92, 235, "b", b, f"db = {dp * a} + ({ds}) = {dp * a + ds}"),
             "p": (290, 105, "p = a * b", p, f"dp = {dp}"), "s": (290, 235, "s = a + b", s, f"ds = {ds}"),
             "d": (460, 170, "d = p - s", diff, f"dd = {dd}"), "L": (620, 170, "L = d * d", diff * diff, "dL = 1")}
    arrows = (("a", "p", f"times b = {b}", 0.5), ("a", "s", "times 1", 0.27), ("b", "p", f"times a = {a}", 0.27),
              ("b", "s", "times 1", 0.5), ("p", "d", "times 1", 0.45), ("s", "d", "times -1", 0.45),
              ("d", "L", f"times {2 * diff}", 0.5))
    for start, end, slope, share in arrows:
        (x1, y1), (x2, y2) = nodes[start][:2], nodes[end][:2]
        left, right = (x1 + 44, y1), (x2 - 46, y2)
        d.arrow(*left, *right, "blue")
        lx, ly = left[0] + share * (right[0] - left[0]), left[1] + share * (right[1] - left[1])
        d.text(lx, ly + (4 if y1 != y2 else -8), slope, "orange", 12, on_lines=True)
    for x, y, name, value, gradient in nodes.values():
        d.box(x - 42, y - 24, 84, 48)
        d.text(x, y - 6, name, "ink", 13)
        d.text(x, y + 15, value, "blue", 16, bold=True)
        d.text(max(x, 92), y - 34 if y < 150 else y + 43, gradient, "orange", 13, bold=True)
    d.text(20, 26, "forward: values", "blue", 13, "start", bold=True)
    d.text(150, 26, "backward: gradients, and the local derivative on each arrow", "orange", 13, "start", bold=True)
    d.text(350, 312, "a and b are used twice: what comes back on their two arrows adds up", "soft", 13)
    return d.svg()
