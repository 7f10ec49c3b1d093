"""Your own images: a folder with one folder of PNG or JPEG files for each class."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..ops.checks import plain_array
from ..shapes import DtypeError, ShapeError, message, shape_text, shown, whole
from .batches import split
from .checks import check_channels, check_path, image_size, is_number
from .image_files import ImageError, read_image
from .images import centre_crop, resize

ENDINGS = (".png", ".jpg", ".jpeg")
OTHER_IMAGES = (".bmp", ".gif", ".heic", ".tif", ".tiff", ".webp")  # listed as skipped, so that nobody misses them
PARTS = ("train", "validation", "test")


class ImageFolder(NamedTuple):
    """The images of a folder, split into three parts, and what was left out.

    Shapes: images (N, H, W, C) uint8, labels (N,) int64. classes[label] is the name of a class's folder, `skipped` a list
    of pairs (path, reason), counts[label] the number of images of a class in all parts together.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    validation_images: np.ndarray
    validation_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    classes: tuple
    skipped: list
    counts: tuple


def image_folder(path: str | os.PathLike, size: int | tuple[int, int], channels: int = 3, validation: float = 0.15,
                 test: float = 0.15, seed: int = 0, strict: bool = False,
                 progress: Callable[[int, int], None] | None = None) -> ImageFolder:
    """Read a folder of images, crop and resize each to `size`, and split them into training, validation and test.

    The files path/CLASS/*.png, *.jpg and *.jpeg are split at random by `seed`: the fractions `validation` and `test` of
    every class are set apart, the rest is for training. If there are folders path/train/CLASS, the split that is there is
    kept: path/test and path/validation (or path/val) are used, and a part that is missing is taken from train.

    An image is cut to the proportions of `size` around its middle, then resized. A file that cannot be read is left out
    and listed in `.skipped`; with `strict` it raises ImageError. `progress(done, total)` is called after each file.

    Raises: FileNotFoundError if there is no such folder; ValueError for fewer than two classes, a class without images,
    or a part without images; ImageError with `strict`.
    """
    check_path("image_folder", "path, a folder", path)
    check_channels("image_folder", channels)
    if not (is_number(validation) and is_number(test) and validation >= 0 and test >= 0 and validation + test < 1):
        expected = "fractions validation and test >= 0, together below 1"
        raise ShapeError(message("image_folder", expected, f"({shown(validation)}, {shown(test)})"))
    if progress is not None and not callable(progress):
        raise DtypeError(message("image_folder", "progress, a function of (done, total), or None", shown(progress)))
    root, x_shape = Path(path).expanduser(), (*image_size("image_folder", size), channels)
    seed = whole("image_folder", "seed", seed, 0)
    parts, classes = _parts(root)
    files = [(part, label, file) for part, folder in parts.items() for label, name in enumerate(classes)
             for file in _files(folder / name)]
    images, read, skipped = _read(files, x_shape, strict, progress)
    labels = np.array([label for _, label, _ in read], np.int64)
    counts = np.bincount(labels, minlength=len(classes))
    _check_counts(root, classes, counts, skipped)
    rows = {name: np.array([k for k, (part, _, _) in enumerate(read) if part == name], int) for name in PARTS}
    if "test" not in parts:
        rows["train"], rows["test"] = _apart(rows["train"], labels, test, [seed, 0])
        validation = validation / (1 - test)
    if "validation" not in parts:
        rows["train"], rows["validation"] = _apart(rows["train"], labels, validation, [seed, 1])
    arrays = [array[rows[name]] for name in PARTS for array in (images, labels)]
    return ImageFolder(*arrays, classes, skipped, tuple(counts.tolist()))


def class_weights(labels: np.ndarray, classes: tuple | list | int) -> np.ndarray:
    """Weights for a loss in which every class counts the same, whether it has many images or few.

        weight[k] = N / (K * n_k),    n_k = the number of labels k

    Shapes: labels (N,) integers; classes: the names of the K classes, or K -> (K,) float64. Their mean over the labels is 1.
    Raises: ValueError if a class has no labels, or a label no class.
    """
    K = len(classes) if isinstance(classes, (tuple, list)) else whole("class_weights", "classes", classes, 1)
    names: Sequence = classes if isinstance(classes, (tuple, list)) else range(K)
    labels = plain_array("class_weights", "labels", labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or (len(labels) and not 0 <= labels.min() <= labels.max() < K):
        got = f"{labels.dtype} {shape_text(labels.shape)}"
        got += f" from {labels.min()} to {labels.max()}" if labels.size and labels.dtype.kind in "iu" else ""
        raise ShapeError(message("class_weights", f"labels (N,), integers from 0 to {K - 1}", got))
    counts = np.bincount(labels, minlength=min(K, len(labels) + 1))
    for name, count in zip(names, counts):
        if count == 0:
            raise ValueError(message("class_weights", "labels of every class", f"none of {name}", "is the limit too small?"))
    return len(labels) / (K * counts)


def _parts(root):
    """({part: its folder}, names of the classes)."""
    if not root.is_dir():
        got = "a file" if root.exists() else "nothing there"
        raise FileNotFoundError(message("image_folder", f"a folder {root}", got, "name the folder of the class folders"))
    parts = {"train": root}
    if _folders(root / "train"):
        names = {"train": "train", "test": "test", "validation": "validation", "val": "validation"}
        parts = {part: root / name for name, part in names.items() if _folders(root / name)}
    classes = _folders(parts["train"])
    if len(classes) < 2:
        expected = f"at least two folders in {parts['train']}, one for each class"
        got = f"only {classes[0]}" if classes else "none"
        raise ValueError(message("image_folder", expected, got, "put each class's images into a folder of its own"))
    for folder in parts.values():
        if _folders(folder) != classes:
            got = f"{', '.join(_folders(folder))} in {folder}"
            raise ValueError(message("image_folder", f"the classes {', '.join(classes)} in every part", got))
    return parts, classes


def _folders(path):
    """The names of the folders in a folder, sorted; an empty tuple if there is no such folder."""
    return tuple(sorted(p.name for p in path.iterdir() if p.is_dir() and not p.name.startswith("."))) if path.is_dir() else ()


def _files(folder):
    """The image files in a folder, sorted by name, so that a seed gives the same split on every system."""
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in ENDINGS + OTHER_IMAGES
                  and p.is_file() and not p.name.startswith("."))


def _read(files, x_shape, strict, progress):
    """(images, the entries of `files` that could be read, [(path, reason)] of the others)."""
    images, read, skipped = np.empty((len(files), *x_shape), np.uint8), [], []
    for k, entry in enumerate(files):
        try:
            image = read_image(entry[-1], x_shape[2])
            images[len(read)] = resize(centre_crop(image, x_shape[:2]), x_shape[:2])
            read.append(entry)
        except ImageError as problem:
            if strict:
                raise
            skipped.append((entry[-1], str(problem)))
        if progress:
            progress(k + 1, len(files))
    return images[:len(read)], read, skipped


def _check_counts(root, classes, counts, skipped):
    """Raise ValueError for a class without images that can be read."""
    for name, count in zip(classes, counts):
        if count == 0:
            bad = [str(file) for file, _ in skipped if file.parent.name == name]
            got = f"none that can be read, and {len(bad)} that cannot, such as {bad[0]}" if bad else "none"
            fix = "put images there, or remove the folder"
            raise ValueError(message("image_folder", f"PNG or JPEG files in {root / name}", got, fix))


def _apart(rows, labels, fraction, seed):
    """Set a fraction of the rows apart, the same fraction of every label."""
    if fraction == 0:
        return rows, rows[:0]
    rest, _, apart, _ = split(rows, labels[rows], fraction, seed)
    return rest, apart
