"""How much is measured: everything, or a little of everything to show that the program works."""

from dataclasses import dataclass, field

from .competitors import installed
from .networks import NETWORKS


@dataclass
class Settings:
    """What the flags of the command line decide. `rounds` turns of `budget` seconds each for everyone."""

    threads: int
    competitors: list = field(default_factory=lambda: list(installed()))
    quick: bool = False
    rounds: int = 9
    budget: float = 0.25
    networks: tuple = tuple(NETWORKS)
    batches: tuple = (64, 1, 256)
    batch: int = 64                                  # of the step whose time on 1 and on all threads is compared
    scaling_batches: tuple = (1, 4, 16, 64, 256, 512)
    channels: tuple = (1, 3, 8, 16, 32, 64, 96, 128, 256)
    seeds: int = 3                                   # of the time to accuracy
    starts: int = 5
    images: int = 60_000
    memory_steps: int = 200


def quick(threads, competitors):
    """Seconds instead of minutes; the figures mean nothing."""
    return Settings(threads, competitors, quick=True, rounds=2, budget=0.01, networks=("LeNet-5",), batches=(4,), batch=4,
                    scaling_batches=(1, 4), channels=(3, 8), seeds=1, starts=1, images=600, memory_steps=2)
