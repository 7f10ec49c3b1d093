"""Dropout."""



def dropout(x, mask, rate):
    """Inverted dropout: zero what is not kept, scale the rest so that the mean stays: y = x * mask / (1 - rate).

    The caller draws `mask`, so that the op stays a pure function and a gradient check can freeze the mask.

    Shapes: x any, mask booleans like x, y like x.
    Raises: ShapeError where rate is outside [0, 1) or mask does not fit.
    Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, 'Dropout', 2014, section 10.
    """
    return x * mask / (1 - rate)


def dropout_backward(dy, mask, rate):
    """dx = dy * mask / (1 - rate): the same mask, the same scale. Shapes: dy, mask, dx alike."""
    return dy * mask / (1 - rate)
