"""The check of exercise 3."""

from minicnn.learn import Fault

NAMES = ("r", "s", "q", "p", "a", "b", "c")


def steps(a, b, c):
    """For each name: its derivative, the line or lines that give it, and what wrong values mean."""
    p = a * b
    q = p - c
    r, s = q * q, a + q
    dr, ds = s, r
    dq = dr * 2 * q + ds
    product = "the derivative of a product with respect to one factor is the other factor"
    return {
        "r": (dr, f"L = r * s gives dr = s = {s:g}", {r: product}),
        "s": (ds, f"L = r * s gives ds = r = {r:g}", {s: product}),
        "q": (dq, f"r = q * q gives dr * 2 * q = {dr * 2 * q:g}, and s = a + q gives ds = {ds:g}: together {dq:g}",
              {dr * 2 * q: "q is used twice: the path through s = a + q is missing",
               ds: "q is used twice: the path through r = q * q is missing",
               dr * q + ds: "the derivative of q * q is 2 * q",
               2 * q + ds: "r = q * q gives dr * 2 * q: the derivative of the line, times dr, which arrives from the end"}),
        "p": (dq, f"q = p - c gives dp = dq = {dq:g}", {-dq: "p is not subtracted: no minus"}),
        "a": (dq * b + ds, f"p = a * b gives dp * b = {dq * b:g}, and s = a + q gives ds = {ds:g}: together {dq * b + ds:g}",
              {dq * b: "a is used twice: the path through s = a + q is missing",
               ds: "a is used twice: the path through p = a * b is missing. Add the second path: +=, not =",
               dq * a + ds: "p = a * b: " + product}),
        "b": (dq * a, f"p = a * b gives db = dp * a = {dq * a:g}", {dq * b: product}),
        "c": (-dq, f"q = p - c gives dc = -dq = {-dq:g}", {dq: "c is subtracted: if c grows, q falls"}),
    }


def check(task):
    learned = task.function("backward")
    for a, b, c in ((2.0, 3.0, 5.0), (1.5, -2.0, 0.5), (-0.5, 4.0, 1.25)):
        got = learned(a, b, c)
        if not isinstance(got, dict) or set(got) != set(NAMES):
            names = f"a dictionary with the keys {sorted(got)}" if isinstance(got, dict) else f"a {type(got).__name__}"
            raise Fault(f"{learned.where} returned {names}, expected a dictionary with the keys {list(NAMES)}")
        for name, (right, line, causes) in steps(a, b, c).items():
            try:
                value = float(got[name])
            except (TypeError, ValueError):
                raise Fault(f"{learned.where}: d{name} is {got[name]!r}, expected a number") from None
            if not abs(value - right) <= 1e-9 * max(1, abs(right)):
                cause = next((f"\n    likely: {text}" for wrong, text in causes.items() if abs(value - wrong) < 1e-9), "")
                raise Fault(f"{learned.where}: d{name} is {value:g}, expected {right:g}, at a = {a:g}, b = {b:g}, c = {c:g}"
                            f"\n    {line}{cause}")
