"""Checkpoints: one .npz file of named arrays. A training that is resumed from it gives the same bits as one that never stopped.

A checkpoint holds the objects that it is given by name: model, optimizer, schedule, the Batches of the current epoch,
random generators. Nothing is pickled, so opening a file from someone else cannot run code. A file is written completely or
not at all. Loading compares every name, shape and dtype with the object that it loads into before it changes anything.
"""

import contextlib
import json
import math
import os
import zipfile

import numpy as np

from ..data.checks import check_path
from ..shapes import message, shape_text, shown
from ..support.files import replacing

FORMAT = 1
MOST_TEXT = 16 * 2**20                                             # bytes of JSON, 4 a character: 20,000 epochs of history


class CheckpointError(ValueError):
    """The file is not a checkpoint, is damaged, or belongs to another model. The message has four parts."""


def save_checkpoint(path: str | os.PathLike, *, notes=None, **things) -> None:
    """Write the state of everything in `things`, and `notes` (anything JSON can hold), to one file.

    save_checkpoint("last.npz", model=model, optimizer=optimizer, schedule=schedule, epoch=epoch, rng=rng)

    Raises: OSError if the file cannot be written (an older file of that name then stays as it was), TypeError for an
    object that has no state.
    """
    check_path("save_checkpoint", "path, a string or a Path", path)
    arrays = {f"{thing}/{name}": np.asarray(array)
              for thing, value in things.items() for name, array in _state(thing, value).items()}
    for name, array in arrays.items():
        if array.dtype.hasobject:                                  # np.savez would pickle it
            raise TypeError(message("save_checkpoint", "states of numbers and text", f"objects in {name}"))
    arrays["format"] = np.array(FORMAT)
    try:
        arrays["notes"] = np.array(json.dumps(notes))
    except TypeError:
        raise TypeError(message("save_checkpoint", "notes that JSON can hold", shown(notes))) from None
    if arrays["notes"].nbytes > MOST_TEXT:
        raise ValueError(message("save_checkpoint", f"notes of at most {MOST_TEXT // 4:,} characters",
                                 f"{arrays['notes'].nbytes // 4:,}"))
    with replacing(path) as file:
        np.savez(file, **arrays)


def load_checkpoint(path: str | os.PathLike, **things):
    """Load the saved states into `things`, each under the name it was saved with, and return the notes.

    You may load fewer things than were saved: load_checkpoint(path, model=model) loads only the weights.

    Raises: CheckpointError if the file is damaged or does not fit; nothing is changed then. OSError if it cannot be read.
    """
    check_path("load_checkpoint", "path, a string or a Path", path)
    who = f"load_checkpoint({path})"
    before = {thing: {name: np.array(array) for name, array in _state(thing, value).items()}
              for thing, value in things.items()}
    with _opened(who, path) as archive:
        loaded = {thing: _read_state(who, archive, thing, template) for thing, template in before.items()}
        version = int(_read(who, archive, "format", np.array(FORMAT)))
        notes = json.loads(str(_read(who, archive, "notes", np.array(""))))
    if version != FORMAT:
        raise CheckpointError(message(who, f"format {FORMAT}", f"format {version}", "another version of minicnn wrote it"))
    try:
        for thing, value in things.items():
            _load_state(value, loaded[thing])
    except BaseException as problem:                               # a state that makes no sense, or Ctrl-C
        for thing, value in things.items():
            _load_state(value, before[thing])
        if not isinstance(problem, Exception):
            raise
        got = f"{type(problem).__name__}: {str(problem)[:200]}"
        raise CheckpointError(message(who, "states that make sense", got, "take an earlier checkpoint")) from None
    return notes


def saved_shapes(path, thing):
    """Name -> shape of the arrays that a checkpoint holds of one thing. Reads their headers, not their numbers.

    Raises: as load_checkpoint.
    """
    who, shapes = f"load_checkpoint({path})", {}
    with _opened(who, path) as archive:
        for name in archive.namelist():
            if name.startswith(f"{thing}/"):
                shapes[name.removeprefix(f"{thing}/").removesuffix(".npy")], _ = _header(who, archive, name)
    return shapes


# ------------------------------------------------------------------------------------- objects to arrays and back

def _state(thing, value):
    """Name -> array of a model, a random generator, or anything that has state() and load_state()."""
    if isinstance(value, np.random.Generator):
        return {"generator": np.array(json.dumps(value.bit_generator.state, default=np.ndarray.tolist))}
    if hasattr(value, "buffers") and not isinstance(value, type):
        arrays = {f"parameters/{name}": p.value for name, p in value.parameters().items()}
        arrays |= {f"buffers/{name}": array for name, array in value.buffers().items()}
        return arrays | {f"generators/{name}": _state(name, rng)["generator"] for name, rng in value.generators().items()}
    if hasattr(value, "load_state") and not isinstance(value, type):
        return value.state()
    raise TypeError(message("a checkpoint", "a model, an optimizer, a schedule, Batches or a numpy Generator",
                            f"{thing} = {shown(value)}"))


def _load_state(value, state):
    if isinstance(value, np.random.Generator):
        value.bit_generator.state = json.loads(str(state["generator"]))
    elif hasattr(value, "buffers"):
        for name, p in value.parameters().items():
            p.value = state[f"parameters/{name}"]
        for name, array in value.buffers().items():
            array[...] = state[f"buffers/{name}"]
        for name, rng in value.generators().items():
            _load_state(rng, {"generator": state[f"generators/{name}"]})
    else:
        value.load_state(state)


# -------------------------------------------------------------------------------- reading a file that may be damaged

@contextlib.contextmanager
def _opened(who, path):
    """The archive, once its members are sure to take no more memory than the file takes on the disk."""
    with open(path, "rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
                plain = all(info.compress_type == zipfile.ZIP_STORED and info.compress_size == info.file_size
                            for info in members)
                if not plain or sum(info.file_size for info in members) > os.fstat(file.fileno()).st_size:
                    raise ValueError("its members are compressed or overlap")
                yield archive
        except CheckpointError:
            raise
        except Exception as problem:                               # zip, .npy and JSON raise many kinds of errors
            got = f"a damaged or foreign file ({type(problem).__name__}: {str(problem)[:200]})"
            raise CheckpointError(message(who, "a checkpoint of minicnn", got, "take an earlier checkpoint")) from None


def _read_state(who, archive, thing, template):
    """The arrays of one thing, after comparing names, shapes and dtypes with those it has now."""
    saved = {name.removeprefix(f"{thing}/").removesuffix(".npy")
             for name in archive.namelist() if name.startswith(f"{thing}/")}
    if saved != set(template):
        missing, extra = sorted(set(template) - saved), sorted(saved - set(template))
        got = f"{len(missing)} missing ({', '.join(missing[:3])})" if missing else f"{len(extra)} more ({', '.join(extra[:3])})"
        raise CheckpointError(message(who, f"the arrays that this {thing} has", got, "it belongs to another " + thing))
    return {name: _read(who, archive, f"{thing}/{name}", array) for name, array in template.items()}


def _read(who, archive, name, template):
    """One array. Its header is compared with the template before its numbers are read and take memory."""
    if f"{name}.npy" not in archive.namelist():
        raise CheckpointError(message(who, "a checkpoint of minicnn", f"an archive without {name}"))
    shape, dtype = _header(who, archive, f"{name}.npy")
    text = template.dtype.kind == "U"                              # JSON: its length may differ, up to a limit
    fits = dtype.kind == "U" and shape == () and dtype.itemsize <= MOST_TEXT if text else dtype == template.dtype
    if not fits or shape != template.shape:
        raise CheckpointError(message(who, f"{name} {template.dtype} {shape_text(template.shape)}",
                                      f"{dtype} {shape_text(shape)}", "it belongs to another model or setting"))
    with archive.open(f"{name}.npy") as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _header(who, archive, member):
    """(shape, dtype) of a .npy file in the archive, once as many bytes follow as they need."""
    info = archive.getinfo(member)
    with archive.open(info) as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise CheckpointError(message(who, f"{member} in .npy format 1.0", "another format"))
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        if dtype.hasobject:
            raise CheckpointError(message(who, f"numbers or text in {member}", "objects", "it is not a checkpoint of minicnn"))
        if info.file_size != file.tell() + math.prod(shape) * dtype.itemsize:
            raise CheckpointError(message(who, f"{member} of the size its header says", f"{info.file_size} bytes",
                                          "the file is damaged"))
    return shape, dtype
