"""From pixels to what a network is fed: size, number of channels, range of numbers. The same in training and afterwards."""

from typing import NamedTuple

import numpy as np

from ..shapes import DtypeError, ShapeError, check_not_empty, message, shape_text, whole
from .handwriting import digit, garment
from .images import as_channels, centre_crop, resize

KINDS = ("digit", "garment", "photo")
RANGES = ("0..1", "-1..1", "standard")
CHUNK = 1 << 22  # numbers converted at a time


class Preprocessing(NamedTuple):
    """x = (pixels / 255 - mean) / std of images resized to x_shape; called with a data set, or `one_image` with one image.

    `mean` and `std` have one number, or one for each channel. `kind` says how a foreign picture becomes like those
    that a network knows: "digit" as MNIST was made, "garment" as Fashion-MNIST, "photo" cut to the middle.
    """

    x_shape: tuple
    mean: tuple = (0.0,)
    std: tuple = (1.0,)
    kind: str = "photo"

    @classmethod
    def of(cls, range_name, x_shape, images=None, kind="photo"):
        """The Preprocessing whose x is in "0..1", in "-1..1", or has mean 0 and std 1 on `images` ("standard").

        Raises: ValueError for a name that is unknown, and for "standard" where images are missing or of one colour.
        """
        if range_name not in RANGES:
            raise ValueError(message("Preprocessing.of", " or ".join(RANGES), repr(range_name)))
        if range_name == "0..1":
            return cls(x_shape, kind=kind).checked()
        if range_name == "-1..1":
            return cls(x_shape, (0.5,), (0.5,), kind).checked()
        if images is None:
            raise ValueError(message("Preprocessing.of", 'images for "standard"', None, "pass the training images"))
        mean, std = _moments(resize(_images(cls(x_shape).checked(), images), x_shape[:2]))
        if not min(std) > 0:
            raise ValueError(message("Preprocessing.of", "images that differ", f"std {std}", "are they all black?"))
        return cls(x_shape, mean, std, kind).checked()

    def __call__(self, images):
        """A data set as the network is fed it.

        Shapes: images (N, h, w, C) uint8 -> (N, H, W, C) float32
        """
        images = _images(self, images)
        x = np.empty((len(images), *self.x_shape), np.float32)
        mean, std = np.array(self.mean, np.float32), np.array(self.std, np.float32)
        step = max(1, CHUNK // max(images[0].size, x[0].size))
        for first in range(0, len(x), step):
            pixels = resize(images[first:first + step], self.x_shape[:2])
            x[first:first + step] = (pixels.astype(np.float32) / 255 - mean) / std
        return x

    def one_image(self, image):
        """One foreign picture as the network is fed it.

        Shapes: image (h, w, 1 or 3) or (h, w) uint8 -> (1, H, W, C) float32
        Raises: ImageError for a digit or a garment where nothing stands out from the ground.
        """
        H, W, C = self.x_shape
        if self.kind == "photo":
            image = centre_crop(as_channels(image), (H, W))
        else:
            image = {"digit": digit, "garment": garment}[self.kind](as_channels(image, 1))
        return self(as_channels(resize(image, (H, W)), C)[None])

    def as_dict(self):
        """The settings as JSON knows them."""
        return {"x_shape": list(self.x_shape), "mean": list(self.mean), "std": list(self.std), "kind": self.kind}

    @classmethod
    def from_dict(cls, settings):
        """The Preprocessing of an `as_dict()`; ValueError where it is none."""
        try:
            settings = {key: value if key == "kind" else tuple(value) for key, value in settings.items()}
            return cls(**settings).checked()
        except (AttributeError, TypeError):
            expected = f"a dict of {', '.join(cls._fields)}"
            raise ValueError(message("Preprocessing.from_dict", expected, settings, "pass as_dict()")) from None

    def checked(self):
        """Itself, or a ValueError that says what is wrong with its fields."""
        if len(self.x_shape) != 3 or self.x_shape[2] not in (1, 3):
            raise ShapeError(message("Preprocessing", "x_shape (H, W, 1) or (H, W, 3)", self.x_shape))
        for name, size in zip("HW", self.x_shape):
            whole("Preprocessing", name, size, 1)
        for name in ("mean", "std"):
            values = getattr(self, name)
            if len(values) not in (1, self.x_shape[2]) or not np.isfinite(values).all():
                raise ValueError(message("Preprocessing", f"{name}: one number, or one for each channel", values))
        if not min(self.std) > 0:
            raise ValueError(message("Preprocessing", "std > 0", self.std))
        if self.kind not in KINDS:
            raise ValueError(message("Preprocessing", "kind " + " or ".join(KINDS), repr(self.kind)))
        return self


def _images(prepare, images):
    """`images`, once they fit the Preprocessing."""
    if not isinstance(images, np.ndarray) or images.dtype != np.uint8:
        got = f"{images.dtype} {shape_text(images.shape)}" if isinstance(images, np.ndarray) else type(images).__name__
        raise DtypeError(message("Preprocessing", "images of uint8", got, "were they scaled before?"))
    if images.ndim != 4 or images.shape[3] != prepare.x_shape[2]:
        expected, fix = f"images (N, h, w, {prepare.x_shape[2]})", "prepare.one_image(image) takes one picture of any kind"
        raise ShapeError(message("Preprocessing", expected, shape_text(images.shape), fix))
    check_not_empty("Preprocessing", "images", images.shape)
    return images


def _moments(images):
    """Mean and std of each channel of uint8 images as they are in 0..1, from how often each value occurs."""
    values = np.arange(256) / 255
    counts = [np.bincount(images[..., c].ravel(), minlength=256) / images[..., c].size for c in range(images.shape[3])]
    mean = [float(share @ values) for share in counts]
    std = [float(np.sqrt(share @ (values - m) ** 2)) for share, m in zip(counts, mean)]
    return tuple(mean), tuple(std)
