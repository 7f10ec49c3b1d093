"""How a style is written down, and the styles of the test images, which no training image has (skeletons.py).

"50,0 50,100" is a stick: a stroke from the middle of the top to the middle of the bottom. `parse` reads such lines.
"""

import numpy as np

TEST_STYLES = (
    (  # 0: wide at the foot and open, with a curl where it closes
        "40,2 20,30 22,74 48,100 76,80 80,32 60,2 44,4 42,16",
        "36,8 18,40 26,84 54,100 80,76 80,30 58,2 36,8 54,18",
    ),
    (  # 1: with a curved flag and a foot, with a small flag and a bent stem
        "40,14 48,7 54,0 54,0 53,50 54,100 | 28,98 80,98",
        "45,10 53,0 53,0 50,50 56,100",
    ),
    (  # 2: with a waved foot, with a loop at a flat foot
        "18,30 22,8 50,0 76,12 74,38 54,60 30,80 16,98 16,98 50,92 84,100",
        "26,12 56,0 74,22 56,58 18,94 26,78 44,84 60,100 84,92",
    ),
    (  # 3: round and wide, open without a notch
        "18,10 48,0 72,16 66,38 36,50 36,50 62,46 82,66 72,94 40,100 16,80",
        "20,4 48,4 76,4 60,24 44,44 70,54 78,80 50,102 18,84",
    ),
    (  # 4: closed with a slanted back, open with a right angle
        "56,0 38,30 16,60 16,60 50,58 84,58 | 60,36 60,100",
        "22,4 22,50 22,50 74,50 | 74,0 74,100",
    ),
    (  # 5: with a curved bar, with a waved bar drawn last
        "74,2 50,6 30,2 30,2 28,40 28,40 62,42 80,68 62,98 22,94",
        "32,8 22,42 22,42 46,40 76,50 80,80 56,100 26,98 | 32,8 54,4 82,8",
    ),
    (  # 6: with a hooked top, begun at the middle
        "66,0 44,10 26,40 22,74 44,100 74,90 76,68 54,54 28,66",
        "44,0 26,40 22,80 46,100 74,88 72,66 50,60 24,74",
    ),
    (  # 7: with a waved roof and a curved stem, with serif and bar
        "20,8 48,4 80,2 80,2 64,36 54,68 52,100",
        "16,10 30,2 52,10 82,2 82,2 58,46 42,100 | 36,50 56,46 76,46",
    ),
    (  # 8: begun at the right and crossing low, two rings
        "74,10 46,0 28,18 46,42 74,64 68,94 34,98 24,74 48,46 72,24 74,10",
        "50,0 30,6 26,26 50,48 74,26 70,6 50,0 | 50,48 28,62 28,88 50,100 72,88 72,62 50,48",
    ),
    (  # 9: with a straight stem, with a bent stem
        "70,8 42,0 24,22 36,46 62,44 74,20 74,20 74,100",
        "76,18 50,0 26,18 34,46 62,48 76,18 74,60 54,100",
    ),
)


def parse(style):
    """Read one style: control points "x,y" on a grid of 100 by 100, y downwards, joined by a smooth curve.

    A point written twice is a corner, a stroke that ends where it began is closed, and "|" lifts the pen. A point that
    several strokes name is one point: they stay joined however it is moved.

    Shapes: points (P, 2); spans (S, 4), the points before, at the start, at the end and after each span of a curve.
    """
    names, spans = {}, []
    for stroke in style.split("|"):
        path = [names.setdefault(name, len(names)) for name in stroke.split()]
        closed = path[0] == path[-1]
        path = [path[-2] if closed else path[0], *path, path[1] if closed else path[-1]]
        spans += [span for span in zip(path, path[1:], path[2:], path[3:]) if span[1] != span[2]]
    points = np.array([name.split(",") for name in names], np.float64) / 100
    return points, np.array(spans)
