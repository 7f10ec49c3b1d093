"""Augmentation: show the network a slightly different image each time. The label stays the same."""

import numpy as np

from .. import ops
from ..ops.checks import Rng, generator
from ..shapes import DtypeError, ShapeError, check_floats, check_images, message, shown, whole
from .checks import is_number

SMALLEST_ERASED, LARGEST_ERASED = 0.02, 0.33  # area of the erased rectangle, as a fraction of the image
LARGEST_RATIO = 3.3                           # of its height to its width, and of its width to its height
BOUNDS = {"rotation": 180, "zoom": 10, "shift": 1, "shear": 80, "erase": 1, "brightness": np.inf}


class Augment:
    """Change each image of a batch at random: `batches(x, labels, transform=Augment(flip=True, shift=0.1, rng=rng))`.

    All changes that move pixels are combined into one map around the centre c of the image. The image is then resampled
    once (ops.affine), so nothing is blurred twice:

        place = A (pixel - c - d) + c        A = flip . shear . rotation / scale,   d = shift + crop

    - `flip` mirrors each image left-right with probability 1/2.
    - `rotation` and `shear` in degrees: an angle is drawn between minus and plus this number.
    - `zoom`: the scale is drawn between 1 / (1 + zoom) and 1 + zoom.
    - `shift`: a fraction of height and width; 0.1 moves by at most a tenth.
    - `crop` in pixels: pad the image by this much on each side, then cut out a random window of the original size.
    - `brightness`: one number between minus and plus this is added to all pixels of an image, in the units of x.
    - `erase`: with this probability, a random rectangle of the image is set to `fill`.

    `fill` is also the value of pixels from outside the image. A setting of 0 leaves the change out. `rng` is a Generator
    or a seed; the same seed gives the same changes. Save `.rng` in a checkpoint to resume with the same changes.

    Shapes: x (N, H, W, C) float -> the same
    Raises: ShapeError, DtypeError.
    Source: P. Simard, D. Steinkraus, J. Platt, "Best Practices for Convolutional Neural Networks" (2003); Z. Zhong et al.,
    "Random Erasing Data Augmentation" (2017), arXiv:1708.04896.
    """

    def __init__(self, flip: bool = False, rotation: float = 0, zoom: float = 0, shift: float = 0, shear: float = 0,
                 crop: int = 0, erase: float = 0, brightness: float = 0, fill: float = 0.0, rng: Rng = None):
        for name, value in zip(BOUNDS, (rotation, zoom, shift, shear, erase, brightness)):
            if not is_number(value) or not 0 <= value <= BOUNDS[name]:
                raise ShapeError(message("Augment", f"{name} from 0 to {BOUNDS[name]}", shown(value)))
        if not isinstance(flip, (bool, np.bool_)):
            raise DtypeError(message("Augment", "flip True or False", shown(flip)))
        if not is_number(fill):
            raise DtypeError(message("Augment", "fill, a number", shown(fill)))
        self.flip, self.rotation, self.zoom, self.shift, self.shear = bool(flip), rotation, zoom, shift, shear
        self.crop, self.erase, self.brightness = whole("Augment", "crop", crop, 0), erase, brightness
        self.fill, self.rng = float(fill), generator("Augment", rng)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        check_floats("Augment", x=x)
        check_images("Augment", x.shape)
        if self.flip or self.rotation or self.zoom or self.shift or self.shear or self.crop:
            y = ops.affine(x, self.matrices(*x.shape[:3]).astype(x.dtype), self.fill)
        else:
            y = x.copy()
        if self.brightness:
            y += self._uniform(self.brightness, len(y)).astype(y.dtype)[:, None, None, None]
        if self.erase:
            self._erase(y)
        return y

    def matrices(self, N, H, W):
        """Draw the maps of N images: (N, 2, 3), from a pixel of the result to its place in the image."""
        angle, slope = np.radians(self._uniform(self.rotation, N)), np.tan(np.radians(self._uniform(self.shear, N)))
        scale = (1 + self.zoom) ** self._uniform(1, N)
        flip = np.where(self.rng.random(N) < 0.5, -1, 1) if self.flip else 1
        d = self._uniform(self.shift, (N, 2)) * (H, W) + self.rng.integers(-self.crop, self.crop, (N, 2), endpoint=True)
        cos, sin, c = np.cos(angle) / scale, np.sin(angle) / scale, np.array([(H - 1) / 2, (W - 1) / 2])
        m = np.empty((N, 2, 3))
        m[:, 0, 0], m[:, 0, 1] = cos, -sin
        m[:, 1, 0], m[:, 1, 1] = flip * (sin + slope * cos), flip * (cos - slope * sin)
        m[:, :, 2] = c - (m[:, :, :2] @ (c + d)[:, :, None])[:, :, 0]
        return m

    def _erase(self, y):
        """Fill a rectangle of some images of y, in place."""
        N, H, W, _ = y.shape
        chosen = np.flatnonzero(self.rng.random(N) < self.erase)
        area = H * W * self.rng.uniform(SMALLEST_ERASED, LARGEST_ERASED, len(chosen))
        ratio = LARGEST_RATIO ** self._uniform(1, len(chosen))
        height, width = np.sqrt(area * ratio).clip(1, H).astype(int), np.sqrt(area / ratio).clip(1, W).astype(int)
        top, left = self.rng.integers(0, H - height, endpoint=True), self.rng.integers(0, W - width, endpoint=True)
        for n, i, j, h, w in zip(chosen, top, left, height, width):
            y[n, i:i + h, j:j + w] = self.fill

    def _uniform(self, bound, size):
        return self.rng.uniform(-bound, bound, size)
