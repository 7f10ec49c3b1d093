"""The fast implementation in other circumstances: threads, two Python threads, other processes, processors, caches."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from minicnn import ops, set_num_threads
from minicnn.ops import fast

PROGRAM = """
import hashlib, sys
import numpy as np
from minicnn import ops, set_num_threads

def normal(*shape):
    return rng.standard_normal(shape).astype(np.float32)

def note(name, *arguments):
    found = getattr(ops, name)(*arguments)
    with ops.use("reference"):
        expected = getattr(ops, name)(*arguments)
    found, expected = (v if isinstance(v, tuple) else (v,) for v in (found, expected))
    for a, b in zip(found, expected, strict=True):
        assert np.abs(a - b).max() <= 1e-4 * np.abs(b).max(), name
        bits.update(np.ascontiguousarray(a).tobytes())
    return found[0]

for threads in sys.argv[1].split("-"):
    set_num_threads(int(threads))
    rng = np.random.default_rng(0)
    bits = hashlib.sha256()
    cases = (5, 12, 13, 32, 48, 3, 1, 1), (3, 11, 9, 3, 6, 5, 2, 2), (1, 14, 28, 1, 33, 3, 1, 0)
    for N, H, W, C, F, kernel, stride, padding in cases:
        x, w, b = normal(N, H, W, C), normal(kernel, kernel, C, F), normal(F)
        y = note("conv2d_relu", x, w, b, stride, padding)
        note("conv2d_backward", normal(*y.shape), x, w, stride, padding)
    note("max_pool2d_relu_backward", note("max_pool2d", y, 2), y, 2)
    x, w = normal(70, 300), normal(300, 50)
    note("dense", x, w, normal(50))
    note("dense_backward", normal(70, 50), x, w)
    if "more" in sys.argv:
        note("conv2d_backward", normal(2, 3, 3, 232), normal(2, 5, 6, 256), normal(3, 3, 256, 232), 2, 1)   # dw in panels
        note("batch_norm", x, x[0], x[1])
        note("batch_norm_relu_backward", x, note("add_relu", x, x[::-1]), x[0], x[1], x[2], abs(x[3]))
        note("log_softmax", x)
        note("adam", x, x, x, x * x, 1, 1e-3)
        note("affine", normal(9, 13, 11, 1), normal(9, 2, 3))
        note("avg_pool2d_backward", normal(16, 7, 5, 5), (16, 6, 10, 5), (2, 3), (1, 2), (1, 1))
    print(bits.hexdigest())
"""


def run(*arguments, program=PROGRAM, **environment):
    """stdout and stderr of the program in a process of its own."""
    environment = {**os.environ, **{key: str(value) for key, value in environment.items()}}
    done = subprocess.run([sys.executable, "-c", program, *map(str, arguments)], env=environment, capture_output=True,
                          text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip(), done.stderr


def test_the_bits_do_not_depend_on_the_number_of_threads():
    one, more = run(1, "more", NUMBA_NUM_THREADS=1)[0], run("2-4-8", "more", NUMBA_NUM_THREADS=8)[0]
    assert more.split() == [one] * 3


@pytest.mark.long
def test_the_bits_do_not_depend_on_which_process_compiled_the_kernels(tmp_path):
    """The first process compiles them, the second reads them from the cache."""
    assert len({run(1, "more", NUMBA_CACHE_DIR=tmp_path)[0] for _ in range(2)}) == 1


@pytest.mark.long
@pytest.mark.parametrize("shape", ["avx2", "neon", "plain"])
def test_the_tile_shapes_of_other_processors(shape):
    run(2, MINICNN_TILE=shape)


@pytest.mark.parametrize("environment", [
    {"NUMBA_DISABLE_JIT": 1}, pytest.param({"NUMBA_BOUNDSCHECK": 1}, marks=pytest.mark.long)],
    ids=lambda e: next(iter(e)))
def test_numbas_own_switches(environment):
    run(2, **environment)


def test_two_python_threads_train_at_once():
    rng = np.random.default_rng(0)
    x, w = (rng.standard_normal(s).astype(np.float32) for s in ((8, 16, 16, 16), (3, 3, 16, 32)))
    expected, right = ops.conv2d(x, w), []

    def work():
        for _ in range(40):
            y = ops.conv2d(x, w)
            z = ops.relu(y)
            ops.conv2d_backward(z, x, w)
            right.append(np.array_equal(y, expected) and np.array_equal(z, np.maximum(expected, 0)))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * 120


IN_A_PROCESS = """
import multiprocessing, sys
import numpy as np
from minicnn import ops

def job():
    return float(ops.conv2d(np.ones((2, 8, 8, 4), np.float32), np.ones((3, 3, 4, 4), np.float32)).sum())

if __name__ == "__main__":
    ops.relu(np.ones(100_000, np.float32))                         # the workers run before the other process starts
    with multiprocessing.get_context(sys.argv[1]).Pool(1) as pool:
        print(pool.apply(job))
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_that_are_forked_and_spawned(method, tmp_path):
    script = tmp_path / "job.py"
    script.write_text(IN_A_PROCESS)
    done = subprocess.run([sys.executable, script, method], capture_output=True, text=True, timeout=300)
    assert done.stdout.strip() == str(2 * 36 * 36 * 4.0), done.stderr[-3000:]


def test_kernels_are_compiled_once_and_a_broken_cache_costs_time_alone(tmp_path):
    program = "import numpy as np\nfrom minicnn import ops\nprint(ops.relu(-np.ones(5, np.float32)).sum())"
    told = []
    for attempt in range(3):
        out, errors = run(program=program, NUMBA_CACHE_DIR=tmp_path)
        assert out == "0.0"
        told.append("compiling kernels (first run only)" in errors)
        if attempt == 1:
            for file in tmp_path.rglob("*.nb?"):
                file.write_bytes(b"rubbish")
    assert told == [True, False, True]


@pytest.mark.long
def test_the_process_that_compiles_ahead_leaves_a_training_nothing_to_compile(tmp_path):
    done = subprocess.run([sys.executable, "-m", "minicnn.ops.fast.ahead", str(os.getpid())], capture_output=True, text=True,
                          env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "MINICNN_COMPILE_ALONE": "1"}, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    _, errors = run(program=TRAINING, NUMBA_CACHE_DIR=tmp_path)
    assert errors == ""


TRAINING = """
import numpy as np
from minicnn import Adam, models, softmax_cross_entropy
model = models.two_conv(rng=0)
optimizer = Adam(model.parameters())
loss, dlogits = softmax_cross_entropy(model.forward(np.ones((2, 28, 28, 1), np.float32)), np.zeros(2, int))
model.backward(dlogits)
optimizer.step()
"""


def test_a_second_process_compiles_only_where_there_is_a_second_core(monkeypatch):
    from minicnn.ops.fast.kernels import cache
    started = []
    monkeypatch.setattr(cache.subprocess, "Popen", lambda command, **settings: started.append((command, settings["env"])))
    for threads, alone, expected in ((1, "", False), (2, "1", False), (2, "", True)):
        monkeypatch.setattr(cache.numba.config, "NUMBA_NUM_THREADS", threads)
        monkeypatch.setenv(cache.ALONE, alone)
        assert cache.start_ahead() is expected
    (command, environment), = started
    assert command[1:] == ["-m", "minicnn.ops.fast.ahead", str(os.getpid())]
    assert environment[cache.ALONE] == "1"                         # it starts none itself


@pytest.mark.long
def test_an_install_that_cannot_be_written_runs(tmp_path):
    package = tmp_path / "minicnn"
    shutil.copytree(Path(ops.__file__).parent.parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    out, _ = run(tmp_path, program="import sys; sys.path.insert(0, sys.argv[1])\nimport numpy as np\nfrom minicnn import ops\n"
                         "print(ops.__file__.startswith(sys.argv[1]), ops.relu(-np.ones(5, np.float32)).sum())",
                 NUMBA_CACHE_DIR="/dev/null/none", HOME="/dev/null")
    assert out == "True 0.0"


def test_importing_minicnn_waits_for_neither_numba_nor_matplotlib():
    out, _ = run(program="import sys, minicnn\nprint({'numba', 'matplotlib', 'tqdm'} & set(sys.modules))")
    assert out == "set()"


def test_set_num_threads_takes_no_more_threads_than_there_are():
    """Each thread has memory of its own: a million would ask for gigabytes."""
    before = fast.num_threads()
    try:
        set_num_threads(10**6)
        assert fast.num_threads() <= os.cpu_count() + 8
        fast.conv2d(np.ones((1, 28, 28, 1), np.float32), np.ones((5, 5, 1, 6), np.float32))
    finally:
        set_num_threads(before)


def test_set_num_threads_takes_whole_numbers_from_1():
    before = fast.num_threads()
    set_num_threads(1)
    assert fast.num_threads() == 1
    set_num_threads(before)
    for wrong in (0, -1, 1.5, "2", True):
        with pytest.raises((ValueError, TypeError), match="set_num_threads expected n"):
            set_num_threads(wrong)
    assert fast.num_threads() == before
