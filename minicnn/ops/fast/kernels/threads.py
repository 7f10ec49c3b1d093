"""Numba's pool of threads, one kernel at a time.

- The number of threads is the whole program's, and no result depends on it: kernels cut their work into pieces that the
  shapes alone decide, or into pieces that do not share a sum.
- A lock around each kernel lets two Python threads train at once. Numba's 'workqueue' layer would crash without it; with
  'omp' two teams would fight for the same cores. A kernel uses all cores anyway, so nothing is lost.
- A process forked after the pool has started has no pool, and OpenMP must not start one there: it runs the same kernels
  serially. A spawned process starts its own.

Measured on 2 cores: a launch costs 1.4 us with the layer 'omp', 66 us with 'workqueue'; Numba takes the former where the
system has OpenMP. So small arrays have no serial path of their own: it would save a microsecond.
"""

import os
import threading
import types

import numba

from .compiler import compiled


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
    """Let kernels run on n threads, from all Python threads; at most on as many as Numba's pool has (one for each core)."""
    if n < 1:
        raise ValueError(f"set_num_threads expected n >= 1, got {n}")
    Pool.threads = int(n)


def num_threads():
    """Into how many pieces the next kernel cuts its work."""
    return 1 if Pool.forked else Pool.threads or numba.config.NUMBA_NUM_THREADS


def threading_layer():
    """The name of Numba's threading layer ('omp', 'tbb' or 'workqueue'), or None before the first kernel."""
    return numba.threading_layer() if Pool.started else None


def renamed(function, ending):
    """A copy under another name: the cache on disk goes by names, and must not take one kind of code for the other."""
    copy = types.FunctionType(function.__code__, function.__globals__, function.__name__ + ending, function.__defaults__)
    copy.__qualname__ = function.__qualname__ + ending
    return copy


class parallel:
    """A kernel: a function whose prange loops run in the pool."""

    def __init__(self, function):
        self.__doc__, self.__name__ = function.__doc__, function.__name__
        self.function, self.alone = function, None
        self.together = compiled(function, parallel=True)

    def __call__(self, *arguments):
        with Pool.lock:
            if Pool.forked:
                self.alone = self.alone or compiled(renamed(self.function, "_alone"))
                return self.alone(*arguments)
            threads = min(num_threads(), numba.config.NUMBA_NUM_THREADS)
            if getattr(Pool.local, "threads", None) != threads:
                numba.set_num_threads(threads)
                Pool.local.threads = threads
            Pool.started = True
            return self.together(*arguments)
