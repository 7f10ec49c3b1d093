# says: AxisError
# says: dy.sum(axis=0)

from minicnn.ops import col2im, im2col


def conv2d_backward(dy, x, w, stride=1, padding=0, input_gradient=True):
    KH, KW, C, F = w.shape
    dy = dy.reshape(-1, F)
    cols = im2col(x, (KH, KW), stride, padding)
    db = dy.sum(axis=(0, 1, 2))
    dw = cols.T @ dy
    dx = None
    if input_gradient:
        dcols = dy @ w.reshape(KH * KW * C, F).T
        dx = col2im(dcols, x.shape, (KH, KW), stride, padding)
    return dx, dw.reshape(w.shape), db
