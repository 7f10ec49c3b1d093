"""What augmentation makes of a few pictures."""

from . import canvas

STEP, SIDE, NAMES = 0.86, 0.8, 1.3                                 # inches: from picture to picture; a picture; left of them


def augmentations(path, rows):
    """Pictures as they are and changed, a row for each kind of change, its name beside it.

    Look for pictures that a person could no longer name: the network would learn a label that is wrong. And for changes
    that never happen in the pictures to come: they cost training and teach nothing.

    Shapes: rows: name -> images (n, H, W, C), bytes 0..255 or floats 0..1.
    """
    columns = max(len(images) for images in rows.values())
    sheet = canvas.Sheet(NAMES + STEP * columns, STEP * len(rows))
    for row, (name, images) in enumerate(rows.items()):
        sheet.text(NAMES - 0.1, STEP * (row + 0.5), canvas.shorten(name, 30), ha="right", va="center", width=NAMES - 0.15)
        for column, image in enumerate(images):
            sheet.picture(image, NAMES + STEP * column, STEP * row + 0.03, SIDE, SIDE)
    canvas.save(sheet.figure, path)
