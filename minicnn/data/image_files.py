"""Read PNG and JPEG files as upright 8-bit images, without trusting what their headers say."""

import contextlib
import io
import math
import os
import re
import warnings

import numpy as np

from ..shapes import message
from .checks import LONGEST_SIDE, check_channels, check_path
from .images import as_channels

MOST_PIXELS = 100_000_000  # files with more are refused before they are decoded
LARGE = 4_000_000          # pixels; files with more are read at 1/2, 1/3, ... of their size
STRIP = 1 << 20            # pixels that are converted at a time: each conversion copies them
STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8")
ORIENTATION = 0x0112       # the EXIF tag that says how the camera was held: 1 to 8
ROWS_REVERSED, COLUMNS_REVERSED, TRANSPOSED = (3, 4, 7, 8), (2, 3, 6, 7), (5, 6, 7, 8)


class ImageError(ValueError):
    """A file that is no image, or an image that cannot be used. The message has four parts: who, expected, got, fix."""


def read_image(path: str | os.PathLike, channels: int | None = None) -> np.ndarray:
    """Read a PNG or JPEG file as an upright image.

    Transparent pixels become white, 16 bits become 8, and EXIF's orientation is applied. A file of more than 4 million
    pixels is read at 1/2, 1/3, ... of its width and height (each pixel is a mean). No network here sees more pixels
    than that, and so a photo of 50 megapixels takes 15 MB instead of 500.

    Shapes: -> uint8 (h, w, C), C = `channels`, 1 or 3; None: 1 for a grey image, else 3.
    Raises: ImageError that names the file if it cannot be opened, is not a PNG or JPEG, is damaged, or has more than
    100 million pixels.
    """
    check_path("read_image", "the path of a PNG or JPEG file", path)
    return _read("read_image", path, lambda: open(path, "rb"), channels)


def image_of_bytes(content: bytes, channels: int | None = None) -> np.ndarray:
    """The image that the bytes of a PNG or JPEG file hold, as `read_image` reads a file."""
    return _read("image_of_bytes", "the upload", lambda: io.BytesIO(content), channels)


def _read(who, name, opened, channels):
    """The image in the file that `opened()` opens. Errors call it `name`."""
    from PIL import Image  # here, because `import minicnn` does not need it

    if channels is not None:
        check_channels(who, channels)
    try:
        with warnings.catch_warnings():              # Pillow warns of large images and of EXIF that it cannot read
            warnings.simplefilter("ignore")
            with opened() as file:
                return as_channels(_decoded(file), channels)
    except Image.DecompressionBombError as problem:
        expected = f"at most {MOST_PIXELS:,} pixels, and {LONGEST_SIDE:,} on each side"
        got = f"{int(re.findall('[0-9]+', str(problem))[0]):,} in {name}"
        raise ImageError(message(who, expected, got, "make it smaller")) from None
    except Exception as problem:                     # a damaged file makes decoders raise errors of many types
        if isinstance(problem, OSError) and problem.errno is not None:
            expected, got = f"a PNG or JPEG file {name}", f"'{problem.strerror}'"
            raise ImageError(message(who, expected, got, "is the name right?")) from None
        what = str(problem) if type(problem) is ImageError else f"a damaged one ({problem})"
        fix = "save the image again as PNG or JPEG"
        raise ImageError(message(who, "a PNG or JPEG image", f"{what}: {name}", fix)) from None


def _decoded(file):
    """The upright image in an open file: uint8 (h, w, 1) or (h, w, 3)."""
    from PIL import Image

    start = file.read(8)
    if not start.startswith(STARTS):
        raise ImageError("another kind of file" if start else "an empty file")
    file.seek(0)
    with Image.open(file, formats=("PNG", "JPEG")) as image:
        w, h = image.size
        if w * h > MOST_PIXELS or max(w, h) > LONGEST_SIDE:
            raise Image.DecompressionBombError(f"{w * h} pixels")
        k = _reduction(w, h)
        if k > 1:
            image.draft(None, (w // k, h // k))      # libjpeg decodes at 1/2, 1/4 or 1/8 of the size; nothing for a PNG
        image.load()
        return _upright(_pixels(image), image)


def _reduction(w, h):
    """The k of 'read at 1/k of the width and height'."""
    return math.ceil(math.sqrt(w * h / LARGE))


def _pixels(image):
    """The pixels of a loaded image, strip by strip, so that the copies that Pillow makes stay small."""
    w, h = image.size
    k = _reduction(w, h)
    rows = k * max(1, STRIP // (k * w))
    strips = [_eight_bits(image.crop((0, top, w, min(top + rows, h)))).reduce(k) for top in range(0, h, rows)]
    x = np.concatenate([np.asarray(strip) for strip in strips])
    return x[..., None] if x.ndim == 2 else x


def _eight_bits(image):
    """An image of any of Pillow's modes as one of mode "L" (grey) or "RGB"."""
    from PIL import Image

    if image.mode.startswith("I"):                   # 16 bits
        return Image.fromarray(np.round(np.asarray(image).astype(np.float32) / 257).clip(0, 255).astype(np.uint8))
    grey = image.mode in ("1", "L", "LA")
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("L" if grey else "RGB")


def _upright(x, image):
    """x as the camera saw it, by EXIF's orientation. Damaged EXIF data is ignored."""
    orientation = 1
    with contextlib.suppress(Exception):
        orientation = image.getexif().get(ORIENTATION, 1)
    x = x.swapaxes(0, 1) if orientation in TRANSPOSED else x
    x = x[::-1] if orientation in ROWS_REVERSED else x
    return np.ascontiguousarray(x[:, ::-1] if orientation in COLUMNS_REVERSED else x)
