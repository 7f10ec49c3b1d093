"""Padding: put a frame of constant pixels around images, or cut it off; find the pixels that one kernel entry sees."""

import numpy as np


def pad(x, win, value=0.0):
    """x with the frame that the Window win describes: (N, H, W, C) -> (N, top + H + bottom, left + W + right, C)."""
    frame = ((0, 0), (win.top, win.bottom), (win.left, win.right), (0, 0))
    return np.pad(x, frame, constant_values=value)


def crop(x, win):
    """Cut off the frame that pad added."""
    return x[:, win.top:x.shape[1] - win.bottom, win.left:x.shape[2] - win.right, :]


def seen_through(u, v, win):
    """The index of the pixels that kernel entry (u, v) sees in a padded x while the kernel slides: an (N, OH, OW, C) view."""
    rows = slice(u, u + (win.OH - 1) * win.stride_h + 1, win.stride_h)
    columns = slice(v, v + (win.OW - 1) * win.stride_w + 1, win.stride_w)
    return slice(None), rows, columns
