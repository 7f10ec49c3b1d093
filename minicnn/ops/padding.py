"""A frame of constant pixels around the images, its removal, and the pixels that one kernel entry sees."""

import numpy as np


def pad(x, g, value=0.0):
    """x inside the frame that the Window g asks for: (N, H, W, C) -> (N, top + H + bottom, left + W + right, C)."""
    frame = ((0, 0), (g.top, g.bottom), (g.left, g.right), (0, 0))
    return np.pad(x, frame, constant_values=value)


def crop(x, g):
    """What pad framed, without the frame."""
    return x[:, g.top:x.shape[1] - g.bottom, g.left:x.shape[2] - g.right, :]


def seen_through(u, v, g):
    """The index of what kernel entry (u, v) sees of a padded x while the kernel slides: an (N, OH, OW, C) view."""
    rows = slice(u, u + (g.OH - 1) * g.stride_h + 1, g.stride_h)
    columns = slice(v, v + (g.OW - 1) * g.stride_w + 1, g.stride_w)
    return slice(None), rows, columns
