"""Exercise 25: flatten and residual."""


def flatten(x):
    return x.reshape(x.shape[0], -1)                     # -1: NumPy computes this size. No number moves.


def flatten_backward(dy, x_shape):
    # Forward changed the shape and no number. So backward changes the shape back, in the same order of the axes.
    return dy.reshape(x_shape)


def residual(x, body):
    return body(x) + x


def residual_backward(dy, body_backward):
    # x is used twice: in the body, and in the shortcut `+ x`. So two paths come back, and they add. The derivative of the
    # shortcut is 1. `a + b` makes a new array; `dy += ...` would change the caller's.
    return body_backward(dy) + dy
