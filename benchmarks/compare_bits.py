"""Did a change of the code change a result? A dozen small trainings, predictions and gradients, with fixed seeds, as hashes.

    python -m benchmarks.compare_bits --out before.json          # on the old version
    python -m benchmarks.compare_bits --out after.json           # on the new one
    python -m benchmarks.compare_bits --compare before.json after.json

Two results are the same if all their bits are. The script uses the public names of minicnn only, so that it runs on
versions whose files are arranged differently. Compare files of one machine: `fast` may round differently on another CPU.
"""

import argparse
import hashlib
import itertools
import json
import platform
import sys
from pathlib import Path

import numpy as np

import minicnn
from minicnn import (
    SGD,
    Adam,
    AdamW,
    Augment,
    AveragedWeights,
    AvgPool2D,
    BatchNorm,
    Concat,
    Conv2D,
    Cosine,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2D,
    LeakyReLU,
    MaxPool2D,
    OneCycle,
    ReLU,
    Residual,
    RMSprop,
    Sequential,
    Sigmoid,
    StepDecay,
    Tanh,
    as_float,
    batches,
    clip_gradients,
    digits,
    models,
    ops,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
)

STEPS = {"definition": 1, "reference": 8, "fast": 24}
BATCH = {"definition": 2, "reference": 16, "fast": 16}


def hashed(*arrays):
    """A short hash of the shapes, dtypes and bits of arrays; None counts too."""
    digest = hashlib.sha256()
    for a in arrays:
        digest.update(repr(None if a is None else (a.shape, str(a.dtype))).encode())
        digest.update(b"" if a is None else np.ascontiguousarray(a).tobytes())
    return digest.hexdigest()[:16]


def images(x_shape, classes, N=96, dtype=np.float32, seed=7):
    """For each class one image of noise; each image adds more noise to it. Quick to draw, and learned in a few steps."""
    rng = np.random.default_rng(seed)
    labels = np.arange(N) % classes
    return (rng.normal(size=(classes, *x_shape))[labels] + 0.5 * rng.normal(size=(N, *x_shape))).astype(dtype), labels


# ---- a dozen trainings: name -> (model, its images, its settings), all drawn from one seed

def lenet5(rng):
    return models.lenet5((28, 28, 1), rng=rng), images((28, 28, 1), 10), {"optimizer": (SGD, 0.05, {"momentum": 0.9})}


def two_conv(rng):
    return models.two_conv((12, 10, 1), rng=rng, width=8), images((12, 10, 1), 10), {"schedule": (OneCycle, 30)}


def vgg_like(rng):
    return (models.vgg_like((12, 12, 3), rng=rng, width=8, blocks=(2, 1), batch_norm=True), images((12, 12, 3), 10),
            {"optimizer": (AdamW, 1e-3, {"weight_decay": 0.1}), "average": 0.9})


def resnet(rng):
    return (models.resnet((9, 11, 3), rng=rng, width=8, blocks=(1, 1)), images((9, 11, 3), 10),
            {"optimizer": (SGD, 0.1, {"momentum": 0.9, "nesterov": True, "weight_decay": 1e-4}), "schedule": (Cosine, 30)})


def inception_like(rng):
    return (models.inception_like((12, 12, 3), rng=rng, width=16), images((12, 12, 3), 10),
            {"optimizer": (RMSprop, 1e-3, {}), "schedule": (StepDecay, 5)})


def wide_convolutions(rng):                          # wide enough for every kernel that the fast implementation has
    return Sequential([
        Conv2D(3, 32, kernel_size=3, padding=1, rng=rng), ReLU(), Conv2D(32, 64, kernel_size=3, padding=1, rng=rng), ReLU(),
        MaxPool2D(2), Conv2D(64, 64, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2), Flatten(),
        Dense(64 * 4 * 4, 10, rng=rng)]), images((16, 16, 3), 10), {"clip": 1.0}


def odd_windows(rng):
    return Sequential([
        Conv2D(2, 5, kernel_size=(3, 4), stride=(2, 1), padding=(1, 2), rng=rng), LeakyReLU(0.1),
        AvgPool2D((2, 3), stride=(1, 2), padding=(1, 1)), Conv2D(5, 3, kernel_size=1, bias=False, rng=rng), Sigmoid(),
        MaxPool2D(3, stride=2, padding=1), Flatten(), Dense(3 * 4 * 3, 4, rng=rng)]), images((11, 9, 2), 4), {}


def branches(rng):
    return Sequential([
        Concat([Conv2D(3, 4, kernel_size=1, rng=rng), [Conv2D(3, 6, kernel_size=3, padding=1, rng=rng), ReLU()]]),
        Residual([Conv2D(10, 10, kernel_size=3, padding=1, rng=rng), BatchNorm(10), ReLU()]),
        GlobalAvgPool2D(), Dense(10, 5, rng=rng)]), images((8, 7, 3), 5), {}


def dense_float64(rng):
    return Sequential([Dense(20, 16, rng=rng, dtype=np.float64), Tanh(), BatchNorm(16, dtype=np.float64), Dropout(0.3, rng=rng),
                       Dense(16, 3, rng=rng, dtype=np.float64)]), images((20,), 3, dtype=np.float64), {}


def two_classes(rng):
    x, labels = images((8, 8, 1), 2)
    return Sequential([Conv2D(1, 4, kernel_size=3, rng=rng), ReLU(), MaxPool2D(2), Flatten(), Dense(4 * 3 * 3, 1, rng=rng)]), (
        x, labels), {"loss": sigmoid_cross_entropy}


def weighted_and_smoothed(rng):
    return models.two_conv((12, 12, 1), classes=3, rng=rng, width=4), images((12, 12, 1), 3), {
        "loss": lambda logits, labels: softmax_cross_entropy(logits, labels, np.array([1.0, 0.5, 2.0]), 0.1)}


def augmented(rng):
    return models.two_conv((12, 12, 1), rng=rng, width=4), images((12, 12, 1), 10), {
        "transform": Augment(flip=True, rotation=10, zoom=0.1, shift=0.1, rng=rng)}


def drawn_digits(rng):
    train_images, train_labels, *_ = digits(train=96, test=10)
    return models.two_conv((28, 28, 1), rng=rng, width=8), (as_float(train_images), train_labels), {}


SMALL = [odd_windows, branches, dense_float64, two_classes, weighted_and_smoothed]
LARGE = [lenet5, two_conv, vgg_like, resnet, inception_like, wide_convolutions, augmented, drawn_digits]
TRAININGS = {"definition": SMALL, "reference": SMALL + LARGE, "fast": SMALL + LARGE}    # the loops would take minutes


def training(make, implementation):
    """One training: the hashes of all that comes out of it, and its losses and accuracy, to see that it learned."""
    rng = np.random.default_rng(0)
    model, (x, labels), settings = make(rng)
    kind, lr, keywords = settings.get("optimizer", (Adam, 2e-3, {}))
    optimizer = kind(model.parameters(), lr=lr, **keywords)
    schedule = settings["schedule"][0](optimizer, settings["schedule"][1]) if "schedule" in settings else None
    average = AveragedWeights(model, settings["average"]) if "average" in settings else None
    transform, losses = settings.get("transform"), []
    epochs = (batches(x, labels, BATCH[implementation], rng=rng, transform=transform) for _ in itertools.count())
    for _, (x_batch, labels_batch) in zip(range(STEPS[implementation]), itertools.chain.from_iterable(epochs)):
        logits = model.forward(x_batch)
        loss, dlogits = settings.get("loss", softmax_cross_entropy)(logits, labels_batch)
        model.backward(dlogits)
        gradients = hashed(*(p.grad for p in model.parameters().values()))
        if "clip" in settings:
            clip_gradients(model.parameters(), settings["clip"])
        optimizer.step()
        if schedule:
            schedule.step()
        if average:
            average.update()
        losses.append(float(loss))
    found = {"data": hashed(x, labels), "losses": hashed(np.array(losses)), "gradients": gradients,
             "parameters": hashed(*(p.value for p in model.parameters().values()))}
    if average:
        with average.applied():
            found["averaged"] = hashed(*(p.value for p in model.parameters().values()))
    N = 4 if implementation == "definition" else len(x)
    logits = model.predict(x[:N])
    right = ((logits > 0).ravel() if logits.shape[1] == 1 else logits.argmax(axis=1)) == labels[:N]
    return found | {"predictions": hashed(logits), "first loss": losses[0], "last loss": losses[-1],
                    "accuracy": float(right.mean())}


# ---- gradients of single layers, dx included

def layers():
    """(name, layer, shape of x): each kind of layer, in shapes of its own."""
    rng = np.random.default_rng(1)
    return [("Conv2D 3x3", Conv2D(3, 8, kernel_size=3, padding=1, rng=rng), (2, 9, 7, 3)),
            ("Conv2D wide", Conv2D(32, 40, kernel_size=3, padding=1, rng=rng), (2, 5, 6, 32)),
            ("Conv2D stride", Conv2D(3, 5, kernel_size=(2, 3), stride=2, padding=(1, 0), rng=rng), (2, 9, 8, 3)),
            ("Dense", Dense(33, 17, rng=rng), (5, 33)), ("MaxPool2D 2", MaxPool2D(2), (2, 7, 8, 9)),
            ("MaxPool2D 3", MaxPool2D(3, stride=2, padding=1), (2, 7, 8, 3)), ("AvgPool2D", AvgPool2D(2), (2, 6, 8, 3)),
            ("GlobalAvgPool2D", GlobalAvgPool2D(), (3, 5, 4, 6)), ("ReLU", ReLU(), (4, 9)),
            ("LeakyReLU", LeakyReLU(0.2), (4, 9)), ("Sigmoid", Sigmoid(), (4, 9)), ("Tanh", Tanh(), (4, 9)),
            ("BatchNorm", BatchNorm(6), (3, 5, 4, 6)), ("Dropout", Dropout(0.4, rng=rng), (6, 50)),
            ("Residual", Residual([Conv2D(4, 4, kernel_size=3, padding=1, rng=rng), ReLU()]), (2, 5, 6, 4))]


def gradients(layer, x_shape, seed=3):
    """Hashes of y and of all gradients of a layer."""
    rng = np.random.default_rng(seed)
    y = layer.forward(rng.standard_normal(x_shape).astype(np.float32))
    dx = layer.backward(rng.standard_normal(y.shape).astype(np.float32))
    return {"y": hashed(y), "dx": hashed(dx), "parameters": hashed(*(p.grad for p in layer.parameters().values()))}


def measure():
    """{implementation: {name: {what: hash or number}}} of everything above."""
    found = {"environment": {"minicnn": minicnn.__version__, "python": platform.python_version(), "numpy": np.__version__,
                             "cpu": platform.processor() or platform.machine()}}
    for implementation in STEPS:
        with ops.use(implementation):
            found[implementation] = {make.__name__: training(make, implementation)
                                     for make in TRAININGS[implementation]}
            found[implementation] |= {f"layer {name}": gradients(layer, x_shape) for name, layer, x_shape in layers()}
        print(f"{implementation}: {len(found[implementation])} results", file=sys.stderr, flush=True)
    return found


def differences(a, b):
    """One line for each result that is not the same in both."""
    lines = [f"environment: {key}: {a['environment'].get(key)}, {b['environment'].get(key)}"
             for key in a["environment"] if a["environment"][key] != b["environment"].get(key) and key != "minicnn"]
    for implementation in STEPS:
        for name in a[implementation].keys() | b[implementation].keys():
            ours, theirs = (found[implementation].get(name, {}) for found in (a, b))
            wrong = [f"{what} {ours.get(what)} -> {theirs.get(what)}"
                     for what in {**ours, **theirs} if ours.get(what) != theirs.get(what)]
            if wrong:
                lines.append(f"{implementation}, {name}: " + "; ".join(wrong))
    return sorted(lines)


def main(arguments=None):
    """Write the hashes, or compare two files of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare_bits", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, metavar="FILE", help="compute everything and write the hashes to this JSON file")
    parser.add_argument("--compare", type=Path, nargs=2, metavar="FILE", help="say what differs in two such files")
    flags = parser.parse_args(arguments)
    if bool(flags.out) == bool(flags.compare):
        parser.error("expected either --out FILE or --compare FILE FILE")
    if flags.out:
        flags.out.write_text(json.dumps(measure(), indent=1) + "\n")
        return 0
    a, b = (json.loads(path.read_text()) for path in flags.compare)
    lines = differences(a, b)
    print("\n".join(lines) or f"all the same: {sum(len(a[implementation]) for implementation in STEPS)} results")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
