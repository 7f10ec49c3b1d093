"""Numba's pool of threads, one kernel at a time.

- The number of threads is the whole program's, and no result depends on it: kernels cut their work into pieces that the
  shapes alone decide, or into pieces that do not share a sum.
- A lock around each kernel lets two Python threads train at once. Numba's 'workqueue' layer would crash without it; with
  'omp' two teams would fight for the same cores. A kernel uses all cores anyway, so nothing is lost.
- A process forked after the pool has started has no pool, and OpenMP must not start one there: it runs the same kernels
  serially. A spawned process starts its own. A fork waits until no kernel runs or compiles (at most FORK_WAIT seconds), so
  that the child finds Numba, LLVM and the memory pool at rest, and it begins with fresh locks.

Measured on 2 cores: a launch costs 1.4 us with the layer 'omp', 66 us with 'workqueue'; Numba takes the former where the
system has OpenMP. A launch on one thread wakes nobody: kernels over few numbers run so. On an idle machine that changes
nothing measurable; beside another program, which holds one of the cores, `minicnn gradcheck` took 2.9 s instead of 17.6.
"""

import functools
import os
import threading

import numba
import numpy as np

from .memory_pool import POOL
from .shares import launcher

FORK_WAIT = 60   # seconds
FEW = 1 << 15    # numbers: all is done before a second thread is awake


class Threads:
    """The state of Numba's pool in this process."""

    lock = threading.RLock()
    started = False    # has any kernel run in parallel?
    forked = False     # is this a child that was forked after that?
    threads = None     # what set_num_threads asked for
    local = threading.local()
    waiting = []       # the locks that the fork which is under way holds


def before_fork():
    """Wait for the kernel that runs, and keep others from starting."""
    Threads.waiting = [lock for lock in (Threads.lock, POOL.lock) if lock.acquire(timeout=FORK_WAIT)]


def after_fork_in_parent():
    while Threads.waiting:
        Threads.waiting.pop().release()


def after_fork_in_child():
    Threads.waiting, Threads.forked = [], Threads.forked or Threads.started
    Threads.lock, POOL.lock = threading.RLock(), threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=before_fork, after_in_parent=after_fork_in_parent, after_in_child=after_fork_in_child)


def set_num_threads(n):
    """Let kernels run on n threads, from all Python threads; at most on as many as Numba's pool has (one for each core)."""
    if n < 1:
        raise ValueError(f"set_num_threads expected n >= 1, got {n}")
    Threads.threads = min(int(n), numba.config.NUMBA_NUM_THREADS)


def num_threads():
    """Into how many pieces the next kernel cuts its work."""
    return 1 if Threads.forked else Threads.threads or numba.config.NUMBA_NUM_THREADS


def threading_layer():
    """The name of Numba's threading layer ('omp', 'tbb' or 'workqueue'), or None before the first kernel."""
    return numba.threading_layer() if Threads.started else None


def few(arguments):
    """Whether all arrays together hold at most FEW numbers."""
    total = 0
    for argument in arguments:
        if type(argument) is np.ndarray:
            total += argument.size
            if total > FEW:
                return False
    return True


class parallel:
    """A kernel: kernel(pieces, *arguments) computes all pieces, each thread its share of them (shares.py)."""

    def __init__(self, function):
        self.__doc__, self.__name__, self.function = function.__doc__, function.__name__, function
        self.launch = launcher(function)

    def __call__(self, pieces, *arguments):
        with Threads.lock:
            return self.ready(arguments)(pieces, *arguments)

    def ready(self, arguments):
        """The compiled function that is to run now, a function of (pieces, *arguments), with its number of threads."""
        threads = 1 if Threads.forked or few(arguments) else num_threads()
        if threads > 1 and getattr(Threads.local, "threads", None) != threads:
            Threads.started = True
            numba.set_num_threads(threads)
            Threads.local.threads = threads
        return functools.partial(self.launch, threads)


class Launch:
    """`with Launch(kernel, arguments) as run: run(*arguments)` runs a kernel while no other kernel runs.

    It is what kernel(*arguments) does. Written out, a reader who follows a call meets one function less.
    """

    def __init__(self, kernel, arguments):
        self.kernel, self.arguments = kernel, arguments

    def __enter__(self):
        Threads.lock.acquire()
        self.lock = Threads.lock                                   # a fork inside the block replaces Threads.lock
        try:
            return self.kernel.ready(self.arguments)
        except BaseException:
            self.lock.release()
            raise

    def __exit__(self, *problem):
        self.lock.release()
