"""What Hypothesis draws: arrays in any memory layout, and windows that fit their images."""

import numpy as np
from hypothesis import strategies as st

from minicnn.shapes import ShapeError


def fits(window, *sizes):
    """Whether a kernel, stride and padding fit an image: Hypothesis's assume() counts how often they do not."""
    try:
        window("a test", *sizes)
    except ShapeError:
        return False
    return True


@st.composite
def arrays(draw, shape, dtype, ties=False):
    """Numbers in some memory layout: contiguous, transposed, every second of a larger array, reversed; read-only."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    layout = draw(st.sampled_from(["C", "F", "strided", "reversed"]))
    full = (*shape[:-1], 2 * shape[-1]) if layout == "strided" else shape
    x = rng.standard_normal(full)
    x = (np.round(x) if ties else x).astype(dtype)
    x = {"C": x, "F": np.asfortranarray(x), "strided": x[..., ::2], "reversed": x[::-1]}[layout]
    x.flags.writeable = False
    return x


@st.composite
def windows(draw):
    """Images with a kernel, stride and padding that fit them."""
    N, C = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    H, W = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    KH, KW = draw(st.integers(1, min(H, 4))), draw(st.integers(1, min(W, 4)))
    stride = draw(st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3))))
    most = KH // 2, KW // 2
    padding = draw(st.one_of(st.integers(0, min(most)), st.tuples(*(st.integers(0, m) for m in most)),
                             st.just("same")))
    return (N, H, W, C), (KH, KW), stride, padding
