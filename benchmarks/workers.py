"""Competitors in processes of their own, timed in turns: A B C, A B C, ...

Two thread pools that wait actively (spin) on the same cores slow each other down several times. So each competitor has its own
process, only one works at a time, and the others must be asleep. After each turn the parent asks, every PAUSE seconds, whether
the worker still uses CPU time. The next turn starts when it does not. How long that took is reported.
"""

import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import llvmlite.binding as llvm

PAUSE = 0.02                # seconds; OpenMP's threads spin for a few milliseconds after a task, OpenBLAS's for a hundred
ASLEEP = 0.1                # the fraction of a PAUSE that a sleeping worker may use (to answer the question takes some)
PATIENCE = 2.0              # seconds after which a worker that still spins is reported as one that never sleeps
BUDGET = 0.25               # seconds that a turn should last
MOST_STEPS = 100

# Variables that choose kernels or numbers of threads, or that make Python compile every module again at each start. No
# competitor gets them.
REMOVED = ("PYTHONDONTWRITEBYTECODE", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS",
           "OMP_WAIT_POLICY", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "NUMBA_THREADING_LAYER", "XLA_FLAGS", "MINICNN_OPS")
WITHOUT_AVX512 = "BENCHMARKS_WITHOUT_AVX512"         # set to 1 by --avx2


def simulated():
    """Whether everyone is to compute as on a processor that has AVX2 and no AVX-512."""
    return os.environ.get(WITHOUT_AVX512) == "1"


def caps():
    """The variables with which each library is told to do so."""
    features = ",".join(("+" if has and not name.startswith(("avx512", "amx")) else "-") + name
                        for name, has in llvm.get_host_cpu_features().items())
    return {"MINICNN_TILE": "avx2", "NUMBA_CPU_NAME": llvm.get_host_cpu_name(), "NUMBA_CPU_FEATURES": features,
            "ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2",
            "OPENBLAS_CORETYPE": "Haswell", "XLA_FLAGS": "--xla_cpu_max_isa=AVX2"}


def environment(threads):
    """The environment of a worker: ours, without what is REMOVED."""
    variables = {name: value for name, value in os.environ.items() if name not in REMOVED}
    return variables | (caps() if simulated() else {}) | {
        "NPROC": str(threads),                       # XLA's number of threads, for systems on which a process cannot be pinned
        "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


class Failure(RuntimeError):
    """What went wrong in a worker: its traceback."""

    def reason(self):
        """Its last line, which names the error."""
        return str(self).strip().splitlines()[-1]


class Worker:
    """One competitor's process, on `threads` CPUs from CPU `first` on."""

    def __init__(self, name, threads, first=0):
        self.name, self.threads, self.spun = name, threads, 0.0
        self.chatter = tempfile.TemporaryFile()      # noqa: SIM115  what its libraries print, for when it dies
        command = [sys.executable, "-m", "benchmarks.worker", str(threads), str(first)]
        self.process = subprocess.Popen(command, env=environment(threads), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.chatter)

    def ask(self, *request):
        """Send a request and return the answer. Raises: Failure if it raised there, or if the process ended."""
        try:
            pickle.dump(request, self.process.stdin)
            self.process.stdin.flush()
            failure, answer = pickle.load(self.process.stdout)
        except (EOFError, BrokenPipeError):
            status = self.process.wait()
            self.chatter.seek(0)
            last = self.chatter.read()[-2000:].decode(errors="replace")
            raise Failure(f"{self.name}: its process ended with status {status}\n{last}") from None
        if failure:
            raise Failure(f"{self.name}: {failure}")
        return answer

    def build(self, path, **arguments):
        """Make the object whose methods are the tasks."""
        self.work("build", path, arguments)

    def call(self, task):
        """What a task returns."""
        return self.work("call", task)

    def time(self, task, warm, steps):
        """Seconds of each step."""
        return self.work("time", task, warm, steps)

    def work(self, *request):
        """Ask, and return when the worker's threads are asleep. `spun` is the longest time that this took."""
        answer, start = self.ask(*request), time.perf_counter()
        while True:
            time.sleep(PAUSE)
            asleep, spun = self.ask("burnt") < ASLEEP * PAUSE, time.perf_counter() - start
            if asleep or spun > PATIENCE:
                self.spun = max(self.spun, spun)
                return answer

    def steps(self, task, budget):
        """(warm, steps) that make a turn of about `budget` seconds."""
        first, = self.time(task, 0, 1)
        if first < 4 * budget:                       # the first may have compiled; the best of three tells more
            first = min(self.time(task, 0, 3))
        steps = max(1, min(MOST_STEPS, round(budget / first)))
        return (0 if first > 4 * budget else min(2, steps)), steps

    def close(self):
        """End the process."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.chatter.close()


class Crowd:
    """Workers of one thread each, one for each CPU, that work at the same time and share nothing.

    Their `time` is the time that passes for each step that any of them finishes: what the whole machine can do.
    """

    def __init__(self, workers):
        self.workers = workers

    def all(self, ask):
        """ask(worker) for all of them at once."""
        with ThreadPoolExecutor(len(self.workers)) as pool:
            return list(pool.map(ask, self.workers))

    def steps(self, task, budget):
        """(warm, steps) of a turn of about `budget` seconds."""
        return self.workers[0].steps(task, budget)

    def time(self, task, warm, steps):
        """Seconds for each step."""
        times = self.all(lambda worker: worker.time(task, warm, steps))
        return [statistics.harmonic_mean(each) / len(self.workers) for each in zip(*times)]


class Team:
    """Workers by name and number of threads, closed together at the end of a `with` block."""

    def __init__(self):
        self.workers = {}

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for worker in self.workers.values():
            worker.close()

    def worker(self, name, threads, first=0):
        """The worker of this name, number of threads and first CPU, started if there is none yet."""
        if (name, threads, first) not in self.workers:
            self.workers[name, threads, first] = Worker(name, threads, first)
        return self.workers[name, threads, first]

    def spun(self):
        """Name -> the longest time in seconds until a worker's threads were asleep; PATIENCE if they never were."""
        return {worker.name: round(min(worker.spun, PATIENCE), 3) for worker in self.workers.values()}


def rounds(entries, count, budget=BUDGET):
    """{key: [median seconds of round 0, of round 1, ...]} for entries {key: (worker, task)}, in turns.

    Every entry gets one turn in every round. So if something disturbs the machine for a while, it disturbs all of them.
    """
    sizes = {}
    for key, (worker, task) in entries.items():
        sizes[key] = worker.steps(task, budget)
    times = {key: [] for key in entries}
    for _ in range(count):
        for key, (worker, task) in entries.items():
            times[key].append(statistics.median(worker.time(task, *sizes[key])))
    return times
