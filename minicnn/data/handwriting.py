"""A foreign picture of a digit or of a garment, made to look like those of MNIST and of Fashion-MNIST."""

import numpy as np

from ..shapes import message
from .images import PictureError, resize

SIZE, BOX = 28, 20  # of the picture, and of the part that a digit fills
FAINT = 0.1         # of the strongest contrast: what is fainter belongs to the ground


def digit(image):
    """A handwritten digit as MNIST shows it: light on dark, fitted into 20x20 pixels, its mass in the middle of 28x28.

    The ground is the median of the border; what differs from it is ink, whichever of the two is lighter.

    Shapes: image (h, w, 1) uint8 -> (28, 28, 1) uint8
    Raises: PictureError where nothing differs from the ground.
    Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
    """
    ink = stands_out(image[..., 0])
    ink = cut(ink, ink > 0)
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
    Raises: PictureError where nothing differs from the ground.
    Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST" (2017), section 2; there the picture is made smaller by leaving
    rows and columns out, here by means, which no row depends on.
    """
    ink = stands_out(image[..., 0])
    ink = cut(ink, ink > 0)
    h, w = fitted(ink.shape, SIZE)
    small = sharpened(resize(ink[..., None], (h, w))[..., 0])
    y = np.zeros((SIZE, SIZE), np.float32)
    top, left = (SIZE - h) // 2, (SIZE - w) // 2
    y[top:top + h, left:left + w] = small
    return np.round(255 * y)[..., None].astype(np.uint8)


def stands_out(grey):
    """How far each pixel is from the ground, 0 to 1: the ground is the median of the border, and what is faint is 0."""
    grey = grey.astype(np.float32)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ground = np.median(border)
    lighter = ground < (grey.min() + grey.max()) / 2
    ink = np.maximum(grey - ground if lighter else ground - grey, 0)
    faint = max(FAINT * ink.max(), 4 * np.median(np.abs(border - ground)))
    if not ink.max() > faint:
        expected, fix = "something that stands out from the ground", "is the picture of one colour?"
        raise PictureError(message("Preparation.picture", expected, f"a blank picture {grey.shape}", fix))
    return np.where(ink > faint, ink / ink.max(), 0).astype(np.float32)


def cut(image, mask):
    """The smallest rectangle of the image with all of the mask in it."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return image[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]


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
