"""Augmentation: how long it takes for one batch, and how much longer an epoch of two-conv takes with all changes."""

import numpy as np

import minicnn
from minicnn import Adam, batches, ops, softmax_cross_entropy
from minicnn.data import Augment

from . import networks, verify
from .figures import ratio, summary
from .workers import Failure, Team, rounds

NETWORK, BATCH = "two-conv", 64
MOVES = {"flip": True, "rotation": 15, "zoom": 0.1, "shift": 0.1, "shear": 10, "crop": 4}
SETTINGS = {"resampling": MOVES, "brightness": {"brightness": 0.2}, "erasing": {"erase": 0.5},
            "everything": MOVES | {"brightness": 0.2, "erase": 0.5}}
TOLERANCE = 1e-5


class Epochs:
    """Epochs of a training with and without augmentation, and a batch of it alone, in one process."""

    def __init__(self, images, threads, implementation=None):
        minicnn.set_num_threads(threads)
        ops.use(implementation or ops.implementations()[-1])
        self.model, self.x, _ = networks.build(NETWORK, BATCH)
        self.optimizer, rng = Adam(self.model.parameters(), lr=1e-3), np.random.default_rng(0)
        self.images = rng.random((images, *self.x.shape[1:]), dtype=np.float32)
        self.labels = rng.integers(0, networks.CLASSES, images)
        self.augment = {name: Augment(**settings, rng=0) for name, settings in SETTINGS.items()}

    def epoch(self, transform):
        """One epoch of training; `transform` augments each batch."""
        for x, labels in batches(self.images, self.labels, BATCH, rng=0, transform=transform):
            loss, dlogits = softmax_cross_entropy(self.model.forward(x), labels)
            self.model.backward(dlogits)
            self.optimizer.step()
        return loss

    def plain(self):
        """An epoch without augmentation."""
        return self.epoch(None)

    def augmented(self):
        """An epoch with all changes."""
        return self.epoch(self.augment["everything"])

    def resampling(self):
        """One batch with the changes that move pixels."""
        return self.augment["resampling"](self.x)

    def brightness(self):
        """One batch with another brightness."""
        return self.augment["brightness"](self.x)

    def erasing(self):
        """One batch with erased rectangles."""
        return self.augment["erasing"](self.x)

    def everything(self):
        """One batch with all changes."""
        return self.augment["everything"](self.x)


def measure(settings):
    """Verify each change against the definition's loops, then time it, and both kinds of epoch in the same rounds."""
    steps = 2 if settings.quick else 16
    with Team() as team:
        ours, verifier = team.worker("minicnn", settings.threads), team.worker("definition", settings.threads)
        path, arguments = "benchmarks.augmentation:Epochs", {"images": steps * BATCH, "threads": settings.threads}
        ours.build(path, **arguments)
        verifier.build(path, **arguments, implementation="definition")
        found = {"network": NETWORK, "batch": BATCH, "steps": steps, "settings": SETTINGS}
        try:
            found["errors"] = {name: verify.agree(name, ours.call(name), verifier.call(name), TOLERANCE) for name in SETTINGS}
        except (verify.Refused, Failure) as problem:
            return found | {"refused": {"minicnn": problem.reason()}}
        jobs = {task: (ours, task) for task in ("plain", "augmented", *SETTINGS)}
        times = rounds(jobs, settings.rounds, settings.budget)
    longer = ratio(times["augmented"], times["plain"])
    found |= {"seconds": {name: summary(times[name]) for name in SETTINGS}, "longer": longer,
              "epoch": {name: summary([t / steps for t in times[name]]) for name in ("plain", "augmented")}}
    print(", ".join(f"{name} {1e3 * s['median']:.2f}" for name, s in found["seconds"].items()) + " ms per batch; a step "
          f"{1e3 * found['epoch']['plain']['median']:.2f} ms, an epoch {longer['median']:.3f} times as long", flush=True)
    return found
