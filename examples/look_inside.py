"""Look into a trained network: its filters, the output of each layer for one image, and which pixels decide.

    python examples/look_inside.py                                           # first trains a few seconds on drawn digits
    python examples/look_inside.py --data fashion-mnist
    python examples/look_inside.py --model runs/NAME/model.npz --data mnist  # a model that a training has saved

A filter is a part of the weights, a feature map is one channel of a layer's output, and dL/dx shows which pixels decide.
"""

import os

import numpy as np

from minicnn import Adam, Preprocessing, load_model, softmax_cross_entropy
from minicnn.cli.arguments import run_example, training_flags
from minicnn.data.sources import load
from minicnn.metrics import softmax
from minicnn.models import two_conv
from minicnn.support.flags import path
from minicnn.training import Run
from minicnn.visualize import features, plots


def train(data, flags):
    """A small network after a short training, its preprocessing, and the folder of the run."""
    rng = np.random.default_rng(flags.seed)
    preprocess = Preprocessing.of("0..1", data.train_images.shape[1:], kind=data.kind)
    model = two_conv(preprocess.x_shape, classes=len(data.classes), rng=rng)
    optimizer = Adam(model.parameters(), lr=2e-3)
    with Run(flags.run, model, optimizer, rng=rng, preprocess=preprocess, classes=data.classes, name="inside",
             settings=vars(flags), resume=flags.resume) as run:
        for epoch in run.epochs(flags.epochs):
            for x, labels in epoch.batches(data.train_images, data.train_labels, 64):
                logits = model.forward(x)
                loss, dlogits = softmax_cross_entropy(logits, labels)
                model.backward(dlogits)
                optimizer.step()
                epoch.record(loss, logits, labels)
            epoch.validate(data.validation_images, data.validation_labels)
        run.finish(data.test_images, data.test_labels)
    return model, preprocess, run.folder


def which_pixels_decide(model, x):
    """d (the largest logit) / d x, by the same backward pass that trains; (N, H, W, C)."""
    model.eval(cache=True)                                         # eval: no dropout; cache: backward will follow
    logits = model.forward(x)                                                            # (N, K)
    dlogits = np.zeros_like(logits)
    dlogits[np.arange(len(x)), logits.argmax(axis=1)] = 1          # L = the largest logit, so dL/dlogits is 1 there
    return model.backward(dlogits)


def look(flags):
    """Load or train a network, and draw what is inside."""
    data = load(flags.data, seed=flags.seed, limit=flags.limit, data_dir=flags.data_dir)
    if flags.model:
        trained, folder = load_model(flags.model), flags.run or os.path.dirname(flags.model) or "."
        model, preprocess = trained.model, trained.preprocessing
    else:
        model, preprocess, folder = train(data, flags)
    rows = [np.flatnonzero(data.test_labels == k)[0] for k in np.unique(data.test_labels)][:10]          # one of each class
    images, labels = data.test_images[rows], data.test_labels[rows]
    x = preprocess(images)                                                               # (10, H, W, C)
    files = [os.path.join(folder, "pictures", name) for name in ("filters.png", "features.png", "saliency.png")]
    plots.filters(files[0], features.first_filters(model, preprocess.x_shape))
    plots.feature_maps(files[1], images[0], maps := features.feature_maps(model, x[:1]))
    for name, y in maps:
        print(f"{name:<24} {'x'.join(map(str, y.shape)):>12}  {np.mean(y == 0):4.0%} zeros, largest {np.abs(y).max():.2f}")
    plots.saliency(files[2], images, which_pixels_decide(model, x), labels, softmax(model.predict(x)), data.classes)
    print("saved " + ", ".join(files))


if __name__ == "__main__":
    flags = training_flags(__doc__, "inside", epochs=2, data_dir=True)
    flags.add_argument("--data", type=path, default="digits", help="digits, mnist, fashion-mnist or a folder (%(default)s)")
    flags.add_argument("--model", type=path, metavar="FILE", help="a model file; without it a small network is trained first")
    run_example(flags, look)
