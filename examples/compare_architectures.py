"""Five architectures on Fashion-MNIST, trained alike for a few minutes: what each costs, and what it gives for it.

    python examples/compare_architectures.py

A small budget favours small networks; with more epochs (--epochs 10) the order changes. Writes a table and a picture.
"""

import argparse
import math
import os
import time

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from minicnn import AdamW, OneCycle, as_float, batches, fashion_mnist, softmax_cross_entropy
from minicnn.cli.console import Progress, at_least, one_line_errors, positive
from minicnn.metrics import accuracy
from minicnn.models import MODELS, build

SETTINGS = {"vgg_like": {"batch_norm": True}, "inception_like": {"batch_norm": True}}


def train(name, model, x, labels, flags, rng):
    """Train the model in place; returns the seconds of each step."""
    optimizer = AdamW(model.parameters(), lr=flags.lr)
    schedule = OneCycle(optimizer, max(2, flags.epochs * math.ceil(len(x) / 64)))
    seconds = []
    for epoch in range(1, flags.epochs + 1):
        progress = Progress(f"{name} {epoch}/{flags.epochs}", total=len(x))
        for x_batch, labels_batch in batches(x, labels, 64, rng=rng):
            start = time.perf_counter()
            logits = model.forward(x_batch)
            loss, dlogits = softmax_cross_entropy(logits, labels_batch)
            model.backward(dlogits, input_gradient=False)
            optimizer.step()
            seconds.append(time.perf_counter() - start)
            schedule.step()
            progress.update(loss, (logits.argmax(axis=1) == labels_batch).sum(), len(labels_batch))
        progress.close()
    return seconds


def picture(path, rows):
    """Accuracy over cost, one circle a network, its area the number of weights."""
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for row in rows:
        axes.scatter(row["ms"], row["accuracy"], s=row["parameters"] / 500, color="#0072B2", alpha=0.5)
        axes.annotate(f"{row['name']}\n{row['parameters']:,} weights", (row["ms"], row["accuracy"]), ha="center", va="center",
                      fontsize=8)
    axes.set(xlabel="milliseconds per training step of 64 pictures", ylabel="test accuracy", xscale="log")
    axes.margins(0.25)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter("{x:.1%}")
    axes.grid(alpha=0.3)
    FigureCanvasAgg(figure).print_figure(path, dpi=120)


def compare(flags):
    data = fashion_mnist(flags.data_dir)
    x, labels = as_float(data.train_images[:flags.limit]), data.train_labels[:flags.limit]               # (60000, 28, 28, 1)
    x_test, labels_test = as_float(data.test_images[:flags.limit]), data.test_labels[:flags.limit]
    os.makedirs(flags.run, exist_ok=True)
    rows = []
    for name in flags.models:
        rng = np.random.default_rng(flags.seed)                    # the same order of pictures for all
        model = build(name, x_shape=(28, 28, 1), rng=rng, **SETTINGS.get(name, {}))
        seconds = train(name, model, x, labels, flags, rng)
        rows.append({"name": name, "parameters": sum(p.size for p in model.parameters().values()),
                     "multiply_adds": model.multiply_adds((1, 28, 28, 1)), "ms": 1000 * np.median(seconds),
                     "accuracy": accuracy(labels_test, model.predict(x_test).argmax(axis=1))})
    print(f"\n{'network':<16}{'parameters':>12}{'multiply-adds':>15}{'ms per step':>13}{'test accuracy':>15}")
    for row in sorted(rows, key=lambda row: row["accuracy"]):
        print(f"{row['name']:<16}{row['parameters']:>12,}{row['multiply_adds']:>15,}{row['ms']:>13.1f}{row['accuracy']:>15.2%}")
    picture(path := os.path.join(flags.run, "architectures.png"), rows)
    print(f"saved {path}")


def main(arguments=None):
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS), metavar="NAME",
                       help="which of " + ", ".join(MODELS) + " (default: all)")
    flags.add_argument("--epochs", type=at_least(1), default=2, help="how often each picture is seen (default: %(default)s)")
    flags.add_argument("--lr", type=positive, default=2e-3, help="learning rate at its highest (default: %(default)s)")
    flags.add_argument("--seed", type=at_least(0), default=0, help="same seed, same bits (default: %(default)s)")
    flags.add_argument("--limit", type=at_least(20), metavar="N", help="the first N pictures only")
    flags.add_argument("--data-dir", metavar="FOLDER", help="a folder with the four files, or with fashion-mnist/ in it")
    flags.add_argument("--run", metavar="FOLDER", default="runs/architectures", help="where the picture goes")
    with one_line_errors():
        compare(flags.parse_args(arguments))


if __name__ == "__main__":
    main()
