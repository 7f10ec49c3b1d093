"""Exercise 13: convolution backward, through im2col. Chapter 9, section 'Second way: through im2col'.

Forward had two steps: cols = im2col(x), then y = cols @ w + b. Backward has two steps, in reverse order. im2col and
col2im are those of exercises 10 and 12.

Replace the `...` by your code. Then run:  minicnn learn check 13
"""

from minicnn.ops import col2im, im2col


def conv2d_backward(dy, x, w, stride=1, padding=0, input_gradient=True):
    """The gradients of y = conv2d(x, w, b, stride, padding) with respect to x, w and b.

    Shapes: dy (N, OH, OW, F), x (N, H, W, C), w (KH, KW, C, F) -> the tuple (dx, dw, db): dx like x, dw like w, db (F,).
    If input_gradient is False, dx is None: the first layer of a network does not need it, and it saves half of the work.
    """
    KH, KW, C, F = w.shape
    ...
