"""How well a network that learned only from drawn digits reads real handwriting.

    python -m benchmarks.real_handwriting

It runs examples/train_digits.py, which trains on drawn digits only. Then the trained network reads the drawn test digits, whose
styles are not in the training images, and MNIST's 10,000 test images. It was not trained on any image of MNIST.
MNIST is looked for as `mnist()` does: in $MINICNN_DATA/mnist/, then in the cache, and only then downloaded.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from minicnn import confusion_matrix, digits, load_model, mnist

EXAMPLE = Path(__file__).parents[1] / "examples" / "train_digits.py"


def trained(seed):
    """The network of the example, as `minicnn predict` uses it."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        command = [sys.executable, str(EXAMPLE), "--run", str(run), "--seed", str(seed)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # progress and errors stay in sight
        return load_model(run / "model.npz")


def main():
    """Train, evaluate on both kinds of digits, and print the result."""
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--seed", type=int, default=0, help="of weights, order and dropout (default: %(default)s)")
    seed = flags.parse_args().seed
    real, drawn = mnist(), digits(train=1)  # MNIST first: if it cannot be had, the error comes before the training
    start = time.perf_counter()
    network = trained(seed)
    print(f"examples/train_digits.py --seed {seed} took {time.perf_counter() - start:.0f} s, drawing included")
    for name, data in (("drawn test digits, in styles unseen in training", drawn), ("test images of MNIST", real)):
        predicted = network.probabilities(network.preprocessing(data.test_images)).argmax(axis=1)
        right = np.count_nonzero(predicted == data.test_labels)
        print(f"{right / len(predicted):.2%}: {right:,} of {len(predicted):,} {name}")
    print("MNIST, rows: label, columns: what the network read")
    print(confusion_matrix(real.test_labels, predicted, 10))


if __name__ == "__main__":
    main()
