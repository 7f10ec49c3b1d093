"""Fork while other threads are inside ops: every child must compute, and end.

The memory pool holds its lock for microseconds only, which a fork rarely meets. Here it is slowed down, so most forks do.
"""

import subprocess
import sys

CASES = 50
PROGRAM = """
import os, signal, sys, threading, time
import numpy as np
from minicnn.ops import fast
from minicnn.ops.fast.kernels import memory_pool

rng = np.random.default_rng(0)
x, w = (rng.standard_normal(s).astype(np.float32) for s in ((8, 24, 24, 16), (3, 3, 16, 32)))
expected, stop = fast.conv2d(x, w), False
fast.relu(expected)

class SlowLock:
    def __init__(self):
        lock = threading.Lock()
        self.acquire, self.release = lock.acquire, lock.release

    def __enter__(self):
        self.acquire()
        time.sleep(0.002)

    def __exit__(self, *problem):
        self.release()

memory_pool.POOL.lock = SlowLock()

def work():
    while not stop:
        fast.relu(fast.conv2d(x, w))                               # takes the kernels' lock and memory from the pool

threads = [threading.Thread(target=work, daemon=True) for _ in range(3)]
for thread in threads:
    thread.start()
hung = 0
for k in range(int(sys.argv[1])):
    time.sleep(rng.uniform(0, 0.01))
    child = os.fork()
    if child == 0:
        os._exit(0 if np.array_equal(fast.conv2d(x, w), expected) else 1)
    end = time.monotonic() + 120
    done, status = 0, 1
    while done == 0 and time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        time.sleep(0.005)
    if done == 0:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if done == 0 or status:
        print(f"forks: child {k}", "hangs" if done == 0 else f"ended with status {status}", flush=True)
        break
stop = True
for thread in threads:
    thread.join()
"""


def run(cases=50):
    """The faults of `cases` forks under load."""
    done = subprocess.run([sys.executable, "-W", "ignore::DeprecationWarning", "-c", PROGRAM, str(cases)],
                          capture_output=True, text=True, timeout=3600)
    if done.returncode:
        return [f"forks: the parent ended with {done.returncode}: {done.stderr[-2000:]}"]
    return done.stdout.splitlines()


def main(cases, seed):
    """The long form; returns the number of faults."""
    faults = run(cases)
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"forks: {cases} cases, {len(faults)} failures")
    return len(faults)
