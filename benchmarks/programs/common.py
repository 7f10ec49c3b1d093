"""Used by both programs: their flags, the numbers of the recipe, and the report on the last line of their output."""

import argparse
import json
import sys
import time

BATCH, HIGHEST_LR = 64, 3e-3


def flags():
    """`--started` is when the parent started this process, on the clock of time.time()."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, help="an .npz of train_images, train_labels, test_images, test_labels")
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--steps", type=int, help="stop after so many steps, without a test")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--started", type=float, required=True)
    return parser.parse_args()


class Report:
    """Collects what happened when, in seconds since the process was started, and prints it as one line of JSON."""

    def __init__(self, started):
        self.started, self.found = started, {}

    def now(self, event):
        """Note when an event happened first."""
        self.found.setdefault(event, time.time() - self.started)

    def print(self, **more):
        """Print all events, and `more`, as one line of JSON."""
        print(json.dumps(self.found | {"peak_bytes": peak_bytes()} | more))


def peak_bytes():
    """The most memory that this process ever had in RAM."""
    try:                        # on Linux ru_maxrss would count what the parent had when it started us
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM"))
    except OSError:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
