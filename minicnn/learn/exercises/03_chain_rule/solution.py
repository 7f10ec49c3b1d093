"""Exercise 3: the chain rule on a graph, one line of backward for each use of a number in forward."""


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
    dr = s                        # L = r * s: the derivative of a product is the other factor (and dL is 1)
    ds = r                        # L = r * s
    dq = dr * 2 * q               # r = q * q
    dq += ds                      # s = a + q: the second path from q to L, so +=
    dp = dq                       # q = p - c
    dc = -dq                      # q = p - c: c is subtracted
    da = dp * b                   # p = a * b
    da += ds                      # s = a + q: the second path from a to L
    db = dp * a                   # p = a * b
    return {"r": dr, "s": ds, "q": dq, "p": dp, "a": da, "b": db, "c": dc}
