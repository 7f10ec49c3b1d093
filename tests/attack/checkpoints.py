"""Attack the readers of checkpoints and model files. Each case must end in success or one clear error of ours.

    python -m tests.attack checkpoints --cases 2000

A case changes a good file: bits flipped, cut short, shapes and sizes that lie, zip tricks, notes that lie about the network.
It fails if loading raises any other error, changes an object although it is refused, or takes more memory than MEMORY times
the file's size plus MARGIN.
"""

import copy
import functools
import io
import json
import struct
import tempfile
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np

from minicnn import Adam, CheckpointError, Preprocessing, batches, load_checkpoint, load_model, save_checkpoint, save_model
from minicnn.models import two_conv

CASES = 2000
MEMORY, MARGIN = 30, 2**22                                         # peak bytes <= MEMORY * file size + MARGIN
HUGE = (0, -1, 2**15, 2**31, 2**31 - 1, 2**62, 10**9, 10**30)


def things(seed):
    """A small model with all that a checkpoint of a training holds."""
    rng = np.random.default_rng(seed)
    model = two_conv((8, 8, 1), 3, rng, width=1)
    images = np.zeros((5, 8, 8, 1), np.uint8)
    feed = batches(images, np.arange(5), 2, rng=rng)
    return {"model": model, "optimizer": Adam(model.parameters()), "rng": rng, "feed": feed}


def state(objects):
    """Every bit of the objects."""
    arrays = [parameter.value for parameter in objects["model"].parameters().values()]
    arrays += [*objects["optimizer"].state().values(), *objects["feed"].state().values()]
    return [array.tobytes() for array in arrays], str(objects["rng"].bit_generator.state)


def header(shape, dtype):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
    return file.getvalue()


def members(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(contents, compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in contents:
            archive.writestr(name, content)
    return file.getvalue()


# ---- each mutation takes the bytes of a good file and a Generator, and returns other bytes

def flip_bits(content, rng):
    content = bytearray(content)
    for position in rng.integers(0, len(content), rng.integers(1, 20)):
        content[position] ^= 1 << rng.integers(8)
    return bytes(content)


def flip_in_directory(content, rng):
    content = bytearray(content)
    for position in rng.integers(max(0, len(content) - 3000), len(content), rng.integers(1, 8)):
        content[position] = rng.integers(256)
    return bytes(content)


def cut(content, rng):
    return content[:rng.integers(len(content))]


def lengthen(content, rng):
    return rng.bytes(rng.integers(1, 2000)) + content if rng.random() < 0.5 else content + rng.bytes(rng.integers(1, 2000))


def wrong_shape(content, rng):
    arrays = members(content)
    name = str(rng.choice(list(arrays)))
    shape = tuple(int(rng.choice(np.array(HUGE, object))) for _ in range(rng.integers(0, 4)))
    arrays[name] = header(shape, str(rng.choice(["<f4", "<f8", "<i8", "<U9", ">f4", "|O", "<U99999999"]))) \
        + rng.bytes(rng.integers(200))
    return zipped(arrays.items())


def another_array(content, rng):
    arrays, file = members(content), io.BytesIO()
    others = [np.zeros(3), np.array("text"), np.float32(np.nan), np.array(-1), np.ones(tuple(rng.integers(0, 4, 3)))]
    np.save(file, others[rng.integers(len(others))])
    arrays[str(rng.choice(list(arrays)))] = file.getvalue()
    return zipped(arrays.items())


def bomb(content, rng):
    """Members that compress a thousand times."""
    arrays = members(content)
    arrays[str(rng.choice(list(arrays)))] = header((2**22,), "<f4") + bytes(2**24)
    return zipped(arrays.items(), int(rng.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])))


def doubled_or_missing(content, rng):
    arrays = list(members(content).items())
    rng.shuffle(arrays)
    return zipped(arrays[:rng.integers(len(arrays))] + arrays[:rng.integers(3)])


def lying_sizes(content, rng):
    """The directory says other sizes and places than the members have: they overlap, or end beyond the file."""
    content, at = bytearray(content), 0
    while (at := content.find(b"PK\1\2", at)) >= 0:
        if rng.random() < 0.3:
            offset = int(rng.choice([20, 24, 42]))                 # compressed size, size, place
            content[at + offset:at + offset + 4] = struct.pack("<I", int(rng.choice([0, 10, 2**16, 2**31, 2**32 - 1])))
        at += 4
    return bytes(content)


def lying_notes(content, rng):
    """One value somewhere in the notes becomes another."""
    arrays = members(content)
    with io.BytesIO(arrays["notes.npy"]) as file:
        notes = json.loads(str(np.lib.format.read_array(file)))
    places = []

    def walk(value):
        for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
            places.append((value, key))
            walk(value[key])
    walk(notes)
    for k in rng.integers(0, max(len(places), 1), rng.integers(1, 3)):
        if places:
            holder, key = places[k]
            holder[key] = copy.deepcopy([None, True, "x", -1, 0, 3, 2**40, 1e308, [], {}, [[[]]], "Conv2D", {"layer": "Dense"},
                                         {"layer": "BatchNorm", "arguments": {"channels": 10**9}}][rng.integers(14)])
    file = io.BytesIO()
    np.save(file, np.array(json.dumps(notes)))
    arrays["notes.npy"] = file.getvalue()
    return zipped(arrays.items())


def nested_notes(content, rng):
    arrays, file = members(content), io.BytesIO()
    layers = '{"model_file":{"format":2,"network":{"layer":"Sequential","arguments":{"layers":['
    np.save(file, np.array(str(rng.choice(["[", '{"a":', layers])) * int(rng.integers(1, 20_000))))
    arrays["notes.npy"] = file.getvalue()
    return zipped(arrays.items())


def noise(content, rng):
    return rng.bytes(rng.integers(0, 5000))


MUTATIONS = (flip_bits, flip_in_directory, cut, lengthen, wrong_shape, another_array, bomb, doubled_or_missing, lying_sizes,
             lying_notes, lying_notes, nested_notes, noise)


def attempt(path, load, size):
    """(what happened, a failure or None) of one load."""
    tracemalloc.start()
    try:
        try:
            load(path)
            result, failure = "read", None
        except (CheckpointError, OSError) as problem:
            result, failure = "refused", None if "expected" in str(problem) or isinstance(problem, OSError) else str(problem)
        except BaseException as problem:                           # anything else is what this attack looks for
            result, failure = "failed", f"{type(problem).__name__}: {problem}"[:300]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    if not failure and peak > MEMORY * size + MARGIN:
        failure = f"{peak:,} bytes of memory for a file of {size:,}"
    return result, failure


def main(cases, seed):
    """Run the cases, print the failures and the counts of each mutation, return the failures."""
    failures, counts = [], {mutate.__name__: {"read": 0, "refused": 0, "failed": 0} for mutate in MUTATIONS}
    with tempfile.TemporaryDirectory() as folder:
        path, good = Path(folder, "file.npz"), things(1)
        save_checkpoint(path, notes={"epoch": 2, "history": [{"loss": 0.5}]}, **good)
        checkpoint = path.read_bytes()
        save_model(path, good["model"], Preprocessing.of("0..1", (8, 8, 1), kind="digit"), ("a", "b", "c"))
        model_file, target = path.read_bytes(), things(2)
        before = state(target)
        for number in range(cases):
            rng = np.random.default_rng([seed, number])
            mutate, model = MUTATIONS[number % len(MUTATIONS)], number // len(MUTATIONS) % 2
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")                    # zipfile warns of a name that is there twice
                content = mutate(model_file if model else checkpoint, rng)
            path.write_bytes(content)
            load = load_model if model else functools.partial(load_checkpoint, **target)
            result, failure = attempt(path, load, len(content))
            counts[mutate.__name__][result] += 1
            if result == "refused" and state(target) != before:
                failure = "it was refused, but an object was changed"
            if failure:
                failures.append(f"case {number} ({mutate.__name__} of a {'model file' if model else 'checkpoint'}): {failure}")
            if state(target) != before:
                target = things(2)
    print(*failures, sep="\n", end="\n" if failures else "")
    for name, count in counts.items():
        print(f"  {name:<20} {count['read']:>5} read {count['refused']:>5} refused")
    print(f"checkpoints: {cases} cases, {len(failures)} failures")
    return failures
