"""Dropout, given its mask."""

def dropout(x, mask, rate):
    """The mask is True for a number that stays and False for one that is dropped; in a product these are 1 and 0."""
    return x * mask / (1 - rate)


def dropout_backward(dy, mask, rate):
    """The derivative of x * mask / (1 - rate) with respect to x."""
    return dy * mask / (1 - rate)
