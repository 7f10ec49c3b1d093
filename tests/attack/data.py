"""Attack the readers of data: IDX and gzip files, and pictures. Each case must end in success or one clear error of ours.

    python -m tests.attack data --cases 6500          (10 of 13 cases are IDX files, 3 are pictures)

A case fails if it raises any other error, takes longer than 20 s, kills the process, or takes more than 100 MB beyond the
decoded size of what it reads. Memory is the peak of the resident set, which Linux lets a process reset; elsewhere it is
not measured. The cases run in child processes, so that a crash is counted and does not end the attack.
"""

import contextlib
import ctypes
import functools
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

from minicnn.data import DownloadError, ImageError, Preprocessing, image_folder, mnist, read_idx, read_image
from minicnn.data.checks import LONGEST_SIDE
from minicnn.data.image_files import LARGE, MOST_PIXELS
from tests.attack import hostile_idx, hostile_images

CASES = 6500
PART = 500                # cases of a child process
SLOW = 20                 # seconds that a case may take
BEYOND = 100_000_000      # bytes that a case may take beyond the decoded size
MNIST_BYTES = 48_000_000


def main(cases, seed):
    """Run cases 0 ... cases - 1 in child processes; print the failures and their number; return the failures."""
    failures, first, kinds = [], 0, {}
    while first < cases:
        last = min(first + PART, cases)
        command = [sys.executable, "-m", "tests.attack.data", str(first), str(last), str(seed)]
        child = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
        done = [json.loads(line) for line in child.stdout.splitlines() if line.startswith("{")]
        for case in done:
            count = kinds.setdefault(case["kind"], {"read": 0, "refused": 0})
            count["read" if case["result"] == "read" else "refused"] += 1
            if case["failure"]:
                failures.append(f"case {case['number']} ({case['kind']}): {case['failure']}")
        if child.returncode:
            died = first + len(done)
            failures.append(f"case {died}: the process ended with {child.returncode}: {child.stderr[-300:]}")
        first = last if child.returncode == 0 else died + 1
    print(*failures, sep="\n", end="\n" if failures else "")
    for kind, count in sorted(kinds.items()):
        print(f"  {kind:<32} {count['read']:>5} read {count['refused']:>5} refused")
    print(f"data: {cases} cases, {len(failures)} failures")
    return failures


def run(number, seed, folder):
    """Run one case in an empty folder. Returns its kind, result ("read" or the error's text) and failure (a text or None)."""
    rng = np.random.default_rng([seed, number])
    kind, act, name, decoded = idx_case(rng, folder) if number % 13 < 10 else image_case(rng, folder)
    before, start = start_of_peak(), time.perf_counter()
    result, failure = "read", None
    try:
        failure = act()
    except (ImageError, ValueError, FileNotFoundError, DownloadError) as problem:
        result = str(problem)
        if not re.fullmatch(r"[^\n]* expected [^\n]*, got [^\n]*", result) or (name and name not in result):
            failure = f"{type(problem).__name__} is not a clear error: {result[:300]!r}"
    except BaseException as problem:
        result, failure = "error", f"{type(problem).__name__}: {problem}"
    took, peak = time.perf_counter() - start, peak_since(before)
    if failure is None and took > SLOW:
        failure = f"took {took:.0f} s"
    if failure is None and peak > BEYOND + decoded:
        failure = f"took {peak / 1e6:.0f} MB for {decoded / 1e6:.0f} MB of data"
    return {"number": number, "kind": kind, "result": result, "failure": failure}


def idx_case(rng, folder):
    """(kind, a function that reads the file, the name that an error must contain, the bytes that are expected)."""
    kind, content, array = hostile_idx.draw(rng)
    if kind == "bomb" or rng.random() < 0.3:                       # in the place of one of MNIST's files
        name = write_mnist(folder, rng, content)
        return f"MNIST: {kind}", lambda: mnist(folder) and None, name, MNIST_BYTES
    path = folder / str(rng.choice(["file", "file.gz", "file with spaces", "fïle"]))
    path.write_bytes(content)

    def act():
        found = read_idx(path)
        if array is not None and not (found == array).all():
            return "another array was read than was written"
        return None
    return f"IDX: {kind}", act, path.name, 0


def write_mnist(folder, rng, content):
    """The four files of a small MNIST, one of them `content`; its name."""
    for name in hostile_idx.MNIST:
        sizes = (5, 28, 28) if "images" in name else (5,)
        (folder / name).write_bytes(hostile_idx.header(0x08, sizes) + bytes(int(np.prod(sizes))))
    name = str(rng.choice(hostile_idx.MNIST))
    (folder / name).write_bytes(content)
    return name


def image_case(rng, folder):
    kind, content = hostile_images.draw(rng)
    path = folder / "a" / str(rng.choice(["p.png", "p.jpg", "p.JPEG"]))
    path.parent.mkdir()
    path.write_bytes(content)
    way = rng.random()
    if way < 0.7:
        channels = (None, 1, 3)[rng.integers(3)]
        act = functools.partial(read_checked, path, channels)
        return f"picture: {kind}", act, path.name, decoded_bytes(content)
    if way < 0.85:
        of = str(rng.choice(["digit", "garment", "photo"]))
        prepare = Preprocessing((28, 28, 1), kind=of)

        def act():
            x = prepare.one_image(read_image(path))
            return None if x.shape == (1, 28, 28, 1) and np.isfinite(x).all() else f"x {x.shape} that is not finite"
        return f"picture, then {of}", act, "", decoded_bytes(content)
    for name in "ab":
        (folder / name).mkdir(exist_ok=True)
        for k in range(4):
            Image.new("RGB", (9, 9), (20 * k, 0, 0)).save(folder / name / f"{k}.png")

    def read_folder():
        found = image_folder(folder, 8, validation=0.25, test=0.25)
        return None if sum(found.counts) + len(found.skipped) == 9 else f"counts {found.counts}, skipped {found.skipped}"
    return "picture in a folder", read_folder, "", decoded_bytes(content)


def read_checked(path, channels):
    image = read_image(path, channels)
    right = (image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] in ((channels,) if channels else (1, 3))
             and 0 not in image.shape and image.flags.c_contiguous and image.shape[0] * image.shape[1] <= 2 * LARGE)
    return None if right else f"an image {image.dtype} {image.shape}"


def decoded_bytes(content):
    """What the decoders need for the pixels: 4 bytes each. JPEGs above LARGE are decoded at a fraction of their size, but
    for progressive ones libjpeg keeps all coefficients."""
    with warnings.catch_warnings(), contextlib.suppress(Exception):
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
            w, h = image.size
            refused = w * h > MOST_PIXELS or max(w, h) > LONGEST_SIDE
            reduced = image.format == "JPEG" and w * h > LARGE and not image.info.get("progressive")
            return 0 if refused or reduced else 4 * w * h
    return 0


def start_of_peak():
    """Forget the peak of the resident set; the set now, in bytes. 0 where this cannot be measured."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")
        return _status("VmRSS")
    return 0


def peak_since(before):
    return _status("VmHWM") - before if before else 0


def _status(key):
    return 1024 * int(re.search(rf"{key}:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])


if __name__ == "__main__":
    first, last, seed = map(int, sys.argv[1:])
    for number in range(first, last):
        folder = Path(tempfile.mkdtemp())
        print(json.dumps(run(number, seed, folder)), flush=True)
        shutil.rmtree(folder)
