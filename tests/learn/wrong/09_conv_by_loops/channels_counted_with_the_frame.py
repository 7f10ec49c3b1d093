# says: out of bounds for axis 2
# says: padded too

import numpy as np


def convolve(x, w, b, stride=1, padding=0):
    KH, KW, _, F = w.shape
    x = np.pad(x, padding)
    C = x.shape[2]
    OH = (x.shape[0] - KH) // stride + 1
    OW = (x.shape[1] - KW) // stride + 1
    y = np.zeros((OH, OW, F))
    for i in range(OH):
        for j in range(OW):
            for f in range(F):
                y[i, j, f] = b[f]
                for u in range(KH):
                    for v in range(KW):
                        for c in range(C):
                            y[i, j, f] += x[i * stride + u, j * stride + v, c] * w[u, v, c, f]
    return y
