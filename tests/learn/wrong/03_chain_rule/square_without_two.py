# says: dq
# says: 2 * q

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
    dq = dr * q
    dq += ds
    dp = dq
    dc = -dq
    da = dp * b
    da += ds
    db = dp * a
    return {"r": dr, "s": ds, "q": dq, "p": dp, "a": da, "b": db, "c": dc}
