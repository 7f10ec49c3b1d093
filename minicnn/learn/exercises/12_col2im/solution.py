"""Exercise 12: col2im. The loop of im2col with the two sides of the assignment exchanged, and += in place of =."""

import numpy as np

from minicnn.shapes import window


def col2im(cols, x_shape, kernel_size, stride=1, padding=0):
    win = window("col2im", x_shape, kernel_size, stride, padding)
    N, H, W, C = x_shape
    cols = cols.reshape(N, win.OH, win.OW, win.KH, win.KW, C)
    x = np.zeros((N, win.top + H + win.bottom, win.left + W + win.right, C), cols.dtype)      # with its frame
    for u in range(win.KH):
        for v in range(win.KW):
            rows = slice(u, u + win.OH * win.stride_h, win.stride_h)
            columns = slice(v, v + win.OW * win.stride_w, win.stride_w)
            # +=, because windows overlap: another (u, v) has written to the same pixels before.
            x[:, rows, columns, :] += cols[:, :, :, u, v, :]
    # Cut off the frame: its zeros are not part of the image. The frame lies on both sides, so start at `top`. Write the
    # end as top + H: x[:, top:-bottom] would be empty for bottom = 0.
    return x[:, win.top:win.top + H, win.left:win.left + W, :]
