"""conv2d and conv2d_backward: what Python decides before the kernels of correlate.py and winograd.py run."""

import numpy as np

from ...shapes import conv_window
from .kernels import winograd
from .kernels.arrays import plain, plains
from .kernels.correlate import add_up, correlate, fill_panels, weight_sums
from .kernels.cpu import lanes, panel
from .kernels.memory_pool import empty
from .kernels.threads import num_threads

CACHE = 384 * 1024   # bytes of images that a block of rows may take, well within a core's L2


def is_inside(window, x_shape):
    """Whether no window leaves the image, so that it can be read where it lies."""
    H, W = x_shape[1:3]
    return (window.top == window.left == 0 and (window.OH - 1) * window.stride_h + window.KH <= H
            and (window.OW - 1) * window.stride_w + window.KW <= W)


def pack(w):
    """Filters (K, F) as panels (P, K, PANEL), zeros where no filter is: the tile reads whole vectors, in order."""
    K, F = w.shape
    PANEL = panel(w.dtype)
    panels = empty((-(-F // PANEL), K, PANEL), w.dtype)
    fill_panels(w, panels)
    return panels


def rows_per_block(OH, bytes_per_row):
    return int(max(1, min(OH, CACHE // bytes_per_row)))


def conv2d(x, w, b=None, stride=1, padding=0):
    """y = x * w + b."""
    return at_least(-np.inf, x, w, b, stride, padding)


def at_least(least, x, w, b, stride, padding):
    """y = x * w + b, with everything below `least` replaced by it (0: a ReLU at no cost)."""
    window = conv_window("conv2d", x.shape, w.shape, stride, padding)
    x, w = plains(x, w)
    (N, H, W, C), (KH, KW, _, F), dtype = x.shape, w.shape, x.dtype
    KH, KW, SH, SW, top, _, left, _, OH, OW = window
    y, inside = empty((N, OH, OW, F), dtype), is_inside(window, x.shape)
    if winograd.fits(dtype, KH, KW, SH, SW, C, F, OH, OW) and winograd.convolve(x, w, b, y, top, left, least):
        return y
    convolve(x, w, b, y, (N, H, W, SH, SW, top, left, OH, OW), inside, (0, OH * OW * F, OW * F, F), least)
    return y


def convolve(x, w, b, y, sizes, inside, y_where, least=-np.inf):
    """y = x * w + b by the kernel `correlate`, written where y_where says: at, and steps between images, rows, columns."""
    (N, H, W, SH, SW, top, left, OH, OW), (KH, KW, C, F) = sizes, w.shape
    y_at, y_image, y_row, y_col = y_where
    group = pixels_together(F, OW, lanes(x.dtype)) if y_col == F and np.isfinite(x.sum()) else 1  # 0 * infinity is not 0
    wide = np.zeros((KH, KW + (group - 1) * SW, C, group, F), x.dtype)
    start = np.zeros(-(-group * F // panel(x.dtype)) * panel(x.dtype), x.dtype)
    for g in range(group):
        wide[:, g * SW:g * SW + KW, :, g] = w
        if b is not None:
            start[g * F:(g + 1) * F] = b
    KW, SW, OW, F = wide.shape[1], group * SW, OW // group, group * F
    row = ((OW - 1) * SW + KW) * C
    BLOCK = rows_per_block(OH, row * SH * x.itemsize)
    pads = empty((num_threads(), 0 if inside else ((BLOCK - 1) * SH + KH) * row), x.dtype)
    correlate(x.reshape(-1), pack(wide.reshape(-1, F)), start, y.reshape(-1), pads,
              (N, H, W, C, KH, KW, SH, SW, top, left, OH, OW, F, BLOCK), inside,
              (y_at, y_image, y_row, group * y_col), x.dtype.type(least))


def pixels_together(F, OW, LANES):
    """How many neighbouring pixels to compute as one pixel with more filters, where F alone would leave lanes empty.

    In NHWC the results of `group` neighbours are contiguous: group * F filters, each the original moved by one stride
    more and zero elsewhere, compute them at once. (LeNet-5's 6 filters in 16 lanes: 1.6 times as fast in pairs.)
    """
    return max(g for g in range(1, OW + 1) if g == 1 or (OW % g == 0 and g * F <= LANES and OW // g >= 4))


def conv2d_backward(dy, x, w, stride=1, padding=0, input_gradient=True):
    """dx, dw, db of y = conv2d(x, w, b); dx is None if nobody needs it (a network's first layer)."""
    window = conv_window("conv2d_backward", x.shape, w.shape, stride, padding)
    dy, x, w = plains(dy, x, w)
    dw, db = weight_gradient(dy, x, w.shape, window)
    return input_gradient_of(dy, x.shape, w, window) if input_gradient else None, dw, db


def weight_gradient(dy, x, w_shape, window):
    (N, H, W, C), (KH, KW, _, F), dtype = x.shape, w_shape, x.dtype
    KH, KW, SH, SW, top, _, left, _, OH, OW = window
    dw, db = empty((KH * KW * C, F), dtype), np.empty(F, dtype)
    if winograd.fits(dtype, KH, KW, SH, SW, C, F, OH, OW) and winograd.weight_gradient(dy, x, dw, db, top, left):
        return dw.reshape(w_shape), db
    K, LANES, T, row = KH * KW * C, lanes(dtype), num_threads(), ((OW - 1) * SW + KW) * C
    FP = -(-F // LANES) * LANES
    BLOCK = rows_per_block(OH, (row * SH + OW * FP) * x.itemsize)
    BLOCK = min(BLOCK, -(-OH // -(-8 // N)))
    CHUNKS = min(N * -(-OH // BLOCK), 16 if K * FP <= 1 << 16 else 8)
    inside = is_inside(window, x.shape)
    pads = empty((T, 0 if inside else ((BLOCK - 1) * SH + KH) * row), dtype)
    wides = empty((T, 0 if F == FP else BLOCK * OW * FP), dtype)
    partials = empty((CHUNKS, K + 1, FP), dtype)
    weight_sums(x.reshape(-1), dy.reshape(-1), partials, pads, wides, np.ones(1, dtype),
                (N, H, W, C, KH, KW, SH, SW, top, left, OH, OW, F, BLOCK), inside, panel(dtype), dtype.type(-np.inf))
    add_up(partials, dw, db)
    return dw.reshape(w_shape), db


def input_gradient_of(dy, x_shape, w, window):
    (N, H, W, C), (_, OH, OW, F), dtype = x_shape, dy.shape, dy.dtype
    KH, KW, SH, SW, top, _, left, _, _, _ = window
    dx = empty(x_shape, dtype)
    if winograd.fits(dtype, KH, KW, SH, SW, F, C, H, W):
        turned = plain(w[::-1, ::-1].transpose(0, 1, 3, 2))
        if winograd.convolve(dy, turned, None, dx, 2 - top, 2 - left, -np.inf):
            return dx
    if SH > KH or SW > KW:
        dx.fill(0)  # pixels between the windows
    for h in range(min(SH, H)):
        for v in range(min(SW, W)):
            a, b = divmod(h + top, SH), divmod(v + left, SW)
            turned = w[b_slice(a[1], SH), b_slice(b[1], SW)][::-1, ::-1].transpose(0, 1, 3, 2)
            MH, MW = turned.shape[:2]
            if MH == 0 or MW == 0:
                continue
            rows, cols = -(-(H - h) // SH), -(-(W - v) // SW)
            convolve(dy, turned, None, dx, (N, OH, OW, 1, 1, MH - 1 - a[0], MW - 1 - b[0], rows, cols), False,
                     ((h * W + v) * C, H * W * C, SH * W * C, SW * C))
    return dx


def b_slice(first, step):
    return slice(first, None, step)


def conv2d_relu(x, w, b=None, stride=1, padding=0):
    """y = max(x * w + b, 0), the maximum taken while the sums are in registers."""
    return at_least(0.0, x, w, b, stride, padding)
