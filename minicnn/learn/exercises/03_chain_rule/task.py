"""Exercise 3: the chain rule on a graph. Chapter 2, 'The chain rule, with numbers'.

The forward pass is given. Four numbers are computed between the inputs a, b, c and the loss L. Two numbers are used
twice: a is used in the lines of p and s, and q is used in the lines of r and s.

Walk back from the last line to the first. `dq` means: the derivative of L with respect to q.

Replace the `...` by your code. Then run:  minicnn learn check 3
"""


def forward(a, b, c):
    """The computation. Nothing to do here."""
    p = a * b
    q = p - c
    r = q * q
    s = a + q
    L = r * s
    return L, (p, q, r, s)


def backward(a, b, c):
    """The derivative of L with respect to every number of the computation.

    Returns a dictionary: {"r": dr, "s": ds, "q": dq, "p": dp, "a": da, "b": db, "c": dc}.
    At a = 2, b = 3, c = 5 the first two are dr = s = 3 and ds = r = 1.
    """
    _, (p, q, r, s) = forward(a, b, c)
    ...
