"""A trained network that the tests of several commands use."""

import functools

import numpy as np
import pytest
from PIL import Image

from minicnn.data import sources
from minicnn.training.train import train

DIGITS = functools.cache(sources.digits)                           # drawing them takes longer than learning from so few


@pytest.fixture(autouse=True)
def drawn_once(monkeypatch):
    monkeypatch.setattr(sources, "digits", DIGITS)


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """A run folder of a network that reads digits well enough."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    train({"data": "digits", "limit": 1000, "epochs": 4, "width": 8, "lr": 0.01, "pictures": False, "run": str(folder)},
          quiet=True)
    return folder


@pytest.fixture
def pictures(tmp_path):
    """Ten drawn digits as people keep them: dark on light, large, off-centre, in colour. Paths by label."""
    images, labels, *_ = DIGITS(train=50, test=10, seed=3)
    paths = []
    for label in range(10):
        pixels = images[labels == label][0, :, :, 0]
        paper = np.full((40, 44), 245.0)
        paper[2:30, 14:42] -= pixels * (220 / 255)
        paths.append(tmp_path / f"{label}.png")
        Image.fromarray(paper.astype(np.uint8)).convert("RGB").resize((352, 320)).save(paths[-1])
    return paths
