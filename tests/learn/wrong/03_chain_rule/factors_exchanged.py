# says: da
# says: p = a * b
# says: the other factor

def forward(a, b, c):
    """The computation. Nothing to do here."""
    p = a * b
    q = p - c
    r = q * q
    s = a + q
    L = r * s
    return L, (p, q, r, s)


def backward(a, b, c):
    _, (p, q, r, s) = forward(a, b, c)
    dr = s
    ds = r
    dq = dr * 2 * q
    dq += ds
    dp = dq
    dc = -dq
    da = dp * a
    da += ds
    db = dp * b
    return {"r": dr, "s": ds, "q": dq, "p": dp, "a": da, "b": db, "c": dc}
