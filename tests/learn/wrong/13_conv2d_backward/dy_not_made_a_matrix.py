# says: db of shape
# says: every axis but the last

from minicnn.ops import col2im, im2col


def conv2d_backward(dy, x, w, stride=1, padding=0, input_gradient=True):
    KH, KW, C, F = w.shape
    cols = im2col(x, (KH, KW), stride, padding)
    dw = (cols.T @ dy.reshape(-1, F)).reshape(w.shape)
    db = dy.sum(axis=0)
    dx = None
    if input_gradient:
        dcols = dy.reshape(-1, F) @ w.reshape(KH * KW * C, F).T
        dx = col2im(dcols, x.shape, (KH, KW), stride, padding)
    return dx, dw, db
