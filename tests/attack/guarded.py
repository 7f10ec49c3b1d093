"""Run every op of the fast implementation on arrays that end, or begin, at a page that must not be touched.

A kernel that reads or writes past an array's end usually finds other memory there, and nothing happens. Here each array,
input or result, in turn lies directly before or after a page that the operating system protects (mmap, mprotect), so one
element too far kills the process. So each batch of cases runs in a process of its own; a process that dies names its case.
"""

import ctypes
import mmap
import os
import subprocess
import sys

import numpy as np

CASES = 2000
PAGE = mmap.PAGESIZE
SHAPES = ("avx512", "avx2", "neon", "plain")
BATCH = 200   # cases of one process
LIBC = ctypes.CDLL(None, use_errno=True)


class Guarded:
    """Arrays with a protected page on both sides; `at_end` says on which side they touch it."""

    def __init__(self):
        self.maps = []

    def array(self, shape, dtype, at_end):
        """An array of zeros whose last (or first) byte lies beside a protected page."""
        size = max(1, int(np.prod(shape))) * np.dtype(dtype).itemsize
        pages = -(-size // PAGE)
        memory = mmap.mmap(-1, (pages + 2) * PAGE)
        begin = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        for page in (begin, begin + (pages + 1) * PAGE):
            if LIBC.mprotect(ctypes.c_void_p(page), PAGE, 0):
                raise OSError(ctypes.get_errno(), "mprotect")
        self.maps.append(memory)
        first = PAGE + (pages * PAGE - size if at_end else 0)
        return np.frombuffer(memory, dtype, int(np.prod(shape)), first).reshape(shape)

    def copy(self, array, at_end):
        guarded = self.array(array.shape, array.dtype, at_end)
        guarded[...] = array
        return guarded


def bases(rng, dtype):
    """One drawn case: the name of an op and its arguments."""
    def normal(*shape):
        return rng.standard_normal(shape).astype(dtype)

    def size(most):
        return int(rng.integers(1, most + 1))

    kind = rng.choice(["conv", "winograd", "dense", "pool", "one", "norm", "update", "affine"])
    N, H, W, C, F = size(3), size(9), size(9), size(18), size(34)
    if kind in ("conv", "winograd"):
        KH, KW, stride, padding = size(min(H, 5)), size(min(W, 5)), (size(3), size(3)), int(rng.integers(0, 3))
        if kind == "winograd":
            H, W, C, F, KH, KW, stride, padding = H + 3, W + 3, 16 * size(2), 16 * size(3), 3, 3, 1, 1
        x, w, b = normal(N, H, W, C), normal(KH, KW, C, F), normal(F)
        if rng.random() < 0.3:
            x[0, 0, 0, 0] = 1e30                                   # Winograd's direct tiles
        stride_h, stride_w = (stride, stride) if kind == "winograd" else stride
        OH, OW = (H + 2 * padding - KH) // stride_h + 1, (W + 2 * padding - KW) // stride_w + 1
        return (rng.choice([0, 1]) and ("conv2d_backward", (normal(N, OH, OW, F), x, w, stride, padding))) or (
            str(rng.choice(["conv2d", "conv2d_relu"])), (x, w, b, stride, padding))
    if kind == "dense":
        N, D, K = size(70), size(150), size(70)
        x, w = normal(N, D), normal(D, K)
        return (rng.choice([0, 1]) and ("dense_backward", (normal(N, K), x, w))) or ("dense", (x, w, normal(K)))
    if kind == "pool":
        kernel, stride = (size(min(H, 3)), size(min(W, 3))), (size(3), size(3))
        if rng.random() < 0.5:
            H, W, kernel, stride = 2 * size(4) + size(2) - 1, 2 * size(4) + size(2) - 1, (2, 2), (2, 2)
        x, shape = normal(N, H, W, C), (N, H, W, C)
        dy = normal(N, (H - kernel[0]) // stride[0] + 1, (W - kernel[1]) // stride[1] + 1, C)
        return [("max_pool2d", (x, kernel, stride)), ("max_pool2d_backward", (dy, x, kernel, stride)),
                ("max_pool2d_relu_backward", (dy, x, kernel, stride)), ("avg_pool2d", (x, kernel, stride)),
                ("avg_pool2d_backward", (dy, shape, kernel, stride)), ("global_avg_pool2d", (x,)),
                ("global_avg_pool2d_backward", (normal(N, C), shape))][rng.integers(7)]
    x, y = normal(N, size(40)), None
    y, K = normal(*x.shape), x.shape[1]
    if kind == "one":
        name = str(rng.choice(["relu", "leaky_relu", "sigmoid", "tanh", "log_softmax", "dropout", "add"]))
        if name == "add":
            return str(rng.choice(["add", "add_relu"])), (x, y)
        if name == "dropout":
            return name, (x, y > 0, 0.5)
        return (rng.choice([0, 1]) and (f"{name}_backward", (y, x))) or (name, (x,))
    if kind == "norm":
        gamma, beta, mean, var = normal(K), normal(K), normal(K), normal(K) ** 2 + 1
        return [("batch_norm", (x, gamma, beta)), ("batch_norm_backward", (y, x, gamma, mean, var)),
                ("batch_norm_eval", (x, gamma, beta, mean, var)),
                ("batch_norm_eval_backward", (y, x, gamma, mean, var)), ("batch_norm_relu", (x, gamma, beta)),
                ("batch_norm_relu_backward", (y, x, gamma, beta, mean, var)),
                ("batch_norm_eval_relu", (x, gamma, beta, mean, var))][rng.integers(7)]
    if kind == "update":
        return [("sgd", (x, y, normal(*x.shape), 0.1, 0.9, True, 0.1)), ("rmsprop", (x, y, normal(*x.shape) ** 2, 0.1)),
                ("adam", (x, y, normal(*x.shape), normal(*x.shape) ** 2, 2, 0.1))][rng.integers(3)]
    return "affine", (normal(N, H, W, C), normal(N, 2, 3))


FIXED = [("conv2d_backward", ((2, 1, 1, 3), (2, 1, 1, 5), (1, 1, 5, 3)))]   # dy, x, w: found by hand, read 60 bytes too far


def case(number):
    """Case `number`, the same in every process: the op, its arguments, and which array touches which page."""
    rng = np.random.default_rng(number)
    dtype = np.dtype(["float32", "float64"][number % 2])
    if number // 2 < len(FIXED):
        name, shapes = FIXED[number // 2]
        return name, tuple(rng.standard_normal(shape).astype(dtype) for shape in shapes)
    return bases(rng, dtype)


def results_of(fast, name, arguments):
    found = getattr(fast, name)(*arguments)
    return found if isinstance(found, tuple) else (found,)


def try_case(number):
    """Run one case with each input and each result at a protected page; raise if a result differs."""
    from minicnn.ops import fast
    from minicnn.ops.fast.kernels import memory_pool

    name, arguments = case(number)
    expected, guarded, ordinary = results_of(fast, name, arguments), Guarded(), memory_pool.empty
    inputs = [index for index, argument in enumerate(arguments) if isinstance(argument, np.ndarray)]

    def compare(found):
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_array_equal(a, b, err_msg=f"case {number}: {name}")

    def all_guarded(shape, dtype):
        return guarded.array(tuple(map(int, shape)), dtype, at_end)

    modules = [module for key, module in sys.modules.items()
               if key.startswith("minicnn.ops.fast") and getattr(module, "empty", None) is ordinary]
    for at_end in (True, False):
        for index in inputs:
            changed = list(arguments)
            changed[index] = guarded.copy(arguments[index], at_end)
            compare(results_of(fast, name, changed))
        try:                                                       # results and all memory that the op asks for
            for module in modules:
                module.empty = all_guarded
            compare(results_of(fast, name, arguments))
        finally:
            for module in modules:
                module.empty = ordinary


PROGRAM = """
import faulthandler, sys
from tests.attack import guarded
faulthandler.enable()
for number in range(int(sys.argv[1]), int(sys.argv[2])):
    print(number, flush=True)
    guarded.try_case(number)
"""


def run_batch(shape, first, last, environment=None):
    """The faults of cases first .. last - 1, each a line of text; a case that kills the process is left out, the rest go on."""
    faults = []
    while first < last:
        done = subprocess.run([sys.executable, "-c", PROGRAM, str(first), str(last)], capture_output=True, text=True,
                              env={**os.environ, "MINICNN_TILE": shape, **(environment or {})}, timeout=3600)
        if done.returncode == 0:
            break
        number = int(done.stdout.split()[-1]) if done.stdout.split() else first
        why = f"signal {-done.returncode}" if done.returncode < 0 else done.stderr.strip().splitlines()[-1]
        faults.append(f"guarded: tile {shape}, case {number} ({case(number)[0]}): {why}")
        first = number + 1
    return faults


def run(cases=2000, tile=None):
    """`cases` cases for each tile shape."""
    faults = []
    for shape in [tile] if tile else SHAPES:
        for first in range(0, cases, BATCH):
            faults += run_batch(shape, first, min(cases, first + BATCH))
        print(f"guarded: tile {shape}, {cases} cases, {len(faults)} faults so far", flush=True)
    return faults




def main(cases, seed):
    """The long form; returns the number of faults."""
    faults = run(cases)
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"guarded: {cases} cases, {len(faults)} failures")
    return len(faults)
