"""Load data by its name, split into training, validation and test: mnist, fashion-mnist, digits, or a folder of images."""

import difflib
import os
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ..shapes import DtypeError, message, shown, whole
from .batches import split
from .datasets import fashion_mnist, mnist
from .digits import digits
from .folder import image_folder
from .images import resize
from .sampling import stratified

NAMES = {"mnist": "digit", "fashion-mnist": "garment", "digits": "digit"}      # name -> kind of image
FOLDER_SIZE = 64                                                   # images of a folder are resized to this by default


class Source(NamedTuple):
    """Images to train on, to validate on, and to test on.

    Shapes: images (N, H, W, C) uint8, labels (N,) int64; classes[label] is the name of a label.
    """

    name: str
    train_images: np.ndarray
    train_labels: np.ndarray
    validation_images: np.ndarray
    validation_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    classes: tuple
    kind: str
    skipped: list


def load(name: str, size: int | tuple[int, int] | None = None, seed: int = 0, limit: int | None = None,
         data_dir: str | os.PathLike | None = None, strict: bool = False, validation: float = 0.1,
         progress: Callable[[int, int], None] | None = None) -> Source:
    """Load a data set or a folder of images, in three parts.

    - `size`: resize all images to it.
    - `seed`: draws the validation images.
    - `limit`: take this many images for training and validation together, and at most as many for the test. Every class
      keeps its fraction.
    - `validation`: the fraction of the training images that is set apart.
    - `progress(done, total)` is called while a folder is read.

    Raises: ValueError for an unknown name (with the nearest known one), a folder that is not a data set, or a limit that
    is too small for the classes; OSError if files are missing.
    """
    if not isinstance(name, (str, os.PathLike)):
        raise DtypeError(message("load", "name, a data set or the path of a folder", shown(name)))
    name, seed = os.fspath(name), whole("load", "seed", seed, 0)
    if limit is not None:
        limit = whole("--limit", "the number of images", limit, 0)
    if name not in NAMES:
        source = _folder(name, size, seed, strict, validation, progress)
    else:
        source = _dataset(name, seed, limit, data_dir, validation)
    if limit is not None:
        source = _limited(source, limit, validation, seed)
    if size is not None:
        source = source._replace(train_images=resize(source.train_images, size), test_images=resize(source.test_images, size),
                                 validation_images=resize(source.validation_images, size))
    return source


def _dataset(name, seed, limit, data_dir, validation):
    if name == "digits":
        most = {} if limit is None else {"train": min(2 * limit, 20_000), "test": min(limit, 2_000)}
        data = digits(**most)                                      # drawing takes time: draw no more than needed
    else:
        data = (mnist if name == "mnist" else fashion_mnist)(data_dir)
    train_images, train_labels, test_images, test_labels = data
    parts = split(train_images, train_labels, validation, seed)
    return Source(name, *parts, test_images, test_labels, data.classes, NAMES[name], [])


def _folder(name, size, seed, strict, validation, progress):
    if not os.path.isdir(name):
        fix = "it is a file" if os.path.exists(name) else "there is no such folder"
        near = difflib.get_close_matches(name.lower().replace("_", "-"), NAMES, 1)
        raise ValueError(message("--data", f"{', '.join(NAMES)} or a folder with a folder of images for each class",
                                 repr(name), f"did you mean {near[0]}?" if near else fix))
    data = image_folder(name, FOLDER_SIZE if size is None else size, validation=validation, seed=seed, strict=strict,
                        progress=progress)
    return Source(name, *data[:6], data.classes, "photo", data.skipped)


def _limited(source, limit, validation, seed):
    """The source with `limit` images for training and validation together, and at most as many for the test."""
    if limit < 2 * len(source.classes):
        raise ValueError(message("--limit", f"at least two images for each of the {len(source.classes)} classes", limit))

    def some(images, labels, count):
        rows = np.sort(stratified(labels, count, seed)) if count < len(images) else slice(None)
        return images[rows], labels[rows]

    V = max(1, round(limit * validation))
    train = some(source.train_images, source.train_labels, limit - V)
    held_out = some(source.validation_images, source.validation_labels, V)
    test = some(source.test_images, source.test_labels, limit)
    return Source(source.name, *train, *held_out, *test, source.classes, source.kind, source.skipped)
