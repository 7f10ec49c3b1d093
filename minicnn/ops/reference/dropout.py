"""Dropout, given its mask."""

def dropout(x, mask, rate):
    """mask is 1 (kept) or 0 (dropped) here."""
    return x * mask / (1 - rate)


def dropout_backward(dy, mask, rate):
    """The derivative of x * mask / (1 - rate) with respect to x."""
    return dy * mask / (1 - rate)
