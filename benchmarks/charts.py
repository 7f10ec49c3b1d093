"""Charts of the results, one per section. A competitor has the same colour in all of them."""

from matplotlib.figure import Figure

from .competitors import COMPETITORS, OURS

COLOURS = dict(zip(COMPETITORS, ("#c0392b", "#7fb3d5", "#2471a3", "#e59866", "#7d8b99")))
COLOURS["PyTorch"] = COLOURS["PyTorch channels_last"]


def section(measured, path):
    """Draw one section into a PNG file, or nothing if it was skipped."""
    draw = {"networks": networks, "resnet": networks, "ladder": ladder, "scaling": scaling, "augmentation": augmentation,
            "start": start, "accuracy": accuracy}
    if "skipped" not in measured and measured["section"] in draw:    # layers and busy are tables alone
        draw[measured["section"]](measured).savefig(path, dpi=110, bbox_inches="tight")


def networks(measured):
    """Time at the first batch size as a multiple of ours, training left and inference right; shorter is better."""
    batch = measured["rows"][0]["batch"]
    figure = Figure(figsize=(12, 4.5))
    axes = figure.subplots(1, 2)
    for axis, task, title in zip(axes, ("train_step", "infer"), ("training step", "inference")):
        rows = [row for row in measured["rows"] if row["task"] == task and row["batch"] == batch and OURS in row["seconds"]]
        names = list(dict.fromkeys(name for row in rows for name in row["seconds"]))
        width = 0.8 / max(len(names), 1)
        for k, name in enumerate(names):
            for at, row in enumerate(rows):
                if name in row["seconds"]:
                    low, middle, high = (row["seconds"][name][key] / row["seconds"][OURS]["median"]
                                         for key in ("min", "median", "max"))
                    axis.bar(at + (k - (len(names) - 1) / 2) * width, middle, width, color=COLOURS[name],
                             label=name if at == 0 else None, yerr=[[middle - low], [high - middle]],
                             error_kw={"linewidth": 0.8})
        axis.set(title=f"{title}, batch {batch}: time, {OURS} = 1")
        axis.set_xticks(range(len(rows)), [f"{row['network']}\n({1e3 * row['seconds'][OURS]['median']:.2f} ms)"
                                           for row in rows])
        if names:
            axis.legend(fontsize=8)
    return figure


def ladder(measured):
    """GFLOP/s of every implementation on a logarithmic scale, and the peak as a line."""
    figure = Figure(figsize=(12, 3.5))
    axes = figure.subplots(1, 2, sharey=True)
    for axis, row in zip(axes, measured["rows"]):
        names = list(row["entries"])
        speeds = [row["entries"][name]["gflops"]["median"] for name in names]
        bars = axis.barh(names, speeds, color=[COLOURS.get(name, "#aeb6bf") for name in names])
        axis.bar_label(bars, [f"{speed:.3g}" for speed in speeds], padding=3, fontsize=8)
        axis.axvline(row["peak"]["median"], color="black", linestyle=":", label="the machine's peak")
        axis.set(title=f"{row['task']}, GFLOP/s (log scale)", xscale="log", xlim=(None, 4 * row["peak"]["median"]))
        axis.legend(fontsize=8, loc="upper right")
    axes[0].invert_yaxis()
    return figure


def scaling(measured):
    """Images per second for each batch size; fraction of the peak for each number of channels."""
    figure = Figure(figsize=(12, 4))
    left, right = figure.subplots(1, 2)
    rows = measured["batches"]
    for name in dict.fromkeys(name for row in rows for name in row["seconds"]):
        here = [row for row in rows if name in row["seconds"]]
        left.plot([row["batch"] for row in here], [row["batch"] / row["seconds"][name]["median"] for row in here],
                  "o-", label=name, color=COLOURS[name])
    left.set(title=f"training {measured['threads']['network']}, images/s", xlabel="batch", xscale="log")
    numbered(left, [row["batch"] for row in rows])
    left.legend(fontsize=8)
    rows = [row for row in measured["channels"] if "products" in row]
    for K, line in zip(dict.fromkeys(row["K"] for row in rows), ("-", ":")):
        here = [row for row in rows if row["K"] == K]
        for product, colour in (("forward", "C0"), ("input gradient", "C1"), ("weight gradient", "C2")):
            right.plot([row["C"] for row in here], [100 * row["products"][product]["share"]["median"] for row in here],
                       "o" + line, color=colour, label=f"{product}, {K} x {K}")
    right.set(title="our convolution, % of the machine's peak", xlabel="channels", xscale="log", ylim=(0, None))
    if rows:
        numbered(right, [row["C"] for row in rows])
        right.legend(fontsize=8)
    return figure


def numbered(axis, values):
    """The values themselves as the marks of a logarithmic axis."""
    axis.set_xticks(sorted(set(values)), sorted(set(values)))
    axis.set_xticks([], minor=True)


def augmentation(measured):
    """Milliseconds of a step, and of each change of its batch."""
    figure = Figure(figsize=(7, 2.2))
    axis = figure.subplots()
    seconds = {"a training step": measured["epoch"]["plain"]} | measured["seconds"] if "seconds" in measured else {}
    values = [1e3 * s["median"] for s in seconds.values()]
    bars = axis.barh(list(seconds), values, color=["#aeb6bf", *[COLOURS[OURS]] * (len(values) - 1)] if values else None)
    axis.bar_label(bars, [f"{value:.2f}" for value in values], padding=3, fontsize=8)
    axis.set(title="milliseconds per batch of 64 images, 32 x 32 x 1")
    axis.invert_yaxis()
    return figure


def start(measured):
    """Seconds to the first finished training step."""
    figure = Figure(figsize=(7, 2))
    axis = figure.subplots()
    names = ["minicnn, first start ever", *(f"{name}, later" for name in measured["warm"])]
    seconds = [measured["cold"], *(s["median"] for s in measured["warm"].values())]
    colours = [COLOURS[OURS], *(COLOURS[name] for name in measured["warm"])]
    axis.bar_label(axis.barh(names, seconds, color=colours), [f"{s:.2f}" for s in seconds], padding=3, fontsize=8)
    axis.set(title="seconds from process start to the first training step")
    axis.invert_yaxis()
    return figure


def accuracy(measured):
    """Seconds to the tested network, one dot per seed."""
    figure = Figure(figsize=(7, 2))
    axis = figure.subplots()
    for name, program in measured["programs"].items():
        axis.plot(program["seconds"]["rounds"], [name] * len(program["seconds"]["rounds"]), "o", color=COLOURS[name])
    axis.set(title=f"seconds from process start to {measured['goal']:.0%} on MNIST", xlim=(0, None))
    return figure
