"""Foreign pictures beside what the network saw of them and what it answered."""

from matplotlib.figure import Figure

from . import canvas


def what_was_seen(path, images, seen, names, answers):
    """A row for each picture: as it came, as the network saw it, and its first answers.

    Look for what got lost on the way: a digit that was cut off, a background taken for the thing itself.

    Shapes: images and seen lists of (h, w, c) and of (H, W, C), bytes or floats 0..1; names: a title each; answers: a
    list of (class, probability) each.
    """
    figure = Figure(figsize=(6.4, 1.9 * len(images)), layout="constrained")
    rows = figure.subplots(len(images), 3, squeeze=False, width_ratios=(1, 1, 1.6))
    for (left, middle, right), image, x, name, answer in zip(rows, images, seen, names, answers):
        canvas.show_image(left, image)
        canvas.show_image(middle, x)
        left.set_title(canvas.shorten(name, 24), fontsize=8)
        middle.set_title("what the network saw", fontsize=8)
        left.axis("off")
        middle.axis("off")
        classes, shares = [canvas.shorten(name, 16) for name, _ in answer], [share for _, share in answer]
        bars = right.barh(range(len(answer)), shares, color=[canvas.BLUE] + [canvas.GREY] * (len(answer) - 1))
        right.bar_label(bars, [f"{share:.1%}" for share in shares], padding=3, fontsize=8)
        right.set(xlim=(0, 1.25), xticks=(), yticks=range(len(answer)), yticklabels=classes)
        right.invert_yaxis()
        right.spines[["top", "right", "bottom"]].set_visible(False)
    canvas.save(figure, path)
