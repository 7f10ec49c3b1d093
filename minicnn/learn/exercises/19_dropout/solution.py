"""Exercise 19: dropout. The mask is drawn once and used in both passes."""


def draw_mask(shape, rate, rng):
    # A number that is evenly spread from 0 to 1 is below `rate` with probability `rate`. Those are dropped.
    return rng.random(shape) >= rate


def dropout(x, mask, rate):
    # A unit stays with probability 1 - rate. Divided by that, its expected value is (1 - rate) * x / (1 - rate) = x.
    # In a product, True counts as 1 and False as 0.
    return x * mask / (1 - rate)


def dropout_backward(dy, mask, rate):
    # Once the mask is drawn, y = x * mask / (1 - rate) is a product with a constant. So the same factor comes back.
    return dy * mask / (1 - rate)
