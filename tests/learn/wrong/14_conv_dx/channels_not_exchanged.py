# says: conv2d expected x
# says: must be exchanged

import numpy as np

from minicnn.ops import conv2d


def conv_dx(dy, x_shape, w, stride=1):
    (N, OH, OW, F), (KH, KW) = dy.shape, w.shape[:2]
    H, W = x_shape[1:3]
    spread = np.zeros((N, H - KH + 1, W - KW + 1, F), dy.dtype)
    spread[:, :OH * stride:stride, :OW * stride:stride] = dy
    flipped = w[::-1, ::-1]
    return conv2d(spread, flipped, padding=(KH - 1, KW - 1))
