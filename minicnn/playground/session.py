"""What one playground holds: the network, the training, and the data that are at hand."""

import itertools
import threading

import numpy as np

from ..data.datasets import at_hand, mnist
from ..data.digits import digits
from ..data.images import resize
from ..shapes import message
from .network import SIDE, Network
from .routes import Refused

MOST_PIXELS = 256 * 256 * 3                                        # of x: a network that sees more is not for a pad
SEEDS = 20                                                         # of the drawn examples; then they come again


class Session:
    """The state behind the page; every tab shows the same one."""

    largest_x_shape = (MOST_PIXELS,)

    def __init__(self, folder=None, data_dir=None):
        self.data_dir, self.lock = data_dir, threading.Lock()
        self.network, self.seeds, self.examples = None, itertools.cycle(range(1, SEEDS)), {}
        if folder is not None:
            self.open(folder)

    def open(self, folder):
        """Draw for the network of a run folder or a model file from now on."""
        network = Network(folder, self.network.version + 1 if self.network else 1)
        if np.prod(network.x_shape) > MOST_PIXELS:
            raise ValueError(message("playground", f"a network for images of at most {MOST_PIXELS:,} numbers",
                                     f"{network.x_shape} in {folder}", "minicnn predict asks it"))
        self.network = network

    def network_or_refuse(self):
        """The network. Raises Refused while there is none."""
        if self.network is None:
            raise Refused(409, "there is no trained network yet")
        return self.network

    def close(self):
        """Nothing runs on."""

    def state(self):
        """What the page shows around the drawing, as a dict."""
        return {"side": SIDE, "network": self.network and self.network.facts(), "mnist": at_hand("mnist", self.data_dir)}

    def example(self, label, source):
        """A drawing (SIDE, SIDE) of this digit: by the program, or from MNIST's test images where they are at hand."""
        with self.lock:
            if source == "mnist":
                images, labels = self._mnist()
            elif source == "digits":
                *_, images, labels = digits(train=1, test=10, seed=next(self.seeds))
            else:
                raise Refused(400, message("the playground", "source, digits or mnist", repr(source[:40])))
            rows = np.flatnonzero(labels == label)
            return resize(images[rows[next(self.seeds) % len(rows)]][None], (SIDE, SIDE))[0]

    def _mnist(self):
        if "mnist" not in self.examples:
            if not at_hand("mnist", self.data_dir):
                raise Refused(409, "MNIST is not on this machine: minicnn train --data mnist downloads it")
            self.examples["mnist"] = mnist(self.data_dir)[2:]
        return self.examples["mnist"]
