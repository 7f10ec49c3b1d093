"""Starting: import times, the first training step ever (which compiles), the first step of every later start, memory."""

import importlib.util
import tempfile
from pathlib import Path

import numpy as np

from .figures import summary
from .processes import programs, run, seconds_of

IMPORTS = {"Python alone": "pass", "NumPy": "import numpy", "minicnn": "import numpy, minicnn", "PyTorch": "import torch",
           "TensorFlow": "import tensorflow", "JAX": "import jax"}
PACKAGES = {"PyTorch": "torch", "TensorFlow": "tensorflow", "JAX": "jax"}
EPOCHS = 1


def measure(settings):
    """Time imports, the first start ever, and later starts; and read the memory of a short training."""
    with tempfile.TemporaryDirectory() as folder:
        path, cache = Path(folder) / "images.npz", Path(folder) / "cache"
        noise(path, settings.images)
        found = {"imports": imports(settings), "cold": run(programs(settings)["minicnn"], settings, cache, data=path,
                                                           epochs=EPOCHS, steps=1)["first_step"]}
        print(f"first training step ever, with an empty cache: {found['cold']:.2f} s", flush=True)
        runs = {name: [] for name in programs(settings)}
        for _ in range(settings.starts):
            for name, module in programs(settings).items():
                runs[name].append(run(module, settings, cache, data=path, epochs=EPOCHS, steps=1)["first_step"])
        found["warm"] = {name: summary(seconds) for name, seconds in runs.items()}
        found["peak_bytes"] = {name: run(module, settings, cache, data=path, epochs=EPOCHS, steps=settings.memory_steps)
                               ["peak_bytes"] for name, module in programs(settings).items()}
    for name in runs:
        print(f"{name}: first step {found['warm'][name]['median']:.2f} s after the start, "
              f"at most {found['peak_bytes'][name] / 2**20:.0f} MiB", flush=True)
    return found


def noise(path, count):
    """A file of MNIST's shapes and types, filled with noise: neither time nor memory depends on what it shows."""
    rng = np.random.default_rng(0)
    sizes = {"train": count, "test": count // 6}
    images = {f"{part}_images": rng.integers(0, 256, (N, 28, 28, 1), dtype=np.uint8) for part, N in sizes.items()}
    labels = {f"{part}_labels": rng.integers(0, 10, N) for part, N in sizes.items()}
    np.savez(path, **images, **labels)


def imports(settings):
    """Name -> seconds of a process that imports it and ends, in turns; and what minicnn adds to NumPy."""
    chosen = {name: statement for name, statement in IMPORTS.items() if wanted(name, settings)}
    times = {name: [] for name in chosen}
    for _ in range(settings.starts):
        for name, statement in chosen.items():
            times[name].append(seconds_of(statement, settings))
    beyond = [ours - numpy for ours, numpy in zip(times["minicnn"], times["NumPy"])]
    return {name: summary(seconds) for name, seconds in times.items()} | {"minicnn beyond NumPy": summary(beyond)}


def wanted(name, settings):
    """Whether the package is installed and not left out by a flag."""
    return name not in PACKAGES or (
        importlib.util.find_spec(PACKAGES[name]) and any(peer.startswith(name) for peer in settings.competitors))
