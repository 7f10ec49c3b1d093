"""Time to accuracy: seconds from process start to 99% on MNIST's test images, ours and the same recipe in PyTorch."""

import tempfile
from pathlib import Path

import numpy as np

from minicnn import mnist

from .figures import summary
from .processes import programs, run

GOAL = 0.99
EPOCHS = 3                  # a fixed schedule: the test images are used once, at its end


def measure(settings):
    """Train with every program on MNIST; without MNIST's files and a download, say why there is no result."""
    try:
        data = mnist()
    except OSError as problem:                       # no files and no download
        reason = " ".join(str(problem).split())
        print(f"accuracy: skipped: {reason}", flush=True)
        return {"skipped": reason}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mnist.npz"            # one file for both programs: reading is not what is compared
        np.savez(path, **{name: part[:settings.images] for name, part in data._asdict().items()})
        return {"goal": GOAL, "epochs": EPOCHS, "programs": races(settings, path)}


def races(settings, path):
    """Run each program once per seed, one after the other."""
    runs = {name: [] for name in programs(settings)}
    for seed in range(settings.seeds):
        for name, module in programs(settings).items():
            runs[name].append(run(module, settings, data=path, epochs=EPOCHS, seed=seed))
            last = runs[name][-1]
            print(f"accuracy, {name}, seed {seed}: {last['accuracy']:.2%} after {last['tested']:.1f} s", flush=True)
    return {name: {"seconds": summary([r["tested"] for r in found]), "accuracy": summary([r["accuracy"] for r in found]),
                   "reached": all(r["accuracy"] >= GOAL for r in found)} for name, found in runs.items()}
