"""Preprocessing: from the pixels of an image to what the network gets, the same in training and in prediction."""

from typing import NamedTuple

import numpy as np

from ..shapes import DtypeError, ShapeError, check_not_empty, message, shape_text, shown, whole
from .checks import array_text, is_number
from .handwriting import digit, garment
from .images import as_channels, centre_crop, resize

KINDS = ("digit", "garment", "photo")
RANGES = ("0..1", "-1..1", "standard")
CHUNK = 1 << 22  # numbers converted at a time, so that the float copies stay small


class Preprocessing(NamedTuple):
    """Resize images to x_shape (H, W, C) and compute x = (pixels / 255 - mean) / std.

    Call it with the images of a data set; call `one_image` with one image from elsewhere. A model file contains the
    Preprocessing, so that prediction does exactly what training did.

    `mean` and `std` have one number, or one for each channel. `kind` says how `one_image` makes an image from elsewhere
    similar to the training images: "digit" as MNIST was made, "garment" as Fashion-MNIST was made, "photo" cuts out the
    middle.
    """

    x_shape: tuple
    mean: tuple = (0.0,)
    std: tuple = (1.0,)
    kind: str = "photo"

    @classmethod
    def of(cls, range_name: str, x_shape: tuple[int, int, int], images: np.ndarray | None = None,
           kind: str = "photo") -> "Preprocessing":
        """The Preprocessing for a range of x: "0..1", "-1..1", or "standard", which means mean 0 and std 1 over `images`.

        Raises: ValueError for an unknown range, and for "standard" if images are missing or all pixels are equal.
        """
        if not isinstance(range_name, str) or range_name not in RANGES:
            raise ValueError(message("Preprocessing.of", " or ".join(RANGES), shown(range_name)))
        if range_name == "0..1":
            return cls(x_shape, kind=kind).checked()
        if range_name == "-1..1":
            return cls(x_shape, (0.5,), (0.5,), kind).checked()
        if images is None:
            raise ValueError(message("Preprocessing.of", 'images for "standard"', None, "pass the training images"))
        mean, std = _mean_and_std(resize(cls(x_shape)._checked_images(images), x_shape[:2]))
        if not min(std) > 0:
            raise ValueError(message("Preprocessing.of", "images that differ", f"std {std}", "are they all black?"))
        return cls(x_shape, mean, std, kind).checked()

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Preprocess the images of a data set.

        Shapes: images (N, h, w, C) uint8 -> (N, H, W, C) float32
        Raises: DtypeError, ShapeError.
        """
        images = self._checked_images(images)
        x = np.empty((len(images), *self.x_shape), np.float32)
        mean, std = np.array(self.mean, np.float32), np.array(self.std, np.float32)
        step = max(1, CHUNK // max(images[0].size, x[0].size))
        for first in range(0, len(x), step):
            pixels = resize(images[first:first + step], self.x_shape[:2])
            x[first:first + step] = (pixels.astype(np.float32) / 255 - mean) / std
        return x

    def one_image(self, image: np.ndarray) -> np.ndarray:
        """Preprocess one image from elsewhere, such as a photo: first make it similar to the training images (`kind`).

        Shapes: image (h, w, 1 or 3) or (h, w) uint8 -> (1, H, W, C) float32
        Raises: DtypeError, ShapeError; ImageError if the kind is digit or garment and the image shows nothing.
        """
        H, W, C = self.checked().x_shape
        if self.kind == "photo":
            image = centre_crop(as_channels(image), (H, W))
        else:
            image = {"digit": digit, "garment": garment}[self.kind](image)
        return self(as_channels(resize(image, (H, W)), C)[None])

    def as_dict(self) -> dict:
        """The settings in the types of JSON."""
        return {"x_shape": list(self.x_shape), "mean": list(self.mean), "std": list(self.std), "kind": self.kind}

    @classmethod
    def from_dict(cls, settings: dict) -> "Preprocessing":
        """The Preprocessing of an `as_dict()`. Raises ValueError if the dict is not one."""
        try:
            settings = {key: value if key == "kind" else tuple(value) for key, value in settings.items()}
            return cls(**settings).checked()
        except (AttributeError, TypeError):
            expected = f"a dict of {', '.join(cls._fields)}"
            raise ValueError(message("Preprocessing.from_dict", expected, shown(settings), "pass as_dict()")) from None

    def checked(self) -> "Preprocessing":
        """The same object. Raises an error that says what is wrong with its fields."""
        if not isinstance(self.x_shape, (tuple, list)) or len(self.x_shape) != 3 or self.x_shape[2] not in (1, 3):
            raise ShapeError(message("Preprocessing", "x_shape (H, W, 1) or (H, W, 3)", shown(self.x_shape)))
        for name, size in zip("HW", self.x_shape):
            whole("Preprocessing", name, size, 1)
        for name in ("mean", "std"):
            values = getattr(self, name)
            numbers = isinstance(values, (tuple, list)) and all(is_number(value) and np.isfinite(value) for value in values)
            if not numbers or len(values) not in (1, self.x_shape[2]):
                raise ValueError(message("Preprocessing", f"{name}: a tuple of one number, or of one for each channel",
                                         shown(values)))
        if not min(self.std) > 0:
            raise ValueError(message("Preprocessing", "std > 0", self.std))
        if not isinstance(self.kind, str) or self.kind not in KINDS:
            raise ValueError(message("Preprocessing", "kind " + " or ".join(KINDS), shown(self.kind)))
        return self

    def _checked_images(self, images):
        """`images`, if they fit x_shape."""
        self.checked()
        if not isinstance(images, np.ndarray) or images.dtype != np.uint8:
            raise DtypeError(message("Preprocessing", "images of uint8", array_text(images), "were they scaled before?"))
        if images.ndim != 4 or images.shape[3] != self.x_shape[2]:
            expected, fix = f"images (N, h, w, {self.x_shape[2]})", "one_image(image) takes one image of any size and colour"
            raise ShapeError(message("Preprocessing", expected, shape_text(images.shape), fix))
        check_not_empty("Preprocessing", "images", images.shape)
        return images


def _mean_and_std(images):
    """Mean and std of each channel of uint8 images / 255, computed from how often each of the 256 values occurs."""
    counts = np.zeros((images.shape[3], 256), np.int64)
    for image in images:
        for c in range(images.shape[3]):
            counts[c] += np.bincount(image[..., c].ravel(), minlength=256)
    values, fractions = np.arange(256) / 255, counts / images[..., 0].size
    mean = [float(fraction @ values) for fraction in fractions]
    std = [float(np.sqrt(fraction @ (values - m) ** 2)) for fraction, m in zip(fractions, mean)]
    return tuple(mean), tuple(std)
