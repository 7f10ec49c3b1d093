"""What a trained network looks at: its filters, what each layer makes of a picture, and which pixels decide.

    python examples/look_inside.py                                           # trains a few seconds on drawn digits first
    python examples/look_inside.py --data fashion-mnist
    python examples/look_inside.py --model runs/NAME/model.npz --data mnist  # a model that `minicnn train` has saved

Nothing here is special to pictures of networks: a filter is a row of weights, a feature map is an output of `forward`,
and the pixels that decide are found by `backward`, asked for dL/dx instead of dL/dw.
"""

import argparse
import os

import numpy as np

from minicnn import Adam, batches, softmax_cross_entropy
from minicnn.cli.console import Progress, at_least, one_line_errors
from minicnn.data.preprocessing import Preprocessing
from minicnn.data.sources import load
from minicnn.metrics import softmax
from minicnn.models import two_conv
from minicnn.training.model_file import load_model
from minicnn.visualize import features, plots


def trained(data, flags):
    """A small network after a short training, and how its pictures are prepared."""
    rng = np.random.default_rng(flags.seed)
    prepare = Preprocessing.of("0..1", data.train_images.shape[1:], kind=data.kind)
    model = two_conv(prepare.x_shape, classes=len(data.classes), rng=rng)
    optimizer = Adam(model.parameters(), lr=2e-3)
    for epoch in range(1, flags.epochs + 1):
        progress = Progress(f"epoch {epoch}/{flags.epochs}", total=len(data.train_images))
        for x, labels in batches(data.train_images, data.train_labels, 64, rng=rng, transform=prepare):
            logits = model.forward(x)
            loss, dlogits = softmax_cross_entropy(logits, labels)
            model.backward(dlogits, input_gradient=False)
            optimizer.step()
            progress.update(loss, (logits.argmax(axis=1) == labels).sum(), len(labels))
        progress.close()
    return model, prepare


def which_pixels_decide(model, x):
    """d (the highest logit) / d x, by the same backward pass that trains; (N, H, W, C)."""
    model.eval(cache=True)                                         # eval: no dropout; cache: backward is wanted
    logits = model.forward(x)                                                            # (N, K)
    dlogits = np.zeros_like(logits)
    dlogits[np.arange(len(x)), logits.argmax(axis=1)] = 1          # L = the highest logit, so dL/dlogits is a 1 there
    return model.backward(dlogits)


def look(flags):
    data = load(flags.data, seed=flags.seed, limit=flags.limit, data_dir=flags.data_dir)
    os.makedirs(flags.run, exist_ok=True)
    if flags.model:
        model, prepare, *_ = load_model(flags.model)
    else:
        model, prepare = trained(data, flags)
    rows = [np.flatnonzero(data.test_labels == k)[0] for k in np.unique(data.test_labels)][:10]          # one of each class
    images, labels = data.test_images[rows], data.test_labels[rows]
    x = prepare(images)                                                                  # (10, H, W, C)

    plots.filters(os.path.join(flags.run, "filters.png"), features.first_filters(model, prepare.x_shape))
    maps = features.feature_maps(model, x[:1])
    plots.feature_maps(os.path.join(flags.run, "features.png"), images[0], maps)
    for name, y in maps:
        print(f"{name:<24} {'x'.join(map(str, y.shape)):>12}  {np.mean(y == 0):4.0%} zeros, largest {np.abs(y).max():.2f}")
    gradients = which_pixels_decide(model, x)
    plots.saliency(os.path.join(flags.run, "saliency.png"), images, gradients, labels, softmax(model.predict(x)), data.classes)
    print(f"saved in {flags.run}: filters.png, features.png (one picture, layer by layer), saliency.png (pixels that decide)")


def main(arguments=None):
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--data", default="digits", help="digits, mnist, fashion-mnist or a folder (default: %(default)s)")
    flags.add_argument("--model", metavar="FILE", help="a model file; otherwise a small network is trained first")
    flags.add_argument("--epochs", type=at_least(1), default=2, help="of that training (default: %(default)s)")
    flags.add_argument("--seed", type=at_least(0), default=0, help="same seed, same bits (default: %(default)s)")
    flags.add_argument("--limit", type=at_least(20), metavar="N", help="the first N pictures only")
    flags.add_argument("--data-dir", metavar="FOLDER", help="where the data set is")
    flags.add_argument("--run", metavar="FOLDER", default="runs/inside", help="where the pictures go")
    with one_line_errors():
        look(flags.parse_args(arguments))


if __name__ == "__main__":
    main()
