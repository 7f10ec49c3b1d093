"""Exercise 9: convolution by loops. The innermost line is the equation."""

import numpy as np


def convolve(x, w, b, stride=1, padding=0):
    KH, KW, C, F = w.shape
    # The frame: zeros on both sides of the rows and of the columns, none on the channels.
    x = np.pad(x, ((padding, padding), (padding, padding), (0, 0)))
    OH = (x.shape[0] - KH) // stride + 1                 # x is padded now, so this is the formula of exercise 8
    OW = (x.shape[1] - KW) // stride + 1
    y = np.zeros((OH, OW, F))
    for i in range(OH):                                  # every place of the window: row,
        for j in range(OW):                              # column
            for f in range(F):                           # every filter
                y[i, j, f] = b[f]                        # once for each output, not once for each product
                for u in range(KH):                      # every weight of the filter: row,
                    for v in range(KW):                  # column,
                        for c in range(C):               # channel
                            y[i, j, f] += x[i * stride + u, j * stride + v, c] * w[u, v, c, f]
    return y
