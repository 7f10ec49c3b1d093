"""Make an image of a digit or a garment from elsewhere, such as a photo, look like those of MNIST and Fashion-MNIST."""

from typing import NamedTuple

import numpy as np

from ..shapes import message
from .image_files import ImageError
from .images import as_channels, resize

SIZE, BOX = 28, 20  # of the result, and of the part of it that a digit fills
LARGE = 280         # larger images are first resized so that their longer side is this
FAINT_INK, FAINT_CLOTH = 0.2, 0.05  # what differs from the background by less is not seen; as a fraction of the maximum
NOISE = 7.5         # times the median step between neighbours on the border: 7 times the std of the noise
LEAST = 8           # levels of 255; if nothing differs by more, the image is blank


class Frame(NamedTuple):
    """The part of an image that was cut out, and the part of the result that it became: (top, left, height, width) each."""

    cut: tuple
    placed: tuple


def digit(image: np.ndarray) -> np.ndarray:
    """Make a handwritten digit look like MNIST: light on dark, fitted into 20x20 pixels, centre of mass in the middle of 28x28.

    The background is estimated from the border of the image. What differs from it is ink, dark or light.

    Shapes: image (h, w), (h, w, 1) or (h, w, 3) uint8 -> (28, 28, 1) uint8
    Raises: ImageError if nothing differs from the background.
    Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
    """
    return framed_digit(image)[0]


def framed_digit(image: np.ndarray) -> tuple[np.ndarray, Frame]:
    """The result of `digit`, and the Frame that says where in the image it came from. Shapes, Raises: as `digit`."""
    ink, cut = foreground(as_channels(image, 1)[..., 0], FAINT_INK)
    h, w = fitted(ink.shape, BOX)
    small = resize(ink[..., None], (h, w))[..., 0]
    centre = [(small.sum(axis=1 - axis) @ np.arange(small.shape[axis])) / small.sum() for axis in (0, 1)]
    top, left = (int(np.clip(round(SIZE / 2 - c), 0, SIZE - size)) for c, size in zip(centre, small.shape))
    return _placed(small, top, left), Frame(cut, (top, left, h, w))


def garment(image: np.ndarray) -> np.ndarray:
    """Make a garment look like Fashion-MNIST: cut out, the longer side 28 pixels, sharpened, light on dark, in the middle.

    Shapes: image (h, w), (h, w, 1) or (h, w, 3) uint8 -> (28, 28, 1) uint8
    Raises: ImageError if nothing differs from the background.
    Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST" (2017), section 2. There, images shrink by leaving out rows and
    columns; here, by means, so that the result does not depend on which rows are left.
    """
    ink, _ = foreground(as_channels(image, 1)[..., 0], FAINT_CLOTH)
    h, w = fitted(ink.shape, SIZE)
    return _placed(sharpened(resize(ink[..., None], (h, w))[..., 0]), (SIZE - h) // 2, (SIZE - w) // 2)


def foreground(grey, faint):
    """Cut out the part of an image that differs from the background: 1 where the contrast is strongest, background 0.

    To find the edges of this part, pixels with less than the fraction `faint` of the strongest contrast are ignored. If
    the image has noise, single pixels are ignored too.

    Shapes: grey (H, W) uint8 -> ink (h, w) float32, and where it was: (top, left, height, width) in pixels of `grey`.
    """
    H, W = grey.shape
    if max(grey.shape) > LARGE:
        grey = resize(grey[..., None], fitted(grey.shape, LARGE))[..., 0]
    background, noise = background_of(grey)
    lighter = np.median(background) < (float(grey.min()) + grey.max()) / 2
    ink = np.maximum(grey - background if lighter else background - grey, 0)
    seen = ink > max(faint * ink.max(), noise)
    if noise:                                        # only squares of 2x2 seen pixels count, marked at their top left
        seen[:-1, :-1] &= seen[1:, :-1] & seen[:-1, 1:] & seen[1:, 1:]
        seen[-1], seen[:, -1] = False, False
    if not seen.any() or ink.max() < LEAST:
        expected, fix = "something that differs from the background", "has the image only one colour?"
        raise ImageError(message("one_image", expected, f"a blank image {grey.shape}", fix))
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    ink = np.where(ink > noise, ink / ink.max(), 0).astype(np.float32)
    ink = ink[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    down, across = H / grey.shape[0], W / grey.shape[1]            # 1, unless the image was resized above
    return ink, (float(rows[0] * down), float(columns[0] * across), ink.shape[0] * down, ink.shape[1] * across)


def background_of(grey):
    """The background (h, w) and the strength of its noise, both estimated from the border of the image.

    The background is a plane, because light falls unevenly. It is fitted to the half of the border that is nearest to the
    median, so up to half of the border may be covered by something else.
    """
    h, w = grey.shape
    around = [(0, j) for j in range(w)] + [(i, w - 1) for i in range(1, h)]
    around += [(h - 1, j) for j in range(w - 2, -1, -1)] + [(i, 0) for i in range(h - 2, 0, -1)]
    i, j = np.array(around).T                        # the pixels of the border, once around
    border = grey[i, j].astype(np.float64)
    distance = np.abs(border - np.median(border))
    near = distance <= np.median(distance)
    a, b, c = np.linalg.lstsq(np.stack([np.ones(near.sum()), i[near], j[near]], axis=1), border[near], rcond=None)[0]
    steps = np.abs(np.diff(border, append=border[0]))
    return a + b * np.arange(h)[:, None] + c * np.arange(w), NOISE * np.median(steps)


def fitted(shape, size):
    """(h, w) with the proportions of `shape`, the longer side `size`."""
    return tuple(max(1, round(side * size / max(shape))) for side in shape)


def sharpened(x):
    """x + (x - x blurred by a Gaussian of std 1)."""
    kernel = np.exp(-0.5 * np.arange(-3, 4) ** 2)
    blurred = np.pad(x, 3, mode="edge")
    for axis in (0, 1):
        blurred = np.apply_along_axis(np.convolve, axis, blurred, kernel / kernel.sum(), mode="valid")
    return np.clip(2 * x - blurred, 0, 1).astype(np.float32)


def _placed(small, top, left):
    """An image of 0..1 on a black square of 28x28, as bytes."""
    y = np.zeros((SIZE, SIZE), np.float32)
    y[top:top + small.shape[0], left:left + small.shape[1]] = small
    return np.round(255 * y)[..., None].astype(np.uint8)
