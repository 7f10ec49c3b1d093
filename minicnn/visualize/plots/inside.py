"""The inside of a network: filters, feature maps, and how large its numbers are."""

import numpy as np
from matplotlib.figure import Figure

from . import canvas


def filters(path: canvas.FilePath, w: np.ndarray, most: int = 64) -> None:
    """The filters of the first layer, each as a small image.

    Look for edges, spots and colours. A flat filter has learned nothing. A filter that looks like noise needs more
    training, more data or weight decay. Red is above 0, blue is below 0. Filters of three channels are shown in colours,
    and there grey is 0.

    Shapes: w (KH, KW, C, F). If C is not 3, the sum over the channels is shown.
    """
    w = np.asarray(w, np.float64)[..., :most]
    largest = max(np.abs(w).max(), 1e-30)
    step, side, title, columns = 0.62, 0.56, 0.18, min(16, w.shape[-1])                  # inches
    sheet = canvas.Sheet(step * columns, (step + title) * -(-w.shape[-1] // columns))
    for f in range(w.shape[-1]):
        left, top = f % columns * step, f // columns * (step + title)
        sheet.text(left + step / 2, top + title - 0.02, str(f), ha="center", va="bottom", fontsize=7)
        box = left + 0.03, top + title, side, side
        if w.shape[2] == 3:
            sheet.array(0.5 + w[..., f] / (2 * largest), *box)                           # 0 becomes grey
        else:
            sheet.signed(w[..., f].sum(axis=2), largest, *box)
    canvas.save(sheet.figure, path)


def feature_maps(path: canvas.FilePath, image: np.ndarray, maps: list[tuple[str, np.ndarray]], most: int = 16) -> None:
    """One image and the output of each layer for it: one row for each layer, one tile for each channel.

    Look for tiles that stay white for every image (dead channels), rows in which all tiles look alike (too many filters),
    and the layer from which you cannot recognise the image any more. Red is above 0, blue is below 0, white is 0. Each row
    has its own scale.

    Shapes: image (H, W, C); maps: (name, y) of each layer, y (OH, OW, F) or (K,), as features.feature_maps returns them.
    """
    name_width, width, height = 1.9, 9.1, 0.66                                           # inches
    sheet = canvas.Sheet(name_width + width, height * (len(maps) + 1))

    def name(row, first, second):
        for text, down, colour in ((first, 0.34, "black"), (second, 0.66, canvas.GREY)):
            sheet.text(0.1, (row + down) * height, text, name_width - 0.15, fontsize=8, va="center", color=colour)
        return name_width, (row + 0.05) * height, width, 0.9 * height

    sheet.image(image, *name(0, "image", _size(image.shape)), middle=False)
    for row, (layer, y) in enumerate(maps, 1):
        largest = float(np.abs(y).max())
        more = f", {most} shown" if y.ndim == 3 and y.shape[2] > most else ""
        box = name(row, canvas.shorten(layer, 30), f"{_size(y.shape)}{more}, ±{largest:.2g}")
        sheet.signed(_tiles(y, most), largest, *box, middle=False)
    canvas.save(sheet.figure, path)


def _size(shape):
    return " x ".join(map(str, shape))


def _tiles(y, most):
    """The first channels of y (OH, OW, F) side by side, or y (K,) in lines, as one array, with NaN (transparent) between."""
    if y.ndim == 1:
        lines = max(1, round((len(y) / 16) ** 0.5)) if len(y) > 16 else 1
        return np.pad(y.astype(np.float64), (0, -len(y) % lines), constant_values=np.nan).reshape(lines, -1)
    OH, OW, F = y.shape
    F, gap = min(F, most), max(1, round(OW / 14))
    tiles = np.full((OH + 2 * gap, F * (OW + gap) + gap), np.nan)
    for f in range(F):
        tiles[gap:gap + OH, gap + f * (OW + gap):(f + 1) * (OW + gap)] = y[:, :, f]
    return tiles


def layer_statistics(path: canvas.FilePath, rows: list[dict]) -> None:
    """How large the numbers of each layer are: its activations, its weights, and the gradients of its weights.

    Look for activations that shrink or grow from layer to layer, for dead channels, and for gradients that are thousands of
    times smaller in the first layers than in the last: those layers do not learn.

    rows: what features.layer_statistics returns.
    """
    figure = Figure(figsize=(10, 1.3 + 0.24 * len(rows)), layout="constrained")
    spread, zeros, speed = figure.subplots(1, 3, sharey=True, width_ratios=(4, 3, 4))
    at = np.arange(len(rows))
    spread.hlines(at, [row["low"] for row in rows], [row["high"] for row in rows], color=canvas.BLUE, linewidth=5, alpha=0.5,
                  label="90% of the values")
    spread.plot([row["mean"] for row in rows], at, "o", color=canvas.BLUE, markersize=4, label="mean")
    spread.axvline(0, color=canvas.GREY, linewidth=0.8)
    spread.set(xlabel="activations", yticks=at, ylim=(len(rows) - 0.5, -0.5))
    spread.set_yticklabels([canvas.shorten(row["name"], 30) for row in rows], fontsize=8)

    for what, height, colour, label in (("zeros", 0.7, "#80B8D9", "activations that are 0"),
                                        ("dead", 0.35, canvas.RED, "dead channels")):
        zeros.barh(at, [100 * row[what] for row in rows], height, color=colour, label=label)
    zeros.set(xlabel="fraction in %", xlim=(0, 100))

    learned = [(n, row["weights"], row["gradients"]) for n, row in enumerate(rows) if row["weights"] is not None]
    if learned:
        rows_at, weights, gradients = zip(*learned)
        speed.plot(weights, rows_at, "s", color=canvas.GREY, markersize=5, label="weights")
        speed.plot(gradients, rows_at, "o", color=canvas.ORANGE, markersize=6, label="gradients of the loss")
    speed.set(xlabel="root mean square", xscale="log")
    for axes in (spread, zeros, speed):
        axes.grid(alpha=0.3)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=8, frameon=False)
    canvas.save(figure, path)
