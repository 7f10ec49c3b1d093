"""The ladder: one convolution, from seven Python loops to the fast implementation, compared with the machine's peak."""

import importlib.util
from typing import NamedTuple

import numpy as np

from . import peak, verify
from .convolutions import multiplications
from .figures import ratio, summary
from .workers import Failure, Team, rounds

SIZES = {"N": 64, "H": 16, "W": 16, "C": 32, "F": 64, "K": 3, "padding": 1}             # two-conv's second convolution
QUICK = {"N": 4, "H": 6, "W": 6, "C": 8, "F": 16, "K": 3, "padding": 1}
TASKS = {"forward": 1, "backward": 2}                # how many times the multiplications of the forward pass
TOLERANCE = 1e-4


class Entry(NamedTuple):
    """How one implementation is built, which package it needs, and whether it is so slow that only one image is timed."""

    path: str
    options: dict
    package: str = "numpy"
    one_image: bool = False


ENTRIES = {
    "seven Python loops (definition)": Entry("benchmarks.convolutions:Loops", {}, one_image=True),
    "shifted slices, NumPy": Entry("benchmarks.convolutions:Slices", {}),
    "im2col and matmul (reference)": Entry("benchmarks.convolutions:Implementation", {"implementation": "reference"}),
    "the seven loops, compiled by Numba": Entry("benchmarks.convolutions:CompiledLoops", {}, "numba"),
    "minicnn": Entry("benchmarks.convolutions:Implementation", {}),
    "PyTorch NCHW": Entry("benchmarks.convolutions:PyTorch", {"channels_last": False}, "torch"),
    "PyTorch channels_last": Entry("benchmarks.convolutions:PyTorch", {"channels_last": True}, "torch"),
}


def entries(settings):
    """The entries whose package is installed and whose peer was not left out."""
    return {name: e for name, e in ENTRIES.items()
            if importlib.util.find_spec(e.package) and (e.package != "torch" or name in settings.competitors)}


def measure(settings):
    """Verify every entry against the definition, then time those that agree, and the peak in the same rounds."""
    sizes = QUICK if settings.quick else SIZES
    with Team() as team:
        errors, refused = check(team, settings, sizes)
        team.worker("peak", settings.threads).build("benchmarks.peak:Peak", threads=settings.threads)
        rows = [row(team, settings, sizes, task, errors) for task in TASKS]
        return {"sizes": sizes, "rows": rows, "errors": errors, "refused": refused, "seconds_until_asleep": team.spun()}


def check(team, settings, sizes):
    """({name: error}, {name: reason}): outputs and gradients against the definition's loops in float64.

    At full size these are the loops compiled by Numba. The entry 'seven Python loops' computes a single image and is compared
    with the same compiled loops. So the two kinds of loops verify each other.
    """
    verifier, expected = team.worker("verifier", 1), {}
    errors, refused = {}, {}
    for name, entry in entries(settings).items():
        mine = sizes | {"N": 1} if entry.one_image else sizes
        if mine["N"] not in expected:
            verifier.build("benchmarks.convolutions:CompiledLoops", sizes=mine, dtype=np.float64)
            expected[mine["N"]] = outputs(verifier)
        worker = team.worker(name, settings.threads)
        try:
            worker.build(entry.path, sizes=mine, threads=settings.threads, **entry.options)
            errors[name] = max(verify.agree(what, got, right, TOLERANCE)
                               for (what, got), right in zip(outputs(worker).items(), expected[mine["N"]].values()))
        except (verify.Refused, Failure) as problem:
            refused[name] = problem.reason()
            print(f"{name} is not timed: {problem.reason()}", flush=True)
    return errors, refused


def outputs(worker):
    """y and the three gradients, by name."""
    return {"outputs": worker.call("forward"), **dict(zip(("dx", "dw", "db"), worker.call("backward")))}


def row(team, settings, sizes, task, names):
    """Seconds, GFLOP/s and fraction of the peak of every entry, forward or backward."""
    jobs = {name: (team.worker(name, settings.threads), task) for name in names}
    jobs["peak"] = team.worker("peak", settings.threads), "run"
    times = rounds(jobs, settings.rounds, settings.budget)
    top = gflops(peak.FLOPS * settings.threads, times.pop("peak"))
    found = {"task": task, "peak": summary(top), "entries": {}}
    for name, seconds in times.items():
        N = 1 if ENTRIES[name].one_image else sizes["N"]
        speed = gflops(2 * TASKS[task] * multiplications(sizes | {"N": N}), seconds)
        found["entries"][name] = {"N": N, "seconds": summary(seconds), "gflops": summary(speed), "share": ratio(speed, top)}
        print(f"{task}, {name}: {found['entries'][name]['gflops']['median']:.3g} GFLOP/s", flush=True)
    return found


def gflops(flops, seconds):
    """GFLOP/s of each round."""
    return [flops / s / 1e9 for s in seconds]
