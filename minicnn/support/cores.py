"""The number of CPU cores."""

import os


def available_cores():
    """How many cores this process may use; taskset and containers may allow fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
