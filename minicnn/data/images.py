"""Pictures as arrays: read from files of any kind, brought to another size, to another number of channels."""

import contextlib
import re
import warnings

import numpy as np

from ..shapes import DtypeError, ShapeError, check_not_empty, message, pair, shape_text

MOST_PIXELS = 50_000_000  # of a picture that is read; in memory three bytes each
CHUNK = 1 << 22           # numbers resized at a time
LUMA = (0.299, 0.587, 0.114)  # how bright red, green and blue look (ITU-R BT.601)
ORIENTATION = 0x0112      # the EXIF tag that says how the camera was held


class ImageError(ValueError):
    """A file that is no picture we can take. The message has four parts: who, expected, got, fix."""


def read_image(path, channels=None):
    """A PNG or JPEG file as pixels, upright: what is transparent is white, 16 bits become 8, EXIF's orientation is applied.

    Shapes: -> uint8 (h, w, C), C = `channels`, 1 or 3; None: 1 for a grey picture, else 3.
    Raises: ImageError that names the file: no picture, broken, or of more than 50 million pixels, which is
    seen before it is decoded.
    """
    from PIL import Image  # `import minicnn` need not wait for it

    if channels not in (None, 1, 3):
        raise ShapeError(message("read_image", "channels 1, 3 or None", channels))
    try:
        with warnings.catch_warnings():              # Pillow warns of large pictures, and of EXIF that it cannot read
            warnings.simplefilter("ignore")
            with open(path, "rb") as file, Image.open(file, formats=("PNG", "JPEG")) as image:
                pixels = image.width * image.height
                if pixels <= MOST_PIXELS:
                    image.load()
                    return as_channels(_pixels(_upright(image)), channels)
    except Image.DecompressionBombError as problem:  # so many that Pillow does not even tell the size
        pixels = int(re.search(r"\d+", str(problem))[0])
    except OSError as problem:
        raise _refused(path, problem) from None
    except Exception as problem:                     # whatever a broken file makes the decoders raise
        raise _broken(path, f"a broken one ({problem})") from None
    raise ImageError(message("read_image", f"at most {MOST_PIXELS:,} pixels", f"{pixels:,} in {path}", "make it smaller"))


def _refused(path, problem):
    """The error of a file that cannot be opened, or that no decoder takes."""
    if problem.errno is not None:                    # of the operating system: no such file, a folder, no permission
        expected, got = f"a PNG or JPEG file {path}", f"'{problem.strerror}'"
        return ImageError(message("read_image", expected, got, "is the name right?"))
    with open(path, "rb") as file:
        start = file.read(8)
    if not start:
        return _broken(path, "an empty file")
    if not start.startswith((b"\x89PNG", b"\xff\xd8")):
        return _broken(path, "another kind of file")
    more = "" if "cannot identify" in str(problem) else f" ({problem})"
    return _broken(path, "a broken one" + more)


def _broken(path, what):
    fix = "save the picture again as PNG or JPEG"
    return ImageError(message("read_image", "a PNG or JPEG picture", f"{what}: {path}", fix))


def _upright(image):
    """The picture as the camera was held; EXIF that is damaged says nothing."""
    from PIL import ImageOps

    with contextlib.suppress(Exception):
        if image.getexif().get(ORIENTATION, 1) != 1:
            return ImageOps.exif_transpose(image)
    return image


def _pixels(image):
    """An open picture of any of Pillow's modes as uint8 (h, w, 1) or (h, w, 3)."""
    from PIL import Image

    if image.mode.startswith("I"):                   # 16 bits
        return np.round(np.asarray(image).astype(np.float32)[..., None] / 257).clip(0, 255).astype(np.uint8)
    grey = image.mode in ("1", "L", "LA", "La")
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    pixels = np.array(image.convert("L" if grey else "RGB"))
    return pixels[..., None] if grey else pixels


def as_channels(image, channels=None):
    """Grey from colour (0.299 R + 0.587 G + 0.114 B), colour from grey (three times the same), or as it is.

    Shapes: image (h, w), (h, w, 1) or (h, w, 3) uint8 -> (h, w, channels)
    """
    image = np.asarray(image)
    if image.dtype != np.uint8:
        raise DtypeError(message("as_channels", "image of uint8", f"{image.dtype} {shape_text(image.shape)}"))
    image = image[..., None] if image.ndim == 2 else image
    if image.ndim != 3 or image.shape[2] not in (1, 3) or channels not in (None, 1, 3):
        raise ShapeError(message("as_channels", "image (h, w, 1) or (h, w, 3), and channels 1 or 3",
                                 f"{shape_text(image.shape)} and {channels}"))
    check_not_empty("as_channels", "image", image.shape)
    if channels in (None, image.shape[2]):
        return image
    return np.repeat(image, 3, axis=2) if channels == 3 else np.round(image @ np.array(LUMA)).astype(np.uint8)[..., None]


def resize(images, size):
    """Images of another size: every pixel a mean of those around its place, weighted by a triangle (bilinear).

    y[i, j, c] = sum over h, w of  a[i, h] * b[j, w] * x[h, w, c],    a[i, h] ~ max(0, 1 - |(h + 1/2) / s - (i + 1/2)| / r)

    with s = H / OH and r = max(1, 1 / s): where images shrink, the triangle is as wide as two pixels of the output, so
    that every pixel of the input counts. Each row of a and of b sums to 1.

    Shapes: images (N, H, W, C) or (H, W, C), uint8 or float; size OH or (OH, OW) -> the same with OH, OW, of the same dtype
    Raises: DtypeError, ShapeError.
    Source: Pillow's Image.resize with BILINEAR.
    """
    OH, OW = pair("resize", "size", size, 1)
    if not isinstance(images, np.ndarray) or images.dtype not in (np.uint8, np.float32, np.float64):
        got = f"{images.dtype} {images.shape}" if isinstance(images, np.ndarray) else type(images).__name__
        raise DtypeError(message("resize", "an array of uint8, float32 or float64", got))
    if images.ndim not in (3, 4):
        raise ShapeError(message("resize", "images (N, H, W, C) or (H, W, C)", shape_text(images.shape)))
    *N, H, W, C = images.shape
    check_not_empty("resize", "images", images.shape)
    if (H, W) == (OH, OW):
        return images.copy()
    dtype = np.float32 if images.dtype == np.uint8 else images.dtype
    a, b = weights(H, OH).astype(dtype), np.kron(weights(W, OW).T, np.eye(C)).astype(dtype)          # b is (W*C, OW*C)
    x = images.reshape(-1, H, W * C)
    y = np.empty((len(x), OH, OW * C), images.dtype)
    step = max(1, CHUNK // (H * W * C))
    for first in range(0, len(x), step):
        found = (a @ x[first:first + step].astype(dtype)).reshape(-1, W * C) @ b
        found = np.floor(found + 0.5) if images.dtype == np.uint8 else found
        y[first:first + step] = found.reshape(-1, OH, OW * C)
    return y.reshape(*N, OH, OW, C)


def weights(size, new):
    """(new, size): the share that each pixel of a line has in each pixel of the resized line."""
    scale = size / new
    centre = (np.arange(new) + 0.5) * scale - 0.5
    share = np.maximum(0, 1 - np.abs(np.arange(size) - centre[:, None]) / max(scale, 1))
    return share / share.sum(axis=1, keepdims=True)


def centre_crop(image, size):
    """The largest part around the middle that has the proportions of `size` (height, width).

    Shapes: image (h, w, C) -> a view of it.
    """
    H, W = pair("centre_crop", "size", size, 1)
    h, w = image.shape[:2]
    tall, wide = min(h, max(1, round(w * H / W))), min(w, max(1, round(h * W / H)))
    top, left = (h - tall) // 2, (w - wide) // 2
    return image[top:top + tall, left:left + wide]
