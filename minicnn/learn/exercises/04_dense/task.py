"""Exercise 4: a dense layer, forward and backward. Chapter 3, 'A dense layer'.

Sizes: N examples, D inputs, K outputs. The three gradients are derived in the chapter. If you forget one, use the
shapes: dw must have the shape of w, and there is one matrix product of x and dy that has it.

Replace each `...` by your code. Then run:  minicnn learn check 4
"""


def dense(x, w, b=None):
    """y[n, k] = b[k] + sum over d of x[n, d] * w[d, k]

    Shapes: x (N, D), w (D, K), b (K,) -> y (N, K). If b is None, there is no bias.
    """
    ...


def dense_backward(dy, x, w, input_gradient=True):
    """The gradients of y = dense(x, w, b) with respect to x, w and b.

    Shapes: dy (N, K), x (N, D), w (D, K) -> the tuple (dx, dw, db): dx (N, D), dw (D, K), db (K,).
    If input_gradient is False, dx is None: the first layer of a network does not need it.
    """
    ...
