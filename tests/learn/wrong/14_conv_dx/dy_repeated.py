# says: dx
# says: zeros between

import numpy as np

from minicnn.ops import conv2d


def conv_dx(dy, x_shape, w, stride=1):
    (N, OH, OW, F), (KH, KW) = dy.shape, w.shape[:2]
    H, W = x_shape[1:3]
    spread = np.repeat(np.repeat(dy, stride, axis=1), stride, axis=2)[:, :H - KH + 1, :W - KW + 1]
    more = ((0, 0), (0, H - KH + 1 - spread.shape[1]), (0, W - KW + 1 - spread.shape[2]), (0, 0))
    spread = np.pad(spread, more)
    flipped = w[::-1, ::-1].transpose(0, 1, 3, 2)
    return conv2d(spread, flipped, padding=(KH - 1, KW - 1))
