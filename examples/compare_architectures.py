"""Five architectures on Fashion-MNIST, trained in the same way for a few minutes: how fast and how accurate each is.

    python examples/compare_architectures.py

In a short training small networks do better; with more epochs (--epochs 10) the order changes. Prints a table and saves a plot.
"""

import os

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from minicnn import AdamW, OneCycle, Preprocessing, fashion_mnist, softmax_cross_entropy
from minicnn.cli.arguments import run_example, training_flags
from minicnn.models import MODELS, build
from minicnn.training import Run, total_steps
from minicnn.training.run_folder import fresh_folder

SETTINGS = {"vgg_like": {"batch_norm": True}, "inception_like": {"batch_norm": True}}


def train(name, data, folder, flags):
    """Train one network; returns its row of the table."""
    rng = np.random.default_rng(flags.seed)                        # the same order of images for all
    images, labels = data.train_images[:flags.limit], data.train_labels[:flags.limit]            # (60000, 28, 28, 1) bytes
    model = build(name, x_shape=(28, 28, 1), rng=rng, **SETTINGS.get(name, {}))
    optimizer = AdamW(model.parameters(), lr=flags.lr)
    schedule = OneCycle(optimizer, total_steps(images, 64, flags.epochs))
    resume = flags.resume and os.path.exists(os.path.join(folder, name, "last.npz"))
    print(name)
    with Run(os.path.join(folder, name), model, optimizer, schedule, rng=rng, name=name, settings=vars(flags), resume=resume,
             preprocess=Preprocessing.of("0..1", (28, 28, 1), kind="garment"), classes=data.classes) as run:
        for epoch in run.epochs(flags.epochs):
            for x, batch_labels in epoch.batches(images, labels, 64):
                logits = model.forward(x)
                loss, dlogits = softmax_cross_entropy(logits, batch_labels)
                model.backward(dlogits)
                optimizer.step()
                schedule.step()
                epoch.record(loss, logits, batch_labels)
        result = run.finish(data.test_images[:flags.limit], data.test_labels[:flags.limit])
    milliseconds = 64_000 / np.median([row["images_per_second"] for row in run.history])
    return {"name": name, "parameters": sum(p.size for p in model.parameters().values()), "ms": milliseconds,
            "multiply_adds": model.multiply_adds((1, 28, 28, 1)), "accuracy": result.accuracy}


def plot(path, rows):
    """Accuracy against cost; one circle per network, its area proportional to the number of weights."""
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for row in rows:
        axes.scatter(row["ms"], row["accuracy"], s=row["parameters"] / 500, color="#0072B2", alpha=0.5)
        axes.annotate(f"{row['name']}\n{row['parameters']:,} weights", (row["ms"], row["accuracy"]), ha="center", va="center")
    axes.set(xlabel="milliseconds per training step of 64 images", ylabel="test accuracy", xscale="log")
    axes.xaxis.set(major_locator=LogLocator(subs=(1, 2, 5)), major_formatter="{x:g}", minor_formatter=NullFormatter())
    axes.margins(0.25)
    FigureCanvasAgg(figure).print_figure(path, dpi=120)


def compare(flags):
    """Train all networks, print the table, draw the plot, and return the best test accuracy."""
    data = fashion_mnist(flags.data_dir)
    folder = flags.run or ("runs/architectures" if flags.resume else fresh_folder("runs", "architectures"))
    rows = sorted((train(name, data, folder, flags) for name in MODELS), key=lambda row: row["accuracy"])
    print(f"\n{'network':<16}{'parameters':>12}{'multiply-adds':>15}{'ms per step':>13}{'test accuracy':>15}")
    for row in rows:
        print(f"{row['name']:<16}{row['parameters']:>12,}{row['multiply_adds']:>15,}{row['ms']:>13.1f}{row['accuracy']:>15.2%}")
    plot(path := os.path.join(folder, "architectures.png"), rows)
    print(f"saved {path}; minicnn runs {folder} lists the runs")
    return rows[-1]["accuracy"]


if __name__ == "__main__":
    run_example(training_flags(__doc__, "architectures", epochs=2, lr=2e-3, data_dir=True), compare)
