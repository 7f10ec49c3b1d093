"""What one playground holds: the network, the training, and the data that are at hand."""

import itertools
import os
import threading

import numpy as np

from ..data.datasets import at_hand, mnist
from ..data.digits import digits
from ..data.images import resize
from ..shapes import message
from ..support.files import fresh_path
from ..training.run_folder import held
from ..training.settings import complete
from .broken import SETUPS
from .network import MOST_NUMBERS, SIDE, Network
from .routes import Refused
from .training import Training, checked_settings

FIRST = os.path.join("runs", "playground")
FIRST_SETTINGS = {"data": "digits", "limit": 4000, "width": 16, "epochs": 4, "lr": 0.004, "pictures": False}
NO_MNIST = "MNIST is not on this machine: minicnn train --data mnist downloads it"
SEEDS = 20                                                         # of the drawn examples; then they come again


class Session:
    """The state behind the page; every tab shows the same one."""

    def __init__(self, folder=None, data_dir=None):
        self.data_dir, self.lock = data_dir, threading.Lock()
        self.network, self.seeds, self.examples = None, itertools.cycle(range(1, SEEDS)), {}
        self.training = Training(self._finished)
        if folder is not None:
            self.open(folder)

    def train_first(self):
        """Without a RUN: open runs/playground, resume it if its training was stopped, or train it."""
        if os.path.exists(os.path.join(FIRST, "model.npz")):
            self.open(FIRST)
        elif os.path.exists(os.path.join(FIRST, "last.npz")) and not held(FIRST):
            self.training.start({"settings": {}, "resume": FIRST, "open": True})
        else:
            settings = complete(FIRST_SETTINGS | {"run": fresh_path(FIRST)})
            self.training.start({"settings": settings, "resume": None, "open": True})

    def train(self, asked):
        """Start the training that the page asked for."""
        settings = checked_settings(asked) | {"pictures": False}
        if settings["data"] == "mnist" and not at_hand("mnist", self.data_dir):
            raise Refused(409, NO_MNIST)
        return self.training.start({"settings": settings | {"data_dir": self.data_dir}, "resume": None})

    def train_broken(self, asked):
        """Start a training with one of the museum's bugs."""
        if set(asked) != {"bug"} or not isinstance(asked["bug"], str) or asked["bug"] not in SETUPS:
            raise Refused(400, message("Break it", f"bug, one of {len(SETUPS)} names", repr(asked)[:80]))
        return self.training.start({"bug": asked["bug"]})

    def open_trained(self):
        """Draw for the network of the training that has finished."""
        if self.training.status != "finished" or "folder" not in self.training.facts:
            raise Refused(409, message("Draw for this network", "a finished training", self.training.status))
        self.open(self.training.facts["folder"])
        return self.network.changes()

    def _finished(self, job, facts):
        if job.get("open"):
            self.open(facts["folder"])

    def close(self):
        """Save and stop the training, if one runs."""
        self.training.close()

    def open(self, folder):
        """Draw for the network of a run folder or a model file from now on."""
        network = Network(folder, self.network.version + 1 if self.network else 1)
        if np.prod(network.x_shape) > MOST_NUMBERS:
            raise ValueError(message("playground", f"a network for images of at most {MOST_NUMBERS:,} numbers",
                                     f"{network.x_shape} in {folder}", "minicnn predict asks it"))
        self.network = network

    def network_or_refuse(self):
        """The network. Raises Refused while there is none."""
        if self.network is None:
            raise Refused(409, "there is no trained network yet")
        return self.network

    def state(self):
        """What the page shows around the drawing, as a dict."""
        return {"side": SIDE, "network": self.network and self.network.facts(), "mnist": at_hand("mnist", self.data_dir),
                "training": {"number": self.training.number, "status": self.training.status}}

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
                raise Refused(409, NO_MNIST)
            self.examples["mnist"] = mnist(self.data_dir)[2:]
        return self.examples["mnist"]
