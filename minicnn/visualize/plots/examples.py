"""Pictures with what the network said of them, and what it looked at."""

import numpy as np

from . import canvas

STEP, SIDE, TITLE = 1.35, 1.27, 0.36                               # inches: from picture to picture; a picture; over it
ROW = TITLE + STEP


def predictions(path, images, labels, probabilities, classes, columns=8):
    """Pictures with what the network said of each: green where right; where wrong, red with the right answer.

    Look for what the red ones have in common.

    Shapes: images (N, H, W, C), labels (N,), probabilities (N, K).
    """
    columns = max(min(columns, len(images)), 2)                    # two, so that a long title has room
    sheet = canvas.Sheet(STEP * columns, ROW * -(-len(images) // columns))
    for n, (image, label, p) in enumerate(zip(images, labels, probabilities)):
        left, top = n % columns * STEP, n // columns * ROW
        sheet.picture(image, left + 0.04, top + TITLE, SIDE, SIDE)
        _title(sheet, left, top, p, label, classes)
    canvas.save(sheet.figure, path)


def mistakes(path, images, labels, probabilities, classes, count=32):
    """The wrong predictions of which the network was surest.

    Look for labels that are wrong themselves, and for a feature that fools the network again and again.

    Shapes: images (N, H, W, C), labels (N,), probabilities (N, K); at most `count` are shown.
    """
    probabilities = np.asarray(probabilities)
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != labels)
    worst = wrong[np.argsort(-confidence[wrong], kind="stable")][:count]
    if len(worst):
        predictions(path, images[worst], np.asarray(labels)[worst], probabilities[worst], classes)
        return
    sheet = canvas.Sheet(6, 1.2)
    sheet.text(3, 0.6, f"no mistakes among {len(images):,} pictures", ha="center", va="center", fontsize=14, color=canvas.GREEN)
    canvas.save(sheet.figure, path)


def saliency(path, images, gradients, labels, probabilities, classes, columns=5):
    """Pictures, and under each how strongly every pixel moves the score of the predicted class: |d score / d pixel|.

    Look for brightness on the thing itself; a network that looks at the border or the background has learned
    something about the collection instead.

    Shapes: images (N, h, w, C), gradients (N, H, W, C), labels (N,), probabilities (N, K).
    Source: Simonyan, Vedaldi, Zisserman, 'Deep Inside Convolutional Networks', 2013, section 3.
    """
    columns = max(min(columns, len(images)), 2)
    height = TITLE + 2 * STEP
    sheet = canvas.Sheet(STEP * columns, height * -(-len(images) // columns))
    for n, (image, gradient) in enumerate(zip(images, gradients)):
        left, top = n % columns * STEP, n // columns * height
        sheet.picture(image, left + 0.04, top + TITLE, SIDE, SIDE)
        strength = np.abs(gradient).max(axis=-1)                                         # (H, W)
        sheet.image(strength / max(strength.max(), 1e-30), left + 0.04, top + TITLE + STEP - 0.04, SIDE, SIDE,
                    cmap="magma", vmin=0, vmax=1)
        _title(sheet, left, top, probabilities[n], labels[n], classes)
    canvas.save(sheet.figure, path)


def _title(sheet, left, top, p, label, classes):
    best = int(np.argmax(p))
    right = best == label
    text = f"{canvas.shorten(classes[best], 12)}  {p[best]:.0%}"
    text += "" if right else f"\nis {canvas.shorten(classes[label], 14)}"
    sheet.text(left + STEP / 2, top + TITLE - 0.03, text, STEP - 0.1, ha="center", va="bottom", fontsize=9, linespacing=1.15,
               color=canvas.GREEN if right else canvas.RED)
