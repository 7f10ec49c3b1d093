# says: draw_mask
# says: True for a unit that stays

def draw_mask(shape, rate, rng):
    return rng.random(shape) < rate


def dropout(x, mask, rate):
    return x * mask / (1 - rate)


def dropout_backward(dy, mask, rate):
    return dy * mask / (1 - rate)
