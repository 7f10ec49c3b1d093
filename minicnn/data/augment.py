"""Augmentation: what a network sees is a little different every time, and the label stays the same."""

import numpy as np

from .. import ops
from ..shapes import ShapeError, check_floats, check_images, message, whole

LEAST_ERASED, MOST_ERASED, LONGEST = 0.02, 0.33, 3.3  # of the area; how many times as long as wide


class Augment:
    """A random change of every image of a batch: `batches(x, labels, transform=Augment(flip=True, shift=0.1, rng=rng))`.

    Everything that moves pixels is one map and one resampling (ops.affine), around the middle c of the image:

        place = A (pixel - c - d) + c        A = mirror . shear . rotation / scale,   d = shift + crop

    `flip` mirrors left and right every second time; `rotation` and `shear` are degrees, uniform in +-; the scale is between
    1 / (1 + zoom) and 1 + zoom; `shift` is a share of the size; `crop` whole pixels: a random crop of the image padded by
    as many. Then `brightness` adds one number to an image, uniform in +-, in units of x, and with probability `erase`
    one rectangle becomes `fill`, as does what comes from outside the image. 0 leaves a change out.

    `rng` is a Generator or a seed: a seed gives the same changes. `.rng` belongs into a checkpoint.

    Shapes: x (N, H, W, C) float -> the same
    Raises: ShapeError, DtypeError.
    Source: P. Simard, D. Steinkraus, J. Platt, "Best Practices for Convolutional Neural Networks" (2003); Z. Zhong et al.,
    "Random Erasing Data Augmentation" (2017), arXiv:1708.04896.
    """

    def __init__(self, flip=False, rotation=0, zoom=0, shift=0, shear=0, crop=0, erase=0, brightness=0, fill=0.0, rng=None):
        bounds = {"rotation": 180, "zoom": 10, "shift": 1, "shear": 80, "erase": 1, "brightness": np.inf}
        asked = {"rotation": rotation, "zoom": zoom, "shift": shift, "shear": shear, "erase": erase, "brightness": brightness}
        for name, value in asked.items():
            if not isinstance(value, (int, float, np.number)) or not 0 <= value <= bounds[name]:
                raise ShapeError(message("Augment", f"{name} from 0 to {bounds[name]}", repr(value)))
        self.flip, self.rotation, self.zoom, self.shift, self.shear = bool(flip), rotation, zoom, shift, shear
        self.crop, self.erase, self.brightness = whole("Augment", "crop", crop, 0), erase, brightness
        self.fill, self.rng = float(fill), np.random.default_rng(rng)

    def __call__(self, x):
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
        """The inverse maps of N images, drawn anew: (N, 2, 3), from a pixel of the result to its place in the image."""
        angle, slope = np.radians(self._uniform(self.rotation, N)), np.tan(np.radians(self._uniform(self.shear, N)))
        scale = (1 + self.zoom) ** self._uniform(1, N)
        mirror = np.where(self.rng.random(N) < 0.5, -1, 1) if self.flip else 1
        d = self._uniform(self.shift, (N, 2)) * (H, W) + self.rng.integers(-self.crop, self.crop, (N, 2), endpoint=True)
        cos, sin, c = np.cos(angle) / scale, np.sin(angle) / scale, np.array([(H - 1) / 2, (W - 1) / 2])
        m = np.empty((N, 2, 3))
        m[:, 0, 0], m[:, 0, 1] = cos, -sin
        m[:, 1, 0], m[:, 1, 1] = mirror * (sin + slope * cos), mirror * (cos - slope * sin)
        m[:, :, 2] = c - (m[:, :, :2] @ (c + d)[:, :, None])[:, :, 0]
        return m

    def _erase(self, y):
        """Fill a rectangle of some images of y, in place."""
        N, H, W, _ = y.shape
        chosen = np.flatnonzero(self.rng.random(N) < self.erase)
        area = H * W * self.rng.uniform(LEAST_ERASED, MOST_ERASED, len(chosen))
        ratio = LONGEST ** self._uniform(1, len(chosen))
        height, width = np.sqrt(area * ratio).clip(1, H).astype(int), np.sqrt(area / ratio).clip(1, W).astype(int)
        top, left = self.rng.integers(0, H - height, endpoint=True), self.rng.integers(0, W - width, endpoint=True)
        for n, i, j, h, w in zip(chosen, top, left, height, width):
            y[n, i:i + h, j:j + w] = self.fill

    def _uniform(self, bound, size):
        return self.rng.uniform(-bound, bound, size)
