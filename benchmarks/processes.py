"""New processes, timed from outside: from their start to an event that they report, or to their end."""

import importlib.util
import json
import subprocess
import sys
import time

from .workers import environment

PROGRAMS = {"minicnn": ("benchmarks.programs.ours", "minicnn"), "PyTorch": ("benchmarks.programs.pytorch", "torch")}


def programs(settings):
    """The whole programs that can run: name -> module."""
    return {name: module for name, (module, package) in PROGRAMS.items() if importlib.util.find_spec(package)
            and (name == "minicnn" or any(peer.startswith(name) for peer in settings.competitors))}


def run(module, settings, cache=None, **flags):
    """What a program reports, with Numba's cache in the folder `cache` if one is given."""
    command = [sys.executable, "-m", "benchmarks.pinned", str(settings.threads), module]
    for name, value in (flags | {"threads": settings.threads}).items():
        command += [f"--{name}", str(value)]
    variables = environment(settings.threads) | ({"NUMBA_CACHE_DIR": str(cache)} if cache else {})
    done = subprocess.run([*command, "--started", repr(time.time())], env=variables, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{module} ended with status {done.returncode}\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def seconds_of(statement, settings):
    """Wall time of a Python process that runs one statement, its own start included."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], env=environment(settings.threads), check=True,
                   capture_output=True)
    return time.perf_counter() - start
