"""The list of competitors: minicnn, and whichever of PyTorch, TensorFlow and JAX are installed."""

import importlib.util
from typing import NamedTuple

OURS = "minicnn"


class Competitor(NamedTuple):
    """Where a competitor's Network is, how it is built, and the package that it needs."""

    path: str
    options: dict
    package: str


COMPETITORS = {
    OURS: Competitor("benchmarks.peers.ours:Network", {}, "minicnn"),
    "PyTorch NCHW": Competitor("benchmarks.peers.pytorch:Network", {"channels_last": False}, "torch"),
    "PyTorch channels_last": Competitor("benchmarks.peers.pytorch:Network", {"channels_last": True}, "torch"),
    "TensorFlow": Competitor("benchmarks.peers.tensorflow_graph:Network", {}, "tensorflow"),
    "JAX": Competitor("benchmarks.peers.jax_jit:Network", {}, "jax"),
}
REFERENCE = Competitor("benchmarks.peers.ours:Network", {"implementation": "reference"}, "minicnn")
PYTORCH = ("PyTorch NCHW", "PyTorch channels_last")


def installed(only=None):
    """The competitors whose package is there, of those named in `only` if that is given."""
    return {name: c for name, c in COMPETITORS.items()
            if importlib.util.find_spec(c.package) and (only is None or name in only)}
