"""Own pictures: a folder with one folder of PNG or JPEG files for each class."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..shapes import ShapeError, message, pair, shape_text
from .batches import split
from .image_files import ImageError, read_image
from .images import centre_crop, resize

ENDINGS = (".png", ".jpg", ".jpeg")
PARTS = ("train", "validation", "test")
OTHER_PICTURES = (".bmp", ".gif", ".heic", ".tif", ".tiff", ".webp")  # named, not passed over in silence


class ImageFolder(NamedTuple):
    """Pictures of a folder, cut into three parts, and what was left out.

    Shapes: images (N, H, W, C) uint8, labels (N,) int64; classes[label] is a folder's name, `skipped` pairs of a path and
    the reason, counts[label] how many pictures of all parts a class has.
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


def image_folder(path, size, channels=3, validation=0.15, test=0.15, seed=0, strict=False, progress=None):
    """Read a folder of pictures, cut each to the proportions of `size` around its middle, resize it, and split them.

    path/CLASS/*.png, *.jpg, *.jpeg are cut by `seed` into the shares `validation` and `test` and the rest, of every class
    alike. Where there is path/train/CLASS, the folders train, test and validation (or val) are the split, and what is
    missing of them is cut from train. A picture that cannot be read is left out and listed in `.skipped`, or raises
    where `strict`. `progress(done, total)` is called after each picture.

    Raises: FileNotFoundError for no such folder; ValueError for fewer than two classes, a class without pictures, or
    shares that leave a part without any; ImageError where `strict`.
    """
    if channels not in (1, 3):
        raise ShapeError(message("image_folder", "channels 1 or 3", channels))
    if not (validation >= 0 and test >= 0 and validation + test < 1):
        raise ShapeError(message("image_folder", "shares validation and test >= 0, together below 1", (validation, test)))
    root, size = Path(path).expanduser(), pair("image_folder", "size", size, 1)
    parts, classes = _parts(root)
    files = [(part, label, file) for part, folder in parts.items() for label, name in enumerate(classes)
             for file in _files(folder / name)]
    images, read, skipped = _read(files, (*size, channels), strict, progress)
    labels = np.array([label for _, label, _ in read], np.int64)
    counts = np.bincount(labels, minlength=len(classes))
    for name, count in zip(classes, counts):
        if count == 0:
            bad = [str(file) for file, _ in skipped if file.parent.name == name]
            got = f"none that can be read, and {len(bad)} that cannot, such as {bad[0]}" if bad else "none"
            fix = "put pictures there, or remove the folder"
            raise ValueError(message("image_folder", f"PNG or JPEG files in {root / name}", got, fix))
    rows = {name: np.array([k for k, (part, _, _) in enumerate(read) if part == name], int) for name in PARTS}
    if "test" not in parts:
        rows["train"], rows["test"] = _apart(rows["train"], labels, test, [seed, 0])
        validation = validation / (1 - test)
    if "validation" not in parts:
        rows["train"], rows["validation"] = _apart(rows["train"], labels, validation, [seed, 1])
    arrays = [array[rows[name]] for name in PARTS for array in (images, labels)]
    return ImageFolder(*arrays, classes, skipped, tuple(counts.tolist()))


def class_weights(labels, classes):
    """What each class has to count in the loss so that all count alike: weight[k] = N / (K * how many labels are k).

    Shapes: labels (N,) integers, classes the names of the K classes, or K -> (K,) float64, whose mean over the labels is 1
    Raises: ValueError for a class without labels, or a label without a class.
    """
    names = range(classes) if isinstance(classes, int) else classes
    K, labels = len(names), np.asarray(labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or (len(labels) and not 0 <= labels.min() <= labels.max() < K):
        got = f"{labels.dtype} {shape_text(labels.shape)}" + (f" up to {labels.max()}" if labels.size else "")
        raise ShapeError(message("class_weights", f"labels (N,), integers from 0 to {K - 1}", got))
    counts = np.bincount(labels, minlength=K)
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
        there = {"train": "train", "test": "test", "validation": "validation", "val": "validation"}
        parts = {part: root / name for name, part in there.items() if _folders(root / name)}
    classes = _folders(parts["train"])
    if len(classes) < 2:
        expected = f"at least two folders in {parts['train']}, one for each class"
        got = f"only {classes[0]}" if classes else "none"
        raise ValueError(message("image_folder", expected, got, "put each class's pictures into a folder of its own"))
    for folder in parts.values():
        if _folders(folder) != classes:
            got = f"{', '.join(_folders(folder))} in {folder}"
            raise ValueError(message("image_folder", f"the classes {', '.join(classes)} in every part", got))
    return parts, classes


def _folders(path):
    """The names of the folders in a folder, sorted; none where there is no such folder."""
    return tuple(sorted(p.name for p in path.iterdir() if p.is_dir() and not p.name.startswith("."))) if path.is_dir() else ()


def _files(folder):
    """The pictures in a folder, sorted by name, so that a seed splits alike on every system."""
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in ENDINGS + OTHER_PICTURES
                  and p.is_file() and not p.name.startswith("."))


def _read(files, x_shape, strict, progress):
    """(images, those of `files` that became images, [(path, reason)] of the others)."""
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


def _apart(rows, labels, share, seed):
    """Set a share of the rows apart, the same of every label."""
    if share == 0:
        return rows, rows[:0]
    rest, _, apart, _ = split(rows, labels[rows], share, np.random.default_rng(seed))
    return rest, apart
