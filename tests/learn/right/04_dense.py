import numpy as np


def dense(x, w, b=None):
    y = np.einsum("nd,dk->nk", x, w)
    if b is not None:
        y += b
    return y


def dense_backward(dy, x, w, input_gradient=True):
    dx = None
    if input_gradient:
        dx = np.dot(dy, w.transpose())
    dw = np.zeros_like(w)
    for n in range(len(x)):
        dw += np.outer(x[n], dy[n])
    return dx, dw, np.sum(dy, 0)
