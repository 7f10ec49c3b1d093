"""Threads share the pieces of a kernel: each piece is computed once, whoever comes late, and nobody waits for a worker."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.ops.fast.kernels import workers as module
from minicnn.ops.fast.kernels.shares import launcher, pieces
from minicnn.ops.fast.kernels.threads import Threads
from minicnn.ops.fast.kernels.workers import BEGUN, DONE, NUMBERS, READY, TICKETS, Workers, serve


def count_pieces(share, seen, threads):
    for piece in pieces(share):
        seen[piece] += 1
        threads[piece] = share.t


launch = launcher(count_pieces)


def run(workers, threads, count):
    """How often each piece was computed, and by whom."""
    seen, by = np.zeros(count + 1, np.int64), np.full(count + 1, -1)
    launch(threads, workers.state, count, seen, by)
    return seen, by


@pytest.fixture(scope="module")
def awake():
    """Three workers that look for work, as on a machine with four cores."""
    workers = Workers(4)
    workers.wake(3)
    yield workers
    workers.stop()
    assert not any(thread.is_alive() for thread in workers.threads)


@given(st.integers(1, 4), st.integers(0, 200))
def test_each_piece_is_computed_once(awake, threads, count):
    with Threads.lock:
        awake.wake(3)
        for _ in range(20):
            seen, by = run(awake, threads, count)
            assert (seen[:count] == 1).all() and seen[count] == 0
            assert ((by[:count] >= 0) & (by[:count] < threads)).all() and by[count] == -1


def test_nobody_waits_for_a_worker_that_does_not_come():
    """No worker is started here: the calling thread computes all shares."""
    seen, by = run(Workers(4), 4, 100)
    assert (seen[:100] == 1).all() and (by[:100] == 0).all()


def test_workers_help(awake):
    """Eventually a worker takes a part. How many it takes is the operating system's choice, so this asks many times."""
    for _ in range(10_000):
        awake.wake(3)
        if run(awake, 4, 4000)[1].max() > 0:
            return
    raise AssertionError("no worker ever computed a piece")


def test_the_number_of_jobs_starts_again_from_0():
    workers = Workers(2)
    workers.memory[BEGUN // 8] = workers.memory[READY // 8] = NUMBERS
    for _ in range(3):
        assert (run(workers, 2, 50)[0][:50] == 1).all()
    assert workers.memory[READY // 8] == 2


@pytest.mark.parametrize("late", ["read a job that is being replaced", "took a ticket of another job"])
def test_a_worker_that_comes_late_touches_nothing(monkeypatch, late):
    """Its entry is no address of a function: a call of it would end the process."""
    workers = Workers(2)
    run(workers, 2, 50)
    workers.memory[module.ENTRY // 8], workers.memory[DONE // 8] = 1, 0
    if late == "read a job that is being replaced":
        workers.memory[BEGUN // 8] += 1
        workers.memory[TICKETS // 8] = workers.memory[READY // 8] << 32
        timer = module.threading.Timer(0.05, workers.stop)         # serve looks again until the job is complete, or the end
        timer.start()
    else:
        workers.memory[TICKETS // 8] = (workers.memory[READY // 8] - 1) << 32
    serve(workers.state, 1, 0)
    assert workers.memory[DONE // 8] == 0
