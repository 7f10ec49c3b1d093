"""Images with the network's predictions, and which pixels decided."""

import numpy as np

from . import canvas

STEP, SIDE, TITLE = 1.35, 1.27, 0.36                               # inches: between two images; one image; its title
ROW = TITLE + STEP


def predictions(path: canvas.FilePath, images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, classes,
                columns: int = 8) -> None:
    """Images with the network's prediction for each: green if it is right, red with the right answer if it is wrong.

    Look for what the red ones have in common.

    Shapes: images (N, H, W, C), labels (N,), probabilities (N, K).
    """
    columns = max(min(columns, len(images)), 2)                    # at least two: room for a long title
    sheet = canvas.Sheet(STEP * columns, ROW * -(-len(images) // columns))
    for n, (image, label, p) in enumerate(zip(images, labels, probabilities)):
        left, top = n % columns * STEP, n // columns * ROW
        sheet.image(image, left + 0.04, top + TITLE, SIDE, SIDE)
        _title(sheet, left, top, p, label, classes)
    canvas.save(sheet.figure, path)


def mistakes(path: canvas.FilePath, images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, classes,
             count: int = 32) -> None:
    """The wrong predictions with the highest confidence.

    Look for labels that are wrong themselves, and for a feature that misleads the network several times.

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
    sheet.text(3, 0.6, f"no mistakes among {len(images):,} images", ha="center", va="center", fontsize=14, color=canvas.GREEN)
    canvas.save(sheet.figure, path)


def saliency(path: canvas.FilePath, images: np.ndarray, gradients: np.ndarray, labels: np.ndarray, probabilities: np.ndarray,
             classes, columns: int = 5) -> None:
    """Images, and below each how strongly every pixel changes the score of the predicted class: |d score / d pixel|.

    Look for bright pixels on the object itself. If they lie on the border or the background, the network has learned
    something about the data set and not about the object.

    Shapes: images (N, h, w, C), gradients (N, H, W, C), labels (N,), probabilities (N, K).
    Source: Simonyan, Vedaldi, Zisserman, 'Deep Inside Convolutional Networks', 2013, section 3.
    """
    columns = max(min(columns, len(images)), 2)
    height = TITLE + 2 * STEP
    sheet = canvas.Sheet(STEP * columns, height * -(-len(images) // columns))
    for n, (image, gradient) in enumerate(zip(images, gradients)):
        left, top = n % columns * STEP, n // columns * height
        sheet.image(image, left + 0.04, top + TITLE, SIDE, SIDE)
        strength = np.abs(gradient).max(axis=-1)                                         # (H, W)
        sheet.array(strength / max(strength.max(), 1e-30), left + 0.04, top + TITLE + STEP - 0.04, SIDE, SIDE,
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
