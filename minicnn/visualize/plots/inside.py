"""What is inside a network: filters, feature maps, and how large its numbers are."""

import numpy as np
from matplotlib.figure import Figure

from . import canvas


def filters(path, w, most=64):
    """The filters of the first layer, each as a small picture.

    Look for edges, spots and colours. A filter that is flat has learned nothing; one that is noise needs more
    training, more data or weight decay. Red is above 0, blue below, unless the filters are shown in colours: then
    grey is 0.

    Shapes: w (KH, KW, C, F). Filters of three channels are shown in colours, of others their sum over the channels.
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
            sheet.image(0.5 + w[..., f] / (2 * largest), *box)                           # grey is 0
        else:
            sheet.signed(w[..., f].sum(axis=2), largest, *box)
    canvas.save(sheet.figure, path)


def feature_maps(path, image, maps, most=16):
    """One picture on its way through the network: what each layer makes of it, one row a layer, one tile a channel.

    Look for tiles that stay white for every picture (dead channels), rows in which all tiles look alike (too many
    filters), and the layer from which you cannot recognise the picture any more. Red is
    above 0, blue below, white is 0; each row has a scale of its own.

    Shapes: image (H, W, C); maps: (name, y) of each layer, y (OH, OW, F) or (K,), as looking.feature_maps gives them.
    """
    name_width, width, height = 1.9, 9.1, 0.66                                           # inches
    sheet = canvas.Sheet(name_width + width, height * (len(maps) + 1))

    def name(row, first, second):
        for text, down, colour in ((first, 0.34, "black"), (second, 0.66, canvas.GREY)):
            sheet.text(0.1, (row + down) * height, text, name_width - 0.15, fontsize=8, va="center", color=colour)
        return name_width, (row + 0.05) * height, width, 0.9 * height

    sheet.picture(image, *name(0, "picture", _size(image.shape)), middle=False)
    for row, (layer, y) in enumerate(maps, 1):
        largest = float(np.abs(y).max())
        more = f", {most} shown" if y.ndim == 3 and y.shape[2] > most else ""
        box = name(row, canvas.shorten(layer, 30), f"{_size(y.shape)}{more}, ±{largest:.2g}")
        sheet.signed(_tiles(y, most), largest, *box, middle=False)
    canvas.save(sheet.figure, path)


def _size(shape):
    return " x ".join(map(str, shape))


def _tiles(y, most):
    """The first channels of y (OH, OW, F) side by side, or y (K,) in lines, as one picture; NaN, transparent, between."""
    if y.ndim == 1:
        lines = max(1, round((len(y) / 16) ** 0.5)) if len(y) > 16 else 1
        return np.pad(y.astype(np.float64), (0, -len(y) % lines), constant_values=np.nan).reshape(lines, -1)
    OH, OW, F = y.shape
    F, gap = min(F, most), max(1, round(OW / 14))
    tiles = np.full((OH + 2 * gap, F * (OW + gap) + gap), np.nan)
    for f in range(F):
        tiles[gap:gap + OH, gap + f * (OW + gap):(f + 1) * (OW + gap)] = y[:, :, f]
    return tiles


def layer_statistics(path, rows):
    """How large the numbers of each layer are: what it gives on, how much of it is 0, and how fast its weights learn.

    Look for activations that shrink or grow from layer to layer, channels that are dead, and gradients that are
    thousands of times smaller in the first layers than in the last: those layers do not learn.

    rows: what looking.layer_statistics returns.
    """
    figure = Figure(figsize=(10, 1.3 + 0.24 * len(rows)), layout="constrained")
    spread, zeros, speed = figure.subplots(1, 3, sharey=True, width_ratios=(4, 3, 4))
    at = np.arange(len(rows))
    spread.hlines(at, [row["low"] for row in rows], [row["high"] for row in rows], color=canvas.BLUE, linewidth=5, alpha=0.5,
                  label="90% lie here")
    spread.plot([row["mean"] for row in rows], at, "o", color=canvas.BLUE, markersize=4, label="mean")
    spread.axvline(0, color=canvas.GREY, linewidth=0.8)
    spread.set(xlabel="activations", yticks=at, ylim=(len(rows) - 0.5, -0.5))
    spread.set_yticklabels([canvas.shorten(row["name"], 30) for row in rows], fontsize=8)

    for what, height, colour, label in (("zeros", 0.7, "#80B8D9", "activations that are 0"),
                                        ("dead", 0.35, canvas.RED, "dead channels")):
        zeros.barh(at, [100 * row[what] for row in rows], height, color=colour, label=label)
    zeros.set(xlabel="share in %", xlim=(0, 100))

    learned = [(n, row["weights"], row["gradients"]) for n, row in enumerate(rows) if row["weights"] is not None]
    if learned:
        at, weights, gradients = zip(*learned)
        speed.plot(weights, at, "s", color=canvas.GREY, markersize=5, label="weights")
        speed.plot(gradients, at, "o", color=canvas.ORANGE, markersize=6, label="gradients of the loss")
    speed.set(xlabel="root mean square", xscale="log")
    for axes in (spread, zeros, speed):
        axes.grid(alpha=0.3)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=8, frameon=False)
    canvas.save(figure, path)
