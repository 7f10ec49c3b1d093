"""Damage the files of the kernel cache: the program must say so or compile again, and compute what it computed before."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CASES = 100
PROGRAM = """
import numpy as np
from minicnn.ops import fast
print(fast.relu(np.arange(-9, 9, dtype=np.float32)).sum())
"""
TOLD = ("kernel cache is damaged", "compiling kernels (first run only)")


def compute(folder):
    done = subprocess.run([sys.executable, "-c", PROGRAM], env={**os.environ, "NUMBA_CACHE_DIR": str(folder)},
                          capture_output=True, text=True, timeout=600)
    return done.returncode, done.stdout.strip(), done.stderr


def damage(data, rng):
    """The bytes with a page of zeros, some flipped bits, rubbish in the middle, or an end that is missing."""
    data, kind, at = bytearray(data), rng.choice(["zeros", "bits", "rubbish", "short"]), rng.randrange(len(data))
    if kind == "zeros":
        data[at:at + 4096] = bytes(len(data[at:at + 4096]))
    elif kind == "bits":
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == "rubbish":
        data[at:at + 64] = rng.randbytes(len(data[at:at + 64]))
    else:
        del data[at:]
    return kind, bytes(data)


def run(cases=100, seed=0):
    """The faults of `cases` damaged files."""
    rng, faults = random.Random(seed), []
    with tempfile.TemporaryDirectory() as folder:
        whole, broken = Path(folder, "whole"), Path(folder, "broken")
        whole.mkdir()
        right = compute(whole)[:2]
        if right != (0, "36.0"):
            return [f"damaged_cache: before any damage: {right}"]
        for case in range(cases):
            shutil.rmtree(broken, ignore_errors=True)
            shutil.copytree(whole, broken)
            file = rng.choice(sorted(path for path in broken.rglob("*") if path.is_file()))
            before = file.read_bytes()
            kind, after = damage(before, rng)
            if after == before:
                continue
            file.write_bytes(after)
            for attempt in ("damaged", "compiled again"):
                status, out, errors = compute(broken)
                if (status, out) != right:
                    faults.append(f"damaged_cache: case {case}, {kind} in {file.name}: {attempt}: status {status}, {out!r}")
                if any(text in errors for text in TOLD) != (attempt == "damaged"):
                    faults.append(f"damaged_cache: case {case}, {kind} in {file.name}: {attempt}: stderr {errors[-300:]!r}")
    return faults


def main(cases, seed):
    """The long form; returns the number of faults."""
    faults = run(cases, seed)
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"damaged_cache: {cases} cases, {len(faults)} failures")
    return len(faults)
