"""correlate.py's convolution for few filters and stride 1, on the tile of dots.py.

x is not padded: at the border the windows are clipped, and there pixels are computed one at a time.
"""

from .dots import DOTS, dots
from .shares import pieces
from .sizes import Geometry, Loops, Pixels, Rows, Walk
from .threads import parallel


@parallel
def correlate_thin(share, x, w, start, y, sizes, pixels, low):
    """correlate.correlate at stride 1; w[f, u, v, c] is one run of numbers for each filter."""
    g, out = Geometry(*sizes), Pixels(*pixels)
    rows = DOTS[g.F]
    for line in pieces(share):
        n, i = line // g.OH, line % g.OH
        first, after = max(0, g.left), max(0, min(g.OW, g.W + g.left - g.KW + 1))  # pixels whose windows are whole
        u, end = max(0, g.top - i), min(g.KH, g.H + g.top - i)
        source, here = (n * g.H + i - g.top + u) * g.W * g.C, out.at + n * out.image + i * out.row
        j = 0
        while j < g.OW:
            v, count = max(0, g.left - j), 1
            width = max(0, min(g.KW, g.W + g.left - j) - v)
            if width == 0 or end <= u:                             # the window sees padding only
                for f in range(g.F):
                    y[here + j * out.column + f] = low if start[f] < low else start[f]
                j += 1
                continue
            if first <= j < after and after - first >= rows:
                j, count = min(j, after - rows), rows              # the last few are computed twice
            dots(count, g.F, Loops(end - u, width * g.C), y, Rows(here + j * out.column, out.column), start,
                 x, Walk(source + (j - g.left + v) * g.C, g.C, g.W * g.C, 1),
                 w, Walk((u * g.KW + v) * g.C, g.KH * g.KW * g.C, g.KW * g.C, 1), low)
            j += count
