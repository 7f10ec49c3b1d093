"""Exercise 14: dx as a convolution with the flipped kernel."""

import numpy as np

from minicnn.ops import conv2d


def conv_dx(dy, x_shape, w, stride=1):
    (N, OH, OW, F), (KH, KW) = dy.shape, w.shape[:2]
    H, W = x_shape[1:3]
    # At the places between, no window stood: nothing comes back from them, so they are 0. If the division in the output
    # size had a remainder, there are also zeros at the end: no window saw the last rows.
    spread = np.zeros((N, H - KH + 1, W - KW + 1, F), dy.dtype)
    spread[:, :OH * stride:stride, :OW * stride:stride] = dy
    # Pixel r met weight u at the place r - u: if u grows, the place falls. So the order of the weights is reversed.
    # Each pixel of channel c gathers from all F outputs: the sum runs over f now, so f takes the place of c.
    flipped = w[::-1, ::-1].transpose(0, 1, 3, 2)        # (KH, KW, F, C)
    return conv2d(spread, flipped, padding=(KH - 1, KW - 1))
