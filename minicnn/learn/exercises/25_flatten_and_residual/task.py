"""Exercise 25: flatten and residual. Chapter 16, 'A CNN, whole', and chapter 2: a number that is used twice.

Replace each `...` by your code. Then run:  minicnn learn check 25
"""


def flatten(x):
    """Write each image as one row: row by row, and the channels of a pixel side by side.

    Shapes: x (N, H, W, C) -> y (N, H*W*C).
    """
    ...


def flatten_backward(dy, x_shape):
    """dx of flatten. Shapes: dy (N, H*W*C) -> dx with the shape x_shape = (N, H, W, C)."""
    ...


def residual(x, body):
    """A residual layer: y = body(x) + x. body is a function from an array to an array of the same shape."""
    ...


def residual_backward(dy, body_backward):
    """dx of the residual layer. body_backward(dy) returns the dx of the body. Call it once.

    Shapes: dy like x -> dx like x. dy belongs to the caller: do not change it.
    """
    ...
