"""Images as arrays: another size, another number of channels, the middle part."""

import numpy as np

from ..shapes import DtypeError, ShapeError, check_not_empty, message, shape_text
from .checks import array_text, check_channels, image_size

LUMA = (0.299, 0.587, 0.114)  # how bright red, green and blue look to the eye (ITU-R BT.601)


def resize(images: np.ndarray, size: int | tuple[int, int]) -> np.ndarray:
    """Resize images by bilinear interpolation.

    Each output pixel is a weighted mean of the input pixels around its place. The weights form a triangle. If the image
    gets smaller, the triangle is as wide as two output pixels, so that every input pixel counts. Floats are computed in
    float32.

    Shapes: images (N, H, W, C) or (H, W, C), uint8 or float; size OH or (OH, OW) -> the same with OH, OW, same dtype
    Raises: DtypeError, ShapeError.
    Source: Pillow's Image.resize with BILINEAR.
    """
    OH, OW = image_size("resize", size)
    if not isinstance(images, np.ndarray) or images.dtype not in (np.uint8, np.float32, np.float64):
        raise DtypeError(message("resize", "an array of uint8, float32 or float64", array_text(images)))
    if images.ndim not in (3, 4):
        raise ShapeError(message("resize", "images (N, H, W, C) or (H, W, C)", shape_text(images.shape)))
    check_not_empty("resize", "images", images.shape)
    if images.shape[-3:-1] == (OH, OW):
        return images.copy()
    x = images if images.dtype == np.uint8 else images.astype(np.float32, copy=False)     # the two that Pillow knows
    x = _resize_last_axis(np.moveaxis(x, -2, -1), OW)                  # (N, H, C, W) -> (N, H, C, OW)
    x = _resize_last_axis(np.moveaxis(x, -3, -1), OH)                  # (N, C, OW, H) -> (N, C, OW, OH)
    return np.ascontiguousarray(x.swapaxes(-3, -1), images.dtype)      # (N, OH, OW, C)


def _resize_last_axis(x, size):
    """Resize the last axis. All rows of all images are one tall Pillow image: one call, where each image has its own cost."""
    from PIL import Image  # here, because `import minicnn` does not need it

    rows = Image.fromarray(np.ascontiguousarray(x).reshape(-1, x.shape[-1]))
    return np.asarray(rows.resize((size, rows.height), Image.Resampling.BILINEAR)).reshape(*x.shape[:-1], size)


def as_channels(image: np.ndarray, channels: int | None = None) -> np.ndarray:
    """Make an image grey (0.299 R + 0.587 G + 0.114 B) or colour (three equal channels), or leave it as it is.

    Shapes: image (h, w), (h, w, 1) or (h, w, 3) uint8 -> (h, w, channels)
    Raises: DtypeError, ShapeError.
    """
    image = np.asarray(image)
    if image.dtype != np.uint8:
        raise DtypeError(message("as_channels", "image of uint8", array_text(image)))
    image = image[..., None] if image.ndim == 2 else image
    if image.ndim != 3 or image.shape[2] not in (1, 3):
        raise ShapeError(message("as_channels", "image (h, w, 1) or (h, w, 3)", shape_text(image.shape)))
    check_not_empty("as_channels", "image", image.shape)
    if channels is None:
        return image
    check_channels("as_channels", channels)
    if channels == image.shape[2]:
        return image
    if channels == 3:
        return np.repeat(image, 3, axis=2)
    grey = np.empty((*image.shape[:2], 1), np.uint8)
    for i, row in enumerate(image):                                    # row by row: float64 takes 8 times the memory
        grey[i, :, 0] = np.round(row @ np.array(LUMA))
    return grey


def centre_crop(image: np.ndarray, size: int | tuple[int, int]) -> np.ndarray:
    """Cut out the largest part around the middle that has the proportions of `size` (height, width).

    Shapes: image (h, w, C) -> a view of it
    Raises: ShapeError.
    """
    H, W = image_size("centre_crop", size)
    if not isinstance(image, np.ndarray) or image.ndim != 3:
        raise ShapeError(message("centre_crop", "image (h, w, C)", array_text(image)))
    h, w = image.shape[:2]
    crop_h, crop_w = min(h, max(1, round(w * H / W))), min(w, max(1, round(h * W / H)))
    top, left = (h - crop_h) // 2, (w - crop_w) // 2
    return image[top:top + crop_h, left:left + crop_w]
