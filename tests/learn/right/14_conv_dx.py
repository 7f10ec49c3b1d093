import numpy as np


def conv_dx(dy, x_shape, w, stride=1):
    dx = np.zeros(x_shape, dy.dtype)
    N, OH, OW, F = dy.shape
    KH, KW, C, F = w.shape
    for i in range(OH):
        for j in range(OW):
            dx[:, i * stride : i * stride + KH, j * stride : j * stride + KW] += np.einsum("nf,uvcf->nuvc", dy[:, i, j], w)
    return dx
