"""A checkpoint gives back the same bits, refuses what does not fit with nothing changed, and is written whole or not at all."""

import contextlib
import io
import json
import os
import tracemalloc
import types
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minicnn
from minicnn import (
    SGD,
    Adam,
    AdamW,
    BatchNorm,
    CheckpointError,
    Conv2D,
    Cosine,
    Dense,
    Dropout,
    Flatten,
    OneCycle,
    Parameter,
    ReLU,
    RMSprop,
    Sequential,
    StepDecay,
    batches,
    load_checkpoint,
    save_checkpoint,
    softmax_cross_entropy,
)

N = 11
IMAGES = np.random.default_rng(5).standard_normal((N, 6, 5, 1)).astype(np.float32)
LABELS = np.arange(N) % 3
OPTIMIZERS = {
    "SGD": lambda parameters: SGD(parameters, lr=0.1, momentum=0.9, nesterov=True),
    "RMSprop": lambda parameters: RMSprop(parameters, lr=0.01),
    "Adam": lambda parameters: Adam(parameters, lr=0.01, weight_decay=0.1),
    "AdamW": lambda parameters: AdamW(parameters, lr=0.01),
}
SCHEDULES = {
    "StepDecay": lambda optimizer: StepDecay(optimizer, every=2),
    "Cosine": lambda optimizer: Cosine(optimizer, total_steps=20),
    "OneCycle": lambda optimizer: OneCycle(optimizer, total_steps=20),
}


def bits(value):
    """Everything that an object holds, down to the last bit, as something that == compares."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    if isinstance(value, dict):
        # joined: what an optimizer's groups hold a second time, in one piece
        return {name: bits(inner) for name, inner in value.items() if name not in ("_identity", "joined")}
    if isinstance(value, (list, tuple)):
        return [bits(inner) for inner in value]
    if isinstance(value, Parameter):
        return bits([value.value, value.grad])
    if hasattr(value, "__dict__") and not isinstance(value, (type, types.FunctionType)):
        return type(value).__name__, bits(vars(value))
    return repr(value)


def network(rng, width=2, dtype="float32", kernel_size=(3, 2)):
    return Sequential([
        Conv2D(1, width, kernel_size, rng=rng, dtype=dtype), BatchNorm(width, dtype=dtype), ReLU(), Flatten(),
        Dropout(0.5, rng=rng), Dense(width * 4 * 4, 3, rng=rng, dtype=dtype),
    ])


def parts(seed, optimizer="Adam", schedule="OneCycle", steps=0, **settings):
    """All that a training consists of, after a few steps of it."""
    rng = np.random.default_rng(seed)
    model = network(rng, **settings)
    adam = OPTIMIZERS[optimizer](model.parameters())
    things = {"model": model, "optimizer": adam, "schedule": SCHEDULES[schedule](adam),
              "feed": batches(IMAGES, LABELS, 2, rng=rng), "rng": rng}
    for x, labels in [next(things["feed"]) for _ in range(steps)]:
        _, dlogits = softmax_cross_entropy(model.forward(x), labels)
        model.backward(dlogits)
        things["optimizer"].step()
        things["schedule"].step()
    model.train()                                                  # clears the caches
    for parameter in model.parameters().values():
        parameter.grad = None                                      # gradients are of the past: no checkpoint holds them
    return things


def rewrite(path, **members):
    """Replace members of an archive by other bytes, or by (bytes, compression)."""
    with zipfile.ZipFile(path) as old:
        contents = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, content in (contents | members).items():
            new.writestr(name, *content) if isinstance(content, tuple) else new.writestr(name, content)


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def header(shape, dtype="<f4", data=b""):
    """A .npy file whose header says what we like, and then the data."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
    return file.getvalue() + data


@pytest.fixture
def path(tmp_path):
    return tmp_path / "last.npz"


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The bytes of a sound checkpoint, what it was saved from, and things of another seed to load it into."""
    path = tmp_path_factory.mktemp("good") / "good.npz"
    saved = parts(seed=1, steps=3)
    save_checkpoint(path, notes={"epoch": 2}, **saved)
    return path.read_bytes(), bits(saved), lambda: parts(seed=2, steps=1)


def refuse(path, things, *words):
    """Loading must fail with a clear error and must not change a bit."""
    before = bits(things)
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path, **things)
    assert bits(things) == before
    text = str(caught.value)
    assert text.startswith(f"load_checkpoint({path}) expected ") and ", got " in text
    assert all(word in text for word in words), text
    return text


# ----------------------------------------------------------------------------------------------------- the round trip

@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_everything_comes_back_with_the_same_bits(path, optimizer, schedule):
    saved, fresh = (parts(seed, optimizer, schedule, steps) for seed, steps in ((1, 3), (2, 0)))
    notes = {"epoch": 3, "history": [{"loss": 0.1 + 0.2, "accuracy": None}], "name": "Größe"}
    save_checkpoint(path, notes=notes, **saved)
    for name in saved:
        assert bits(fresh[name]) != bits(saved[name])
    assert load_checkpoint(path, **fresh) == notes
    assert {name: bits(fresh[name]) for name in saved} == {name: bits(saved[name]) for name in saved}


def test_saving_changes_nothing_and_gives_the_same_file_each_time(path):
    things = parts(seed=1, steps=2)
    before = bits(things)
    save_checkpoint(path, **things)
    first = path.read_bytes()
    save_checkpoint(path, **things)
    assert path.read_bytes() == first
    assert bits(things) == before


def test_a_part_of_what_was_saved_can_be_loaded_alone(path):
    saved, fresh = parts(seed=1, steps=3), parts(seed=2)
    save_checkpoint(path, **saved)
    others = bits({name: fresh[name] for name in ("rng", "feed")})
    assert load_checkpoint(str(path), model=fresh["model"]) is None
    np.testing.assert_array_equal(fresh["model"].predict(IMAGES), saved["model"].predict(IMAGES))
    assert bits(fresh["feed"]) == others["feed"]


@pytest.mark.parametrize("kind", [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64])
def test_every_kind_of_generator_goes_on_as_if_never_stopped(path, kind):
    one, other = np.random.Generator(kind(1)), np.random.Generator(kind(2))
    one.random(3, np.float32)                                      # half a word is left over, and belongs to the state
    try:
        save_checkpoint(path, rng=one)
    except TypeError:
        pytest.fail("the state of this generator cannot be saved")
    load_checkpoint(path, rng=other)
    np.testing.assert_array_equal(other.random(9, np.float32), one.random(9, np.float32))


def test_the_layout_of_a_parameter_in_memory_does_not_matter(path):
    saved, fresh = parts(seed=1), parts(seed=2)
    weights = saved["model"].parameters()["5.w"]
    weights.value = np.asfortranarray(weights.value)
    save_checkpoint(path, model=saved["model"])
    load_checkpoint(path, model=fresh["model"])
    np.testing.assert_array_equal(fresh["model"].parameters()["5.w"].value, weights.value)


def test_weights_that_were_loaded_can_be_written_to(path):
    things = parts(seed=1)
    save_checkpoint(path, **things)
    load_checkpoint(path, **things)
    for parameter in things["model"].parameters().values():
        parameter.value += 1


# ------------------------------------------------------------------------------------------- what belongs to another

def _with(**change):
    return lambda: parts(seed=2, **change)


def _other_data():
    return {"feed": batches(IMAGES[:-1], LABELS[:-1], 2, rng=0)}


@pytest.mark.parametrize("other, words", [
    (lambda: {"model": Sequential([*parts(2)["model"].layers, Dense(3, 3, rng=0)])}, ["2 missing (", "6.w", "another model"]),
    (lambda: {"model": Sequential(list(parts(2)["model"].layers[:-1]))}, ["2 more (", "5.w", "another model"]),
    (_with(width=3), ["float32 (3, 2, 1, 3)", "got float32 (3, 2, 1, 2)"]),
    (_with(kernel_size=(2, 3)), ["float32 (2, 3, 1, 2)", "got float32 (3, 2, 1, 2)"]),
    (_with(dtype="float64"), ["float64 (3, 2, 1, 2)", "got float32 (3, 2, 1, 2)"]),
    (_with(optimizer="SGD"), ["that this optimizer has", "missing"]),
    (_other_data, ["int64 (10,)", "got int64 (11,)"]),
    (lambda: {"optimiser": parts(2)["optimizer"]}, ["that this optimiser has", "missing"]),
    (lambda: {**parts(2), "rng": np.random.Generator(np.random.MT19937(0))}, ["MT19937"]),
], ids=["more layers", "fewer layers", "width", "kernel", "dtype", "optimizer", "data", "name", "generator"])
def test_another_model_is_refused_and_stays_as_it_is(path, good, other, words):
    path.write_bytes(good[0])
    refuse(path, other(), *words)


def test_what_has_no_state_is_refused_before_a_file_is_written(path):
    with pytest.raises(TypeError, match=r"a checkpoint expected a model, .*, got model = \[\]"):
        save_checkpoint(path, model=[])
    assert not path.exists()


def test_an_array_of_objects_is_never_pickled_into_a_file(path):
    class Strange:
        def state(self):
            return {"things": np.array([{}, None])}

        def load_state(self, state):
            pass

    with pytest.raises(TypeError, match="expected .* numbers .*, got objects in strange/things"):
        save_checkpoint(path, strange=Strange())
    assert not path.exists()


# ---------------------------------------------------------------------------------------- damaged and hostile files

def test_a_file_cut_short_anywhere_is_refused(path, good):
    content, _, fresh = good
    things = fresh()
    for length in {*range(0, len(content), 61), *range(len(content) - 25, len(content))}:
        path.write_bytes(content[:length])
        refuse(path, things)


@given(st.data())
def test_flipped_bytes_are_refused_or_do_not_matter(good, tmp_path_factory, data):
    content, saved, fresh = good
    damaged, things = bytearray(content), fresh()
    ends = st.integers(len(content) - 2500, len(content) - 1)      # the directory of the archive is at the end
    for position in data.draw(st.lists(st.integers(0, len(content) - 1) | ends, min_size=1, max_size=4)):
        damaged[position] = data.draw(st.integers(0, 255))
    path, before = tmp_path_factory.getbasetemp() / "flipped.npz", bits(things)
    path.write_bytes(damaged)
    try:
        load_checkpoint(path, **things)
    except CheckpointError:
        assert bits(things) == before
    else:
        assert bits(things) == saved                               # a date or a flag: nothing that is a number


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"accuracy 98%\n", b"PK\x03\x04" + b"\0" * 100, npy(np.zeros(3))],
                         ids=["empty", "zeros", "text", "zip signature", "npy"])
def test_what_is_no_archive_is_refused(path, good, content):
    path.write_bytes(content)
    refuse(path, good[2](), "damaged or foreign", "take an earlier checkpoint")


@pytest.mark.parametrize("members", [
    {}, {"readme.txt": b"hello"}, {"arr_0.npy": npy(np.zeros(3))},
    {"rng/generator.npy": b"", "notes.npy": b"", "format.npy": b""},
    {"rng/generator.npy": npy(np.array("{}"))},
    {"rng/generator": npy(np.array("{}")), "format.npy": npy(np.array(1)), "notes.npy": npy(np.array("null"))},
], ids=["nothing", "text", "an npz", "empty members", "no format", "no .npy"])
def test_an_archive_of_other_things_is_refused(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    refuse(path, {"rng": np.random.default_rng(0)})


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compressed_member_that_is_damaged_is_refused(path, good, compression):
    path.write_bytes(good[0])
    rewrite(path, **{"notes.npy": (npy(np.array("null " * 999)), compression)})
    content = path.read_bytes()
    start = content.index(b"notes.npy") + len("notes.npy")
    path.write_bytes(content[:start] + b"\xff" * 20 + content[start + 20:])
    refuse(path, good[2]())


class Trap:
    """Unpickling one of these leaves a file behind."""

    def __init__(self, mark):
        self.mark = str(mark)

    def __reduce__(self):
        return open, (self.mark, "w")


@pytest.mark.parametrize("name", ["model/parameters/0.w", "model/generators/4.rng", "optimizer/t", "rng/generator", "notes",
                                  "format"])
def test_pickled_objects_are_refused_and_never_run(path, good, tmp_path, name):
    path.write_bytes(good[0])
    trap = np.empty((), object)
    trap[()] = Trap(tmp_path / "ran")
    rewrite(path, **{f"{name}.npy": npy(trap)})
    refuse(path, good[2](), "object")
    assert not (tmp_path / "ran").exists()


def test_loading_needs_no_pickle_and_no_np_load(path, monkeypatch):
    things = parts(seed=1)
    save_checkpoint(path, **things)
    monkeypatch.setattr("pickle.load", None)
    monkeypatch.setattr("pickle.loads", None)
    monkeypatch.setattr(np, "load", None)
    read, allowed = np.lib.format.read_array, []
    monkeypatch.setattr(np.lib.format, "read_array", lambda file, allow_pickle: (allowed.append(allow_pickle), read(file))[1])
    load_checkpoint(path, **things)
    assert set(allowed) == {False}


@contextlib.contextmanager
def little_memory():
    """What happens inside may take 4 MiB at the most."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 2**22
    finally:
        tracemalloc.stop()


WEIGHTS = "model/parameters/0.w.npy"                               # float32 (3, 2, 1, 2), 48 bytes
LIES = {
    "a size of 0": header((0, 2, 1, 2)),
    "a size of 2**32 - 1": header((2**32 - 1, 2, 1, 2), data=bytes(48)),
    "sizes whose product overflows": header((2**32, 2**32, 2**32, 2), data=bytes(48)),
    "a huge vector": header((2**62,)),
    "a negative size": header((-3, 2, 1, 2), data=bytes(48)),
    "no axes": header((), data=bytes(4)),
    "the other byte order": header((3, 2, 1, 2), ">f4", bytes(48)),
    "another type": header((3, 2, 1, 2), "<i4", bytes(48)),
    "a type of nested fields": header((3, 2, 1, 2), [("a", "<f4", (2**30,))]),
    "text for numbers": npy(np.array("x" * 12)),
    "fewer numbers than it says": header((3, 2, 1, 2), data=bytes(47)),
    "more numbers than it says": header((3, 2, 1, 2), data=bytes(49)),
    "no numbers": header((3, 2, 1, 2)),
    "a later version of the format": npy(np.zeros((3, 2, 1, 2), "f4")).replace(b"NUMPY\1", b"NUMPY\2"),
    "no header": b"\x93NUMPY\1\0\x76\0",
    "a header that is no dict": b"\x93NUMPY\1\0\x76\0" + b"[1]".ljust(0x75) + b"\n",
    "a header nested deeply": b"\x93NUMPY\1\0\x20\x1f" + b"(" * 0x1f1f + b"\n",
    "a header of minus signs": b"\x93NUMPY\1\0\x20\x1f" + b"-" * 0x1f1f + b"\n",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_header_that_lies_is_refused_before_memory_is_taken(path, good, lie):
    path.write_bytes(good[0])
    rewrite(path, **{WEIGHTS: LIES[lie]})
    things = good[2]()
    with little_memory():
        refuse(path, things)


@pytest.mark.parametrize("name, start", [
    (WEIGHTS, header((3, 2, 1, 2))), (WEIGHTS, header((2**24,))), ("rng/generator.npy", header((), "<U16777217")),
    ("notes.npy", header((), "<U500")), ("format.npy", header((2**23,), "<i8")),
], ids=["right header", "lying header", "long text", "short text", "format"])
def test_a_zip_bomb_is_refused_before_it_expands(path, good, name, start):
    path.write_bytes(good[0])
    rewrite(path, **{name: (start + bytes(2**26 + 4), zipfile.ZIP_DEFLATED)})
    assert path.stat().st_size < 2**18
    things = good[2]()
    with little_memory():
        refuse(path, things)


def _generator(**change):
    state = np.random.default_rng(0).bit_generator.state
    return json.dumps(state | change)


ORDER = np.arange(N)
NONSENSE = {
    "no JSON": ("rng/generator", "{"),
    "no dict": ("rng/generator", "[1, 2]"),
    "an empty state": ("rng/generator", "{}"),
    "JSON nested deeply": ("rng/generator", "[" * 100_000),
    "another generator": ("rng/generator", _generator(bit_generator="MT19937")),
    "a state that is text": ("rng/generator", _generator(state="text")),
    "a state below 0": ("rng/generator", _generator(state={"state": -1, "inc": 1})),
    "a state too large": ("rng/generator", _generator(state={"state": 2**200, "inc": 1})),
    "half a state": ("rng/generator", _generator(state={"state": 1})),
    "a flag too large": ("rng/generator", _generator(has_uint32=2**80)),
    "a layer's generator": ("model/generators/4.rng", "null"),
    "an order with a row twice": ("feed/order", np.where(ORDER == 3, 4, ORDER)),
    "an order out of range": ("feed/order", ORDER + 1),
    "a position below 0": ("feed/position", np.array(-1)),
    "a position behind the end": ("feed/position", np.array(N + 1)),
    "a step count below 0": ("optimizer/t", np.array(-1)),
    "a learning rate that is NaN": ("optimizer/lr", np.array(np.nan)),
    "a learning rate below 0": ("optimizer/lr", np.array(-1.0)),
    "a schedule before its start": ("schedule/t", np.array(-1)),
    "another format": ("format", np.array(2)),
    "notes that are no JSON": ("notes", "{"),
    "notes nested deeply": ("notes", "[" * 100_000),
}


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_a_state_that_makes_no_sense_is_refused_and_the_rest_rolled_back(path, good, nonsense):
    path.write_bytes(good[0])
    name, value = NONSENSE[nonsense]
    rewrite(path, **{f"{name}.npy": npy(np.array(value))})
    refuse(path, good[2]())


def test_ctrl_c_while_loading_changes_nothing_either(path, good, monkeypatch):
    path.write_bytes(good[0])
    things = good[2]()
    before, load_state, calls = bits(things), type(things["feed"]).load_state, []

    def interrupted(self, state):
        calls.append(state)
        load_state(self, state)
        if len(calls) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(type(things["feed"]), "load_state", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load_checkpoint(path, **things)
    assert bits(things) == before


@pytest.mark.parametrize("where, error", [("nowhere.npz", FileNotFoundError), (".", OSError)])
def test_a_file_that_cannot_be_read_is_an_os_error(tmp_path, where, error):
    things = parts(seed=1)
    before = bits(things)
    with pytest.raises(error):
        load_checkpoint(tmp_path / where, **things)
    assert bits(things) == before


# --------------------------------------------------------------------------------------------------- atomic writing

def _savez_fails(monkeypatch, path, error):
    def savez(file, **arrays):
        file.write(b"half a file")
        file.flush()
        assert path.read_bytes() == b"old"                         # the old file is whole while the new one is written
        raise error
    monkeypatch.setattr(np, "savez", savez)


def _call_fails(name):
    def arrange(monkeypatch, path, error):
        def fail(*_):
            raise error
        monkeypatch.setattr(os, name, fail)
    return arrange


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError(), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("arrange", [_savez_fails, _call_fails("fsync"), _call_fails("replace")],
                         ids=["writing", "flushing", "renaming"])
def test_a_failure_while_saving_leaves_the_old_file_and_no_other(path, monkeypatch, arrange, error):
    path.write_bytes(b"old")
    arrange(monkeypatch, path, error)
    with pytest.raises(type(error)):
        save_checkpoint(path, **parts(seed=1))
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == [path.name]


def test_notes_that_json_cannot_hold_leave_the_old_file(path):
    path.write_bytes(b"old")
    with pytest.raises(TypeError):
        save_checkpoint(path, notes={"rng": object()})
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == [path.name]


def test_a_path_that_is_a_folder_or_lies_under_a_file_is_an_error_and_nothing_is_left(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"old")
    for path in ("folder", "file/last.npz"):
        with pytest.raises(OSError):
            save_checkpoint(tmp_path / path, rng=np.random.default_rng(0))
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]
    assert os.listdir(tmp_path / "folder") == []
    assert (tmp_path / "file").read_bytes() == b"old"


def test_a_folder_without_leave_to_write_is_an_error_and_keeps_its_file(path):
    path.write_bytes(b"old")
    path.parent.chmod(0o500)
    try:
        if os.access(path.parent, os.W_OK):
            pytest.skip("this user may write everywhere")
        with pytest.raises(PermissionError):
            save_checkpoint(path, rng=np.random.default_rng(0))
        assert path.read_bytes() == b"old"
        assert os.listdir(path.parent) == [path.name]
    finally:
        path.parent.chmod(0o700)


def test_folders_on_the_way_are_made(tmp_path):
    save_checkpoint(tmp_path / "a" / "b" / "last.npz", rng=np.random.default_rng(0))
    assert os.listdir(tmp_path / "a" / "b") == ["last.npz"]


def test_numpy_alone_can_read_a_checkpoint(path):
    things = parts(seed=1)
    save_checkpoint(path, notes=[1], model=things["model"])
    with np.load(path) as arrays:
        np.testing.assert_array_equal(arrays["model/parameters/0.w"], things["model"].parameters()["0.w"].value)
        assert json.loads(str(arrays["notes"])) == [1]
    assert minicnn.CheckpointError is CheckpointError
