"""MNIST and Fashion-MNIST: find their four files, read and check them, and return images and labels."""

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..shapes import message
from .checks import check_path
from .download import FILES, cache_folder, fetch
from .idx import read_idx

DIGITS = tuple("0123456789")
GARMENTS = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)


class Arrays(NamedTuple):
    """The four arrays of a data set, in the order in which they unpack."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


class Dataset(Arrays):
    """Training and test data, `train_images, train_labels, test_images, test_labels = dataset`, and `.classes`.

    Shapes: images (N, H, W, C) uint8, labels (N,) int64; classes[label] is the name of a label.
    """

    def __new__(cls, train_images, train_labels, test_images, test_labels, classes):
        dataset = super().__new__(cls, train_images, train_labels, test_images, test_labels)
        dataset.classes = tuple(classes)
        return dataset

    def __getnewargs__(self):  # the arguments with which copy and pickle make the new object
        return (*self, self.classes)


def mnist(data_dir: str | os.PathLike | None = None) -> Dataset:
    """Load MNIST: handwritten digits, 60,000 images to train on and 10,000 to test on.

    If `data_dir` is given, the files are looked for there and nowhere else. Otherwise they are looked for in
    $MINICNN_DATA/mnist, then in the user's cache folder; if they are in neither, they are downloaded into the cache.

    Shapes: images (N, 28, 28, 1) uint8, white on black; labels (N,) int64 in 0 ... 9.
    Raises: FileNotFoundError if a named folder lacks files, DownloadError (an OSError) if no mirror has them,
    ValueError if a file is damaged or images and labels do not belong together.
    Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition"
    (1998).
    """
    return _load("mnist", DIGITS, data_dir)


def fashion_mnist(data_dir: str | os.PathLike | None = None) -> Dataset:
    """Load Fashion-MNIST: images of clothes in the format of MNIST, and harder. Everything else is as in `mnist`.

    Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset" (2017), arXiv:1708.07747.
    """
    return _load("fashion-mnist", GARMENTS, data_dir)


def at_hand(name: str, data_dir: str | os.PathLike | None = None) -> bool:
    """Whether the files of "mnist" or "fashion-mnist" are on this machine, so that loading them needs no download."""
    folders = _folders(name, data_dir) + ([cache_folder() / name] if data_dir is None else [])
    return any(not _look(folder, name)[1] for folder in folders)


def _load(name, classes, data_dir):
    if data_dir is not None:
        check_path(name, "data_dir, the path of a folder", data_dir)
    paths = _find(name, data_dir)
    train_images, train_labels, test_images, test_labels = FILES[name]
    arrays = (_read_pair(name, paths, train_images, train_labels, len(classes))
              + _read_pair(name, paths, test_images, test_labels, len(classes)))
    return Dataset(*arrays, classes=classes)


def _find(name, data_dir):
    """The path of each file, from the first place that has them."""
    folders = _folders(name, data_dir)
    searched = [] if folders else ["$MINICNN_DATA (not set)"]
    for folder in folders:
        paths, missing = _look(folder, name)
        if not missing:
            return paths
        # If a folder has some of the files, do not add the others from elsewhere: they may be of another data set.
        if paths:
            raise _lacking(name, missing, f"{folder} with only {', '.join(paths)}")
        searched.append(str(folder))
    if data_dir is not None:
        raise _lacking(name, [file.name for file in FILES[name]], f"none of them in {' or '.join(searched)}")
    return fetch(name, searched)


def _folders(name, data_dir):
    """The folders in which the files are looked for before the user's cache."""
    if data_dir is not None:
        base = Path(data_dir).expanduser()
        return [base / name, base]
    return [Path(os.environ["MINICNN_DATA"]).expanduser() / name] if os.environ.get("MINICNN_DATA") else []


def _look(folder, name):
    """The paths of the files that are in a folder, plain or compressed, and the names of those that are missing."""
    paths = {}
    for file in FILES[name]:
        for path in (folder / file.name, folder / f"{file.name}.gz"):
            if path.is_file():
                paths.setdefault(file.name, path)
    return paths, [file.name for file in FILES[name] if file.name not in paths]


def _lacking(name, missing, got):
    fix = "copy the files there, plain or .gz, or leave data_dir out to download them; digits() works without any file"
    return FileNotFoundError(message(name, f"the files {', '.join(missing)}", got, fix))


def _read_pair(name, paths, images_file, labels_file, classes):
    """Read images and their labels. A ValueError says why they are not part of this data set."""
    images_path, labels_path = paths[images_file.name], paths[labels_file.name]
    images, labels = read_idx(images_path, most_bytes=images_file.size), read_idx(labels_path, most_bytes=labels_file.size)
    fix = "is this another data set, or are the files mixed up?"
    if images.dtype != np.uint8 or images.shape[1:] != (28, 28):
        got = f"{images.dtype} {images.shape} in {images_path}"
        raise ValueError(message(name, "uint8 images (N, 28, 28)", got, fix))
    if labels.dtype != np.uint8 or labels.ndim != 1 or labels.max() >= classes:
        got = f"{labels.dtype} {labels.shape} with a maximum of {labels.max()} in {labels_path}"
        raise ValueError(message(name, f"uint8 labels (N,) below {classes}", got, fix))
    if len(images) != len(labels):
        got = f"{len(images)} images in {images_path} and {len(labels)} labels in {labels_path}"
        raise ValueError(message(name, "as many labels as images", got, fix))
    return images[..., None], labels.astype(np.int64)
