"""Numba's pool of threads, one kernel at a time.

- The number of threads is the whole program's, and no result depends on it: kernels cut their work into pieces that the
  shapes alone decide, or into pieces that do not share a sum.
- A lock around each kernel lets two Python threads train at once. Numba's 'workqueue' layer would crash without it; with
  'omp' two teams would fight for the same cores. A kernel uses all cores anyway, so nothing is lost. (0.1 us.)
- A process forked after the pool has started has no pool, and OpenMP must not start one there: it runs the same kernels
  serially. A spawned process starts its own.

Measured on 2 cores: a launch costs 1.4 us with the layer 'omp', 66 us with 'workqueue'; Numba takes the former where the
system has OpenMP. So small arrays have no serial path of their own: it would save a microsecond.
"""

import os
import threading

import numba

from .kernels import compiled


class Pool:
    """The state of Numba's pool in this process."""

    lock = threading.RLock()
    started = False    # has any kernel run in parallel?
    forked = False     # is this a child that was forked after that?
    threads = None     # what set_num_threads asked for
    local = threading.local()


def after_fork():
    Pool.lock, Pool.forked = threading.RLock(), Pool.started


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=after_fork)


def set_num_threads(n):
    """Let kernels run on n threads, from all Python threads."""
    if n < 1:
        raise ValueError(f"set_num_threads expected n >= 1, got {n}")
    if n > numba.config.NUMBA_NUM_THREADS:
        if Pool.started:
            raise ValueError(f"set_num_threads expected n <= {numba.config.NUMBA_NUM_THREADS} once kernels have run, "
                             f"got {n}; call it before the first kernel")
        numba.config.NUMBA_NUM_THREADS = n
    Pool.threads = n


def num_threads():
    """The number of threads that the next kernel will run on."""
    return 1 if Pool.forked else Pool.threads or numba.config.NUMBA_NUM_THREADS


def threading_layer():
    """The name of Numba's threading layer ('omp', 'tbb' or 'workqueue'), or None before the first kernel."""
    return numba.threading_layer() if Pool.started else None


class parallel:
    """A kernel: a function whose prange loops run in the pool."""

    def __init__(self, function):
        self.__doc__, self.__name__ = function.__doc__, function.__name__
        self.function, self.alone = function, None
        self.together = compiled(function, parallel=True)

    def __call__(self, *arguments):
        with Pool.lock:
            if Pool.forked:
                self.alone = self.alone or compiled(self.function)
                return self.alone(*arguments)
            threads = num_threads()
            if getattr(Pool.local, "threads", None) != threads:
                numba.set_num_threads(threads)
                Pool.local.threads = threads
            Pool.started = True
            return self.together(*arguments)
