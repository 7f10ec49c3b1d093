"""Data by its name, cut into three parts: mnist, fashion-mnist, digits, or a folder of pictures."""

import difflib
import os
from typing import NamedTuple

import numpy as np

from ..shapes import message
from .batches import split
from .datasets import fashion_mnist, mnist
from .digits import digits
from .folder import image_folder
from .images import resize

NAMES = {"mnist": "digit", "fashion-mnist": "garment", "digits": "digit"}      # name -> kind of picture
FOLDER_SIZE = 64                                                   # of a folder's pictures, where nobody says


class Source(NamedTuple):
    """Pictures to learn from, to choose by, and to be judged by.

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


def load(name, size=None, seed=0, limit=None, data_dir=None, strict=False, validation=0.1,
         progress=None):
    """The three parts of a data set or of a folder of pictures.

    `validation` is the share of the training pictures set apart; `seed` draws it. `limit`: that many pictures for
    training and validation together, and at most as many for the test, of every class its share. `size` resizes.
    `progress(done, total)` is called while a folder is read.

    Raises: ValueError for an unknown name (with the nearest known one), a folder that is no data set or a limit
    too small for the classes; OSError where files are missing.
    """
    if name not in NAMES:
        parts = _folder(name, size, seed, strict, validation, progress)
    else:
        parts = _dataset(name, seed, limit, data_dir, validation)
    if limit is not None:
        if limit < 2 * len(parts.classes):
            raise ValueError(message("--limit", f"at least two pictures for each of the {len(parts.classes)} classes", limit))
        V = max(1, round(limit * validation))
        train = _some(parts.train_images, parts.train_labels, limit - V, seed)
        chosen = _some(parts.validation_images, parts.validation_labels, V, seed)
        parts = Source(name, *train, *chosen, *_some(parts.test_images, parts.test_labels, limit, seed), *parts[7:])
    if size is not None:
        parts = parts._replace(train_images=resize(parts.train_images, size), test_images=resize(parts.test_images, size),
                               validation_images=resize(parts.validation_images, size))
    return parts


def _dataset(name, seed, limit, data_dir, validation):
    if name == "digits":
        most = {} if limit is None else {"train": min(2 * limit, 20_000), "test": min(limit, 2_000)}
        data = digits(**most)                                      # no more are drawn than will be used
    else:
        data = (mnist if name == "mnist" else fashion_mnist)(data_dir)
    train_images, train_labels, test_images, test_labels = data
    parts = split(train_images, train_labels, validation, seed)
    return Source(name, *parts, test_images, test_labels, data.classes, NAMES[name], [])


def _folder(name, size, seed, strict, validation, progress):
    if not os.path.isdir(name):
        fix = "it is a file" if os.path.exists(name) else "there is no such folder"
        near = difflib.get_close_matches(name.lower().replace("_", "-"), NAMES, 1)
        raise ValueError(message("--data", f"{', '.join(NAMES)} or a folder with a folder of pictures for each class",
                                 repr(name), f"did you mean {near[0]}?" if near else fix))
    data = image_folder(name, size or FOLDER_SIZE, validation=validation, seed=seed, strict=strict,
                        progress=progress)
    return Source(name, data.train_images, data.train_labels, data.validation_images, data.validation_labels,
                  data.test_images, data.test_labels, tuple(data.classes), "photo", list(data.skipped))


def _some(images, labels, limit, seed):
    """At most `limit` of the pictures, of every label its share."""
    if limit >= len(images):
        return images, labels
    return split(images, labels, limit / len(images), seed)[2:]
