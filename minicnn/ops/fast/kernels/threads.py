"""Which threads run a kernel, one kernel at a time.

- The number of threads is the whole program's, and no result depends on it: kernels cut their work into pieces that the
  shapes alone decide, or into pieces that do not share a sum.
- A lock around each kernel lets two Python threads train at once. A kernel uses all cores anyway, so nothing is lost.
- A fork waits until no kernel runs or compiles (at most FORK_WAIT seconds), so that the child finds Numba, LLVM and the
  memory pool at rest. Threads are not copied by a fork: the child begins with fresh locks and starts workers of its own.

A kernel over few numbers runs on the calling thread alone: it is done before a worker has seen it.
"""

import atexit
import functools
import os
import threading

import numba
import numpy as np

from .memory_pool import POOL
from .shares import launcher
from .workers import Workers

FORK_WAIT = 60   # seconds
FEW = 1 << 15    # numbers: all is done before a second thread is awake


class Threads:
    """The threads of this process."""

    lock = threading.RLock()
    number = None      # what set_num_threads asked for
    workers = Workers(numba.config.NUMBA_NUM_THREADS)
    waiting = []       # the locks that the fork which is under way holds


def before_fork():
    """Wait for the kernel that runs, and keep others from starting."""
    Threads.waiting = [lock for lock in (Threads.lock, POOL.lock) if lock.acquire(timeout=FORK_WAIT)]


def after_fork_in_parent():
    while Threads.waiting:
        Threads.waiting.pop().release()


def after_fork_in_child():
    Threads.waiting, Threads.workers = [], Workers(numba.config.NUMBA_NUM_THREADS)
    Threads.lock, POOL.lock = threading.RLock(), threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=before_fork, after_in_parent=after_fork_in_parent, after_in_child=after_fork_in_child)
atexit.register(lambda: Threads.workers.stop())


def set_num_threads(n):
    """Let kernels run on n threads; at most on one for each core (or as many as NUMBA_NUM_THREADS says)."""
    if n < 1:
        raise ValueError(f"set_num_threads expected n >= 1, got {n}")
    Threads.number = min(int(n), numba.config.NUMBA_NUM_THREADS)


def num_threads():
    """Into how many pieces the next kernel cuts its work."""
    return Threads.number or numba.config.NUMBA_NUM_THREADS


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
        threads, workers = num_threads(), Threads.workers
        if threads > 1 and few(arguments):
            threads = 1
        if threads > 1 and (workers.asleep or len(workers.threads) < threads - 1):
            workers.wake(threads - 1)
        return functools.partial(self.launch, threads, workers.state)


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
