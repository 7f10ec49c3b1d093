"""Images before and after augmentation."""

import numpy as np

from . import canvas

STEP, SIDE, NAMES = 0.86, 0.8, 1.3                                 # inches: between two images; one image; room for the names


def augmentations(path: canvas.FilePath, rows: dict[str, np.ndarray]) -> None:
    """Images before and after augmentation: one row for each kind of change, with its name.

    Look for images that a person could no longer name: the network would learn a wrong label. Look also for changes that
    never happen in real images: they make training harder and teach nothing.

    Shapes: rows: name -> images (n, H, W, C), bytes 0..255 or floats 0..1.
    """
    columns = max(len(images) for images in rows.values())
    sheet = canvas.Sheet(NAMES + STEP * columns, STEP * len(rows))
    for row, (name, images) in enumerate(rows.items()):
        sheet.text(NAMES - 0.1, STEP * (row + 0.5), canvas.shorten(name, 30), ha="right", va="center", width=NAMES - 0.15)
        for column, image in enumerate(images):
            sheet.image(image, NAMES + STEP * column, STEP * row + 0.03, SIDE, SIDE)
    canvas.save(sheet.figure, path)
