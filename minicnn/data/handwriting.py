"""A foreign picture of a digit or of a garment, made to look like those of MNIST and of Fashion-MNIST."""

import numpy as np

from ..shapes import message
from .image_files import ImageError
from .images import resize

SIZE, BOX = 28, 20  # of the picture, and of the part that a digit fills
LARGE = 280         # the longer side of a picture at which the digit is looked for
FAINT_INK, FAINT_CLOTH = 0.2, 0.05  # shares of the strongest contrast: what is fainter is not looked for
GRAIN = 7.5         # times the median step between neighbours on the border (7 standard deviations of a noise)
LEAST = 8           # levels of 255: what differs less is no picture


def digit(image):
    """A handwritten digit as MNIST shows it: light on dark, fitted into 20x20 pixels, its mass in the middle of 28x28.

    The ground is the median of the border; what differs from it is ink, whichever of the two is lighter.

    Shapes: image (h, w, 1) uint8 -> (28, 28, 1) uint8
    Raises: ImageError where nothing differs from the ground.
    Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
    """
    ink = stands_out(image[..., 0], FAINT_INK)
    h, w = fitted(ink.shape, BOX)
    small = resize(ink[..., None], (h, w))[..., 0]
    centre = [(small.sum(axis=1 - axis) @ np.arange(small.shape[axis])) / small.sum() for axis in (0, 1)]
    top, left = (int(np.clip(round(SIZE / 2 - c), 0, SIZE - size)) for c, size in zip(centre, small.shape))
    y = np.zeros((SIZE, SIZE), np.float32)
    y[top:top + h, left:left + w] = small
    return np.round(255 * y)[..., None].astype(np.uint8)


def garment(image):
    """A garment as Fashion-MNIST shows it: cut out, its longer side 28 pixels, sharpened, light on dark, in the middle.

    Shapes: image (h, w, 1) uint8 -> (28, 28, 1) uint8
    Raises: ImageError where nothing differs from the ground.
    Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST" (2017), section 2; there the picture is made smaller by leaving
    rows and columns out, here by means, which no row depends on.
    """
    ink = stands_out(image[..., 0], FAINT_CLOTH)
    h, w = fitted(ink.shape, SIZE)
    small = sharpened(resize(ink[..., None], (h, w))[..., 0])
    y = np.zeros((SIZE, SIZE), np.float32)
    top, left = (SIZE - h) // 2, (SIZE - w) // 2
    y[top:top + h, left:left + w] = small
    return np.round(255 * y)[..., None].astype(np.uint8)


def stands_out(grey, faint):
    """The part of a picture that stands out from its ground, cut out: 1 where the contrast is strongest, the ground 0.

    What differs from the ground by less than `faint` of the strongest contrast does not count when the edges are looked
    for; nor do single pixels, where there is grain. Large pictures are made smaller first.

    Shapes: grey (H, W) uint8 -> (h, w) float32
    """
    if max(grey.shape) > LARGE:
        grey = resize(grey[..., None], fitted(grey.shape, LARGE))[..., 0]
    ground, grain = ground_of(grey)
    lighter = np.median(ground) < (float(grey.min()) + grey.max()) / 2
    ink = np.maximum(grey - ground if lighter else ground - grey, 0)
    seen = ink > max(faint * ink.max(), grain)
    if grain:                                        # squares of 2x2 alone, by their first corner
        seen[:-1, :-1] &= seen[1:, :-1] & seen[:-1, 1:] & seen[1:, 1:]
        seen[-1], seen[:, -1] = False, False
    if not seen.any() or ink.max() < LEAST:
        expected, fix = "something that stands out from the ground", "is the picture of one colour?"
        raise ImageError(message("Preprocessing.one_image", expected, f"a blank picture {grey.shape}", fix))
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    ink = np.where(ink > grain, ink / ink.max(), 0).astype(np.float32)
    return ink[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]


def ground_of(grey):
    """What lies behind: (h, w), and the strength of its grain. A plane through the border, since light falls unevenly.

    Half of the border may be covered: the plane goes through the half that is nearest to the median.
    """
    h, w = grey.shape
    turn = [(0, j) for j in range(w)] + [(i, w - 1) for i in range(1, h)]
    turn += [(h - 1, j) for j in range(w - 2, -1, -1)] + [(i, 0) for i in range(h - 2, 0, -1)]
    i, j = np.array(turn).T                          # the border, once around
    border = grey[i, j].astype(np.float64)
    far = np.abs(border - np.median(border))
    near = far <= np.median(far)
    a, b, c = np.linalg.lstsq(np.stack([np.ones(near.sum()), i[near], j[near]], axis=1), border[near], rcond=None)[0]
    return a + b * np.arange(h)[:, None] + c * np.arange(w), GRAIN * np.median(np.abs(np.diff(border, append=border[0])))


def fitted(shape, size):
    """(h, w) with the proportions of `shape` whose longer side is `size`."""
    return tuple(max(1, round(side * size / max(shape))) for side in shape)


def sharpened(x):
    """x and once more what a Gaussian of deviation 1 takes from it."""
    kernel = np.exp(-0.5 * np.arange(-3, 4) ** 2)
    padded = np.pad(x, 3, mode="edge")
    for axis in (0, 1):
        padded = np.apply_along_axis(np.convolve, axis, padded, kernel / kernel.sum(), mode="valid")
    return np.clip(2 * x - padded, 0, 1).astype(np.float32)
