import numpy as np

from minicnn.ops import col2im, im2col


def conv2d_backward(dy, x, w, stride=1, padding=0, input_gradient=True):
    KH, KW, C, F = w.shape
    db = dy.sum((0, 1, 2))
    cols = im2col(x, (KH, KW), stride, padding)
    dw = np.einsum("rq,rf->qf", cols, dy.reshape(-1, F)).reshape(KH, KW, C, F)
    if not input_gradient:
        return None, dw, db
    return col2im(dy.reshape(-1, F) @ w.reshape(-1, F).T, x.shape, (KH, KW), stride, padding), dw, db
