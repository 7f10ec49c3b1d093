"""Exercise 13: convolution backward, through im2col: a dense layer backward, then col2im."""

from minicnn.ops import col2im, im2col


def conv2d_backward(dy, x, w, stride=1, padding=0, input_gradient=True):
    KH, KW, C, F = w.shape
    dy = dy.reshape(-1, F)                               # (N*OH*OW, F): one row for each window
    cols = im2col(x, (KH, KW), stride, padding)          # (N*OH*OW, KH*KW*C)
    # y = cols @ w + b is a dense layer, so these are the gradients of exercise 4.
    db = dy.sum(axis=0)                                  # the bias was added at every place of every image
    dw = cols.T @ dy                                     # (KH*KW*C, F)
    dx = None
    if input_gradient:
        dcols = dy @ w.reshape(KH * KW * C, F).T         # (N*OH*OW, KH*KW*C)
        # cols = im2col(x) copied, so backward adds the copies: col2im, with the same stride and padding.
        dx = col2im(dcols, x.shape, (KH, KW), stride, padding)
    return dx, dw.reshape(w.shape), db
