"""Kill processes while they save and while they train. Nothing may be lost, and a resumed training must give the same bits.

    python -m tests.attack kills --cases 320          (of 16 cases, 15 are kills while saving, 1 is a training)

While saving: a process saves one checkpoint after another to one path and is killed with SIGKILL at a random moment. The file
must hold one of the checkpoints, complete, and the next save must remove what the dead process left. A training is killed at
random moments and resumed until it ends; every bit of its result must be that of a training that was not killed.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from minicnn import load_checkpoint, save_checkpoint
from minicnn.support.files import HOST

CASES = 320
ROOT = Path(__file__).parents[2]

SAVING = """
import sys
import numpy as np
from tests.attack.kills import Thing, save_checkpoint
k = int(sys.argv[2])
while True:
    save_checkpoint(sys.argv[1], notes=k, a=Thing(k), b=Thing(k))
    print(k, flush=True)
    k += 1
"""
TRAINING = ["-m", "minicnn", "train", "--data", "digits", "--limit", "60", "--batch-size", "4", "--width", "2", "--epochs", "3",
            "--no-pictures", "--average", "0.9", "--augment", "light"]


class Thing:
    """Something with a state: many copies of one number."""

    def __init__(self, k):
        self.numbers = np.full(200_000, k, np.int64)

    def state(self):
        return {"numbers": self.numbers}

    def load_state(self, state):
        self.numbers = state["numbers"]


def start(arguments):
    environment = {**os.environ, "NUMBA_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
                            env=environment)


def kill_while_saving(folder, kills, chance):
    """Kill a saving process so many times; returns (failures, how many files the kills left half written)."""
    path, failures, halves, last = Path(folder, "last.npz"), [], 0, 0
    save_checkpoint(path, notes=0, a=Thing(0), b=Thing(0))
    for number in range(kills):
        process = start(["-c", SAVING, str(path), str(last + 1)])
        process.stdout.readline()                                  # it has saved once
        time.sleep(chance.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        a, b = Thing(-1), Thing(-1)
        try:
            last = load_checkpoint(path, a=a, b=b)
        except Exception as problem:
            failures.append(f"kill {number}: {type(problem).__name__}: {problem}")
            continue
        if set(a.numbers) | set(b.numbers) != {last}:
            failures.append(f"kill {number}: a checkpoint of several saves")
        halves += len(os.listdir(folder)) > 1
        if len(os.listdir(folder)) > 2:
            failures.append(f"kill {number}: files of dead processes pile up: {sorted(os.listdir(folder))}")
    save_checkpoint(path, a=Thing(1))
    if os.listdir(folder) != [path.name]:
        failures.append(f"left behind: {sorted(os.listdir(folder))} (this computer is {HOST})")
    return failures, halves


def arrays(folder):
    found = {}
    for name in ("last.npz", "best.npz", "model.npz"):
        with np.load(Path(folder, name)) as archive:
            found |= {(name, key): array.tobytes() for key, array in archive.items() if key != "notes"}
    return found


def kill_a_training(folder, expected, chance):
    """Train, killed at random moments and resumed; returns (failures, how many times it was killed)."""
    run, kills = Path(folder, "run"), 0
    while not (run / "metrics.json").exists():
        resume = (run / "last.npz").exists()
        if not resume and run.exists():
            for file in run.iterdir():
                file.unlink()
        process = start(["-m", "minicnn", "train", "--resume", str(run)] if resume else [*TRAINING, "--run", str(run)])
        try:
            out, _ = process.communicate(timeout=2 + 4 * chance.random() if kills < 6 else 300)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
            continue
        if process.returncode:
            return [f"after {kills} kills: {out[-300:]}"], kills
    return ([] if arrays(run) == expected else [f"after {kills} kills: other bits than without them"]), kills


def main(cases, seed):
    """Run the cases, print the failures and the counts, return the failures."""
    chance, trainings = random.Random(seed), cases // 16
    saves = cases - trainings
    with tempfile.TemporaryDirectory() as folder:
        failures, halves = kill_while_saving(folder, saves, chance)
    print(f"  {saves} kills while saving, {halves} of them in the middle of a file")
    killed = 0
    if trainings:
        with tempfile.TemporaryDirectory() as folder:
            process = start([*TRAINING, "--run", str(Path(folder, "never"))])
            process.communicate()
            expected = arrays(Path(folder, "never"))
            for number in range(trainings):
                Path(folder, str(number)).mkdir()
                found, kills = kill_a_training(Path(folder, str(number)), expected, chance)
                failures, killed = failures + found, killed + kills
    print(*failures, sep="\n", end="\n" if failures else "")
    print(f"  {trainings} trainings, killed {killed} times in all and resumed")
    print(f"kills: {cases} cases, {len(failures)} failures")
    return failures
