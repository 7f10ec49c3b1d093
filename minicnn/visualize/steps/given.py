"""The small arrays that the pages show if nobody gives others. They are those of the course's chapters."""

import math

import numpy as np

from ...shapes import message, shape_text

MOST_NUMBERS = 1_000_000                                           # far more than a page shows, and filled in a moment

IMAGE = [[1, 2, 0, 1],                                             # chapters 7 to 10
         [3, 1, 1, 0],
         [0, 2, 2, 1],
         [2, 0, 1, 4]]
KERNEL = [[1, 0, -1],
          [2, 1, 0],
          [0, -1, 1]]
IMAGE_DY = [[1, 2],
            [-2, 3]]

DENSE_X = [[1, 2, 0], [3, -1, 1]]                                  # chapter 3
DENSE_W = [[1, 0], [2, -1], [0, 3]]
DENSE_B = [1, -2]
DENSE_DY = [[1, -1], [2, 3]]

RELU_X = [[-2, 3], [1, -1]]                                        # chapter 4
RELU_DY = [[5, -4], [2, 7]]

LOGITS = [[math.log(k) for k in row] for row in ((1, 2, 5), (4, 2, 2))]    # chapter 5
LABELS = [1, 0]

NORM_X = [[1], [1], [5], [5]]                                      # chapter 12
NORM_GAMMA, NORM_BETA = [2], [10]
NORM_DY = [[4], [0], [0], [0]]

DROPOUT_X, DROPOUT_MASK, DROPOUT_RATE = [[2, 4, 6, 8]], [[1, 0, 0, 1]], 0.5    # chapter 13
DROPOUT_DY = [[1, 2, 3, 4]]


def whole_numbers(shape, low, high, seed=0):
    """Small whole numbers from low to high, drawn: easy to follow with a pencil.

    Raises: ValueError for a shape so large that it would fill the memory before check_size could refuse it.
    """
    if math.prod(shape) > MOST_NUMBERS:
        raise ValueError(message("minicnn step", f"arrays of at most {MOST_NUMBERS:,} numbers", shape_text(shape),
                                 "use fewer rows, columns, channels or filters, or a smaller kernel"))
    return np.random.default_rng([seed, *shape]).integers(low, high + 1, shape).astype(np.float64)


def filled(shape, known, low, high):
    """Whole numbers of this shape; if the first grid (axes 1 and 2, or 0 and 1) has the size of `known`, it holds `known`.

    An array of four axes is one of images (N, H, W, C) if `known` fits its axes 1 and 2, else a filter bank (KH, KW, C, F).
    """
    values, known = whole_numbers(shape, low, high), np.array(known, np.float64)
    if shape[1:3] == known.shape:
        values[0, :, :, 0] = known
    elif shape[:2] == known.shape:
        values[:, :, 0, 0] = known
    return values


DIGIT = np.array([[0, 1, 1, 1, 1, 0],                              # the image of the network's page
                  [0, 0, 0, 0, 1, 0],
                  [0, 0, 0, 1, 1, 0],
                  [0, 0, 0, 1, 0, 0],
                  [0, 0, 1, 1, 0, 0],
                  [0, 0, 1, 0, 0, 0]], np.float64)[None, :, :, None]
DIGIT_LABEL = 2
EDGES = np.stack([[[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],            # a filter for vertical edges and one for horizontal ones
                  [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]], axis=-1).astype(np.float64)[:, :, None]
EDGES_B = np.array([0.5, 1.0])
OUT_W = whole_numbers((8, 3), -2, 2) / 4
OUT_B = np.array([0.0, 0.5, -0.5])
