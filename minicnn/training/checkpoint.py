"""Checkpoints: one .npz of named arrays, from which training goes on with the same bits as if it had never stopped.

A checkpoint holds whatever it is handed by name: model, optimizer, schedule, epoch (the Batches in progress) and
random generators. Nothing is pickled: opening a stranger's file cannot run code. Saving writes a temporary file and
renames it, so that a crash leaves the old file whole; loading compares every name, shape and dtype with what it is
loaded into before it changes anything.
"""

import json
import math
import os
import zipfile

import numpy as np

from ..shapes import message, shape_text

FORMAT = 1
MOST_TEXT = 64 * 2**20                                             # bytes of JSON that a reader accepts


class CheckpointError(ValueError):
    """The file is no checkpoint, is damaged, or belongs to another model. The message has four parts."""


def save_checkpoint(path, *, notes=None, **things):
    """Write the state of everything in `things`, and `notes` (anything JSON can hold), to one file.

    save_checkpoint("last.npz", model=model, optimizer=optimizer, schedule=schedule, epoch=epoch, rng=rng)

    Raises: OSError where the file cannot be written (an older file of that name then stays as it was), TypeError for
    a thing that has no state.
    """
    arrays = {f"{thing}/{name}": np.asarray(array)
              for thing, value in things.items() for name, array in _state(thing, value).items()}
    for name, array in arrays.items():
        if array.dtype.hasobject:                                  # np.savez would pickle it
            raise TypeError(message("save_checkpoint", "states of numbers and text", f"objects in {name}"))
    arrays["format"] = np.array(FORMAT)
    arrays["notes"] = np.array(json.dumps(notes))
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    temporary = f"{path}.{os.getpid()}.part"
    try:
        with open(temporary, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())                                # on the disk before it takes the old one's name
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def load_checkpoint(path, **things):
    """Put the saved states into `things`, each under the name it was saved by, and return the notes.

    Loading fewer things than were saved is fine: load_checkpoint(path, model=model) is how a trained model is used.

    Raises: CheckpointError where the file is damaged or does not fit, with nothing changed; OSError where it cannot
    be read.
    """
    who = f"load_checkpoint({path})"
    before = {thing: {name: np.array(array) for name, array in _state(thing, value).items()}
              for thing, value in things.items()}
    with open(path, "rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                loaded = {thing: _read_state(who, archive, thing, template) for thing, template in before.items()}
                version = int(_read(who, archive, "format", np.array(FORMAT)))
                notes = json.loads(str(_read(who, archive, "notes", np.array(""))))
        except CheckpointError:
            raise
        except Exception as problem:                               # zip, .npy and JSON raise many kinds of errors
            got = f"a damaged or foreign file ({type(problem).__name__}: {str(problem)[:200]})"
            raise CheckpointError(message(who, "a checkpoint of minicnn", got, "take an earlier checkpoint")) from None
    if version != FORMAT:
        raise CheckpointError(message(who, f"format {FORMAT}", f"format {version}", "another version of minicnn wrote it"))
    try:
        for thing, value in things.items():
            _load_state(value, loaded[thing])
    except BaseException as problem:                               # a state or an order that makes no sense, or Ctrl-C
        for thing, value in things.items():
            _load_state(value, before[thing])
        if not isinstance(problem, Exception):
            raise
        got = f"{type(problem).__name__}: {str(problem)[:200]}"
        raise CheckpointError(message(who, "states that make sense", got, "take an earlier checkpoint")) from None
    return notes


# ------------------------------------------------------------------------------------- objects to arrays and back

def _state(thing, value):
    """Name -> array of a model, a random generator, or anything that has state() and load_state()."""
    if isinstance(value, np.random.Generator):
        return {"generator": np.array(json.dumps(value.bit_generator.state, default=np.ndarray.tolist))}
    if hasattr(value, "buffers"):
        arrays = {f"parameters/{name}": p.value for name, p in value.parameters().items()}
        arrays |= {f"buffers/{name}": array for name, array in value.buffers().items()}
        return arrays | {f"generators/{name}": _state(name, rng)["generator"] for name, rng in value.generators().items()}
    if hasattr(value, "load_state"):
        return value.state()
    raise TypeError(message("a checkpoint", "a model, an optimizer, a schedule, Batches or a numpy Generator",
                            f"{thing} = {value!r}"))


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


# ----------------------------------------------------------------------------------------------- a distrustful read

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
    """One array. Its header is compared with the template before its numbers are read, or memory is taken for them."""
    if f"{name}.npy" not in archive.namelist():
        raise CheckpointError(message(who, "a checkpoint of minicnn", f"an archive without {name}"))
    info = archive.getinfo(f"{name}.npy")
    with archive.open(info) as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise CheckpointError(message(who, f"{name} in .npy format 1.0", "another format"))
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        text = template.dtype.kind == "U"                          # JSON: its length may differ, within reason
        fits = dtype.kind == "U" and shape == () and dtype.itemsize <= MOST_TEXT if text else dtype == template.dtype
        if not fits or shape != template.shape:
            raise CheckpointError(message(
                who, f"{name} {template.dtype} {shape_text(template.shape)}", f"{dtype} {shape_text(shape)}",
                "it belongs to another model or setting"))
        if info.file_size != file.tell() + math.prod(shape) * dtype.itemsize:
            raise CheckpointError(message(who, f"{name} of the size its header says", f"{info.file_size} bytes",
                                          "the file is damaged"))
    with archive.open(info) as file:
        return np.lib.format.read_array(file, allow_pickle=False)
