import numpy as np


def convolve(x, w, b, stride=1, padding=0):
    H, W, C = x.shape
    framed = np.zeros((H + 2 * padding, W + 2 * padding, C))
    framed[padding : padding + H, padding : padding + W] = x
    KH, KW, _, F = w.shape
    rows = []
    for i in range(0, H + 2 * padding - KH + 1, stride):
        row = []
        for j in range(0, W + 2 * padding - KW + 1, stride):
            row.append([np.sum(framed[i : i + KH, j : j + KW] * w[..., f]) + b[f] for f in range(F)])
        rows.append(row)
    return np.array(rows)
