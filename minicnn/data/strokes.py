"""The skeletons of the ten digits, as a pen would draw them."""

import numpy as np

TRAIN_STYLES = (
    (  # 0: a closed oval, one left open at the top, one with a slash, one whose ends cross
        "50,0 26,14 18,50 26,86 50,100 74,86 82,50 74,14 50,0",
        "66,8 40,2 20,28 20,70 42,99 68,90 82,56 76,20 54,4 38,10",
        "50,0 26,14 18,50 26,86 50,100 74,86 82,50 74,14 50,0 | 78,12 22,88",
        "58,4 34,4 20,34 26,80 50,100 74,82 80,44 68,12 46,6",
    ),
    (  # 1: a stick, with a short flag, with flag and foot, with a long flag
        "50,0 50,50 50,100",
        "30,24 54,0 54,0 54,100",
        "34,20 52,0 52,0 52,100 | 26,100 78,100",
        "24,40 52,2 52,2 48,100",
    ),
    (  # 2: with a corner at the foot, with a loop, narrow with a corner, with a straight back
        "20,24 34,4 58,0 76,18 68,46 44,72 18,100 18,100 82,100",
        "22,22 40,2 66,4 76,26 60,56 36,84 20,96 18,84 32,80 52,92 70,98 84,90",
        "20,20 44,0 74,14 70,42 42,62 20,84 20,100 20,100 80,100",
        "22,20 46,0 76,16 62,48 18,98 18,98 84,94",
    ),
    (  # 3: round, with a flat top and an angle, without a notch, with a small loop in the middle
        "22,14 44,0 70,8 74,30 46,46 46,46 76,58 80,82 52,100 20,88",
        "22,2 76,2 76,2 46,40 46,40 74,50 80,76 58,98 22,92",
        "24,10 52,0 74,18 64,40 40,46 66,50 80,72 62,96 36,100 18,86",
        "24,8 52,0 72,20 58,42 40,50 42,42 64,48 80,70 58,98 22,90",
    ),
    (  # 4: open with straight strokes, closed, open and round, a cross with a roof
        "30,0 20,56 20,56 84,56 | 68,14 66,100",
        "64,100 64,0 64,0 16,66 16,66 86,66",
        "34,4 24,34 26,54 48,56 70,48 | 74,2 70,50 64,100",
        "50,0 18,58 18,58 80,58 | 66,34 58,100",
    ),
    (  # 5: the bar drawn last, in one stroke, without corners
        "30,4 26,44 26,44 52,36 78,56 74,86 46,100 18,90 | 30,4 78,4",
        "78,2 32,2 32,2 24,48 24,48 54,40 78,62 66,92 38,100 18,88",
        "76,4 40,6 30,40 56,44 76,66 58,96 22,92",
    ),
    (  # 6: round, upright, with a straight stem
        "68,0 38,24 20,62 30,94 56,100 78,82 68,58 44,54 22,72",
        "60,0 34,30 22,66 36,98 66,96 78,74 62,54 38,58 24,76",
        "58,0 32,42 22,74 40,100 70,92 76,68 54,54 28,68",
    ),
    (  # 7: plain, with a bar, with a serif, curved
        "18,4 80,4 80,4 56,48 42,100",
        "18,4 80,4 80,4 40,100 | 34,52 74,52",
        "18,16 20,2 20,2 80,4 80,4 52,44 44,100",
        "16,8 40,4 82,4 82,4 58,40 50,100",
    ),
    (  # 8: begun at the right, two rings, a narrow one
        "68,14 48,0 28,14 34,36 64,60 76,82 52,100 24,84 36,60 66,36 68,14",
        "50,0 28,12 30,36 50,46 70,36 72,12 50,0 | 50,46 24,60 24,88 50,100 76,88 76,60 50,46",
        "66,20 52,0 34,12 38,36 60,58 74,80 54,100 30,86 36,64 58,42 66,20",
    ),
    (  # 9: with a stem, with a tail, with a small head
        "76,24 58,2 30,8 24,36 46,52 70,40 76,24 76,24 72,64 66,100",
        "74,28 62,4 36,2 22,26 34,48 60,46 74,28 74,28 78,66 60,96 28,94",
        "70,14 44,0 26,22 40,46 64,36 72,12 72,12 70,60 60,100",
    ),
)

TEST_STYLES = (
    (  # 0: wide at the foot and open, with a curl where it closes
        "40,2 20,30 22,74 48,100 76,80 80,32 60,2 44,4 42,16",
        "36,8 18,40 26,84 54,100 80,76 80,30 58,2 36,8 54,18",
    ),
    (  # 1: with a foot only, with a curved flag
        "52,0 48,52 50,100 | 28,98 74,98",
        "22,36 44,18 58,0 58,0 56,56 58,100",
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
    (  # 6: leaning back, begun at the middle
        "72,6 46,8 26,40 22,74 44,100 74,90 76,68 54,54 28,66",
        "44,0 26,40 22,80 46,100 74,88 72,66 50,60 24,74",
    ),
    (  # 7: with a waved roof and a curved stem, with serif and bar
        "20,8 48,4 80,2 80,2 64,36 54,68 52,100",
        "16,10 30,2 52,10 82,2 82,2 58,46 42,100 | 36,50 56,46 76,46",
    ),
    (  # 8: begun at the left, two rings that meet in a point
        "74,10 46,0 28,18 46,42 74,64 68,94 34,98 24,74 48,46 72,24 74,10",
        "50,0 30,8 30,30 50,44 70,30 70,8 50,0 | 50,44 26,58 22,84 50,100 78,84 74,58 50,44",
    ),
    (  # 9: with a straight stem, with a bent stem
        "70,8 42,0 24,22 36,46 62,44 74,20 74,20 74,100",
        "76,18 50,0 26,18 34,46 62,48 76,18 74,60 54,100",
    ),
)


def parse(style):
    """Read one style: control points "x,y" on a grid of 100 by 100, y downwards, joined by a smooth curve.

    A point written twice is a corner, a stroke that ends where it began is closed, and "|" lifts the pen. A point that
    several strokes name is one point, so that they stay joined however it is moved.

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
