# says: cannot reshape
# says: col2im

from minicnn.ops import col2im, im2col


def conv2d_backward(dy, x, w, stride=1, padding=0, input_gradient=True):
    KH, KW, C, F = w.shape
    dy = dy.reshape(-1, F)
    cols = im2col(x, (KH, KW), stride, padding)
    db = dy.sum(axis=0)
    dw = cols.T @ dy
    dx = None
    if input_gradient:
        dcols = dy @ w.reshape(KH * KW * C, F).T
        dx = dcols.reshape(x.shape)
    return dx, dw.reshape(w.shape), db
