"""Busy: a training step, and whole commands, beside no, one and two programs that use a core each without end."""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time

from . import timed_networks, workers
from .competitors import OURS
from .figures import summary
from .workers import Team

BUSY = (0, 1, 2)            # processes that run beside
JOBS = (("two-conv", 64), ("LeNet-5", 1))
BLOCK = 100                 # steps of which the mean is taken; a median would hide the steps that wait for a core
COMMANDS = {"gradcheck": ["gradcheck"],
            "train": ["train", "--data", "digits", "--limit", "4000", "--epochs", "1"]}


@contextlib.contextmanager
def beside(count):
    """`count` processes that compute without end."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        time.sleep(0.2 if count else 0)
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def measure(settings):
    """For each number of busy processes: means of blocks of steps for everyone, and the seconds of whole commands."""
    found = {"rows": [], "commands": [], "refused": {}}
    with Team() as team:
        for network, batch in ((settings.networks[0], settings.batches[0]),) if settings.quick else JOBS:
            errors, refused = timed_networks.check(team, settings, network, batch, settings.threads)
            found["refused"] |= refused
            for name in errors:
                timed_networks.build(team, name, settings.threads, network, batch)
            for count in BUSY:
                with beside(count):
                    seconds = {name: blocks(team.worker(name, settings.threads), settings) for name in errors}
                found["rows"].append({"network": network, "batch": batch, "busy": count, "seconds": seconds})
                print(f"{network}, batch {batch}, beside {count}: " + ", ".join(
                    f"{name} {1e3 * s['median']:.2f}" for name, s in seconds.items()) + " ms", flush=True)
    for name, arguments in COMMANDS.items():
        command(arguments, settings)                                   # its kernels are compiled, its data is drawn
        for count in BUSY:
            with beside(count):
                seconds = summary([command(arguments, settings) for _ in range(1 if settings.quick else 10)])
            found["commands"].append({"command": name, "busy": count, "seconds": {OURS: seconds}})
            print(f"minicnn {name}, beside {count}: {seconds['median']:.2f} s, worst {seconds['max']:.2f}", flush=True)
    return found


def blocks(worker, settings):
    """The mean of each block of steps, with the 95th percentile of these means and the mean of all."""
    steps, count = (2, 2) if settings.quick else (BLOCK, 10)
    worker.time("train_step", 2, 1)
    means = [statistics.mean(worker.time("train_step", 0, steps)) for _ in range(count)]
    return summary(means) | {"mean": statistics.mean(means), "p95": sorted(means)[int(0.95 * (len(means) - 1) + 0.5)]}


def command(arguments, settings):
    """Seconds of `python -m minicnn ...` from start to end."""
    flags = ["relu"] if settings.quick and arguments[0] == "gradcheck" else []
    environment = workers.environment(settings.threads) | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "minicnn", *arguments, *flags], check=True, cwd=folder, env=environment,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.perf_counter() - start
