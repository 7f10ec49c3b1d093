"""Are the convolution kernels right and fast on this machine?"""

import os
import statistics
import time

import numpy as np

from .. import ops
from .findings import finding

X_SHAPE, W_SHAPE, KERNEL = (64, 16, 16, 32), (3, 3, 32, 64), {"stride": 1, "padding": 1}
FLOPS = 2 * 64 * 16 * 16 * 64 * 3 * 3 * 32                         # as docs/benchmarks.md counts them
FEWEST = 20e9                                                      # FLOP/s on one thread; a core with AVX2 has 50e9 and more
TOLERANCE = 1e-4                                                   # sums of 288 products in float32 differ by about 1e-6


def agreement():
    """Do compiled kernels compute the same as NumPy, forward and backward?"""
    x, w, b, dy = _arrays()
    x, dy = x[:4], dy[:4]
    results = []
    for name in ("fast", "reference"):
        with ops.use(name):
            y = ops.conv2d(x, w, b, **KERNEL)
            results.append((y, *ops.conv2d_backward(dy, x, w, **KERNEL)))
    error = max(float(np.abs(a - r).max() / np.abs(r).max()) for a, r in zip(*results))
    return finding("kernels", "ok" if error <= TOLERANCE else "problem",
                   f"differ from NumPy by at most {error:.1e}, forward and backward",
                   ("Compiled code computes the same as NumPy on this CPU.",
                    "Compiled code and NumPy disagree: do not trust anything that is trained here."),
                   "Remove the kernels' cache folder, try MINICNN_TILE=plain, and please report it with this output.", error)


def convolution(seconds=1.0):
    """GFLOP/s of a 3 x 3 convolution on one thread and on all; the median over `seconds`."""
    from ..ops.fast.kernels.threads import num_threads

    most, rates = num_threads(), {}
    try:
        for threads in sorted({1, most}):
            ops.set_num_threads(threads)
            rates[threads] = _flop_rate(seconds / 2)
    finally:
        ops.set_num_threads(most)
    gain = rates[most] / rates[1]
    slow, alone = rates[1] < FEWEST, most > 1 and gain < 1 + 0.3 * (most - 1)
    found = f"{rates[1] / 1e9:.0f} GFLOP/s on 1 thread"
    if most > 1:
        found += f", {rates[most] / 1e9:.0f} on {most}: {gain:.2f} times as fast"
    if hasattr(os, "getloadavg"):
        found += f" (load of the last minute {os.getloadavg()[0]:.1f})"
    return finding("speed", "warning" if slow or alone else "ok", found,
                   ("The kernel and the threads are as fast as expected.",
                    "The kernel is far slower than expected on a CPU with vector instructions." if slow else
                    "More threads gain little: other programs use the same cores, or two threads share one core."),
                   "Read the findings on processor and environment, and check whether this machine is emulated or busy."
                   if slow else
                   "Check which other programs run, and set NUMBA_NUM_THREADS to the number of free physical cores.",
                   {str(threads): rate / 1e9 for threads, rate in rates.items()})


def _flop_rate(seconds):
    x, w, b, _ = _arrays()
    times, end = [], time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        ops.conv2d(x, w, b, **KERNEL)
        times.append(time.perf_counter() - start)
    return FLOPS / statistics.median(times)


def _arrays():
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape, np.float32) for shape in (X_SHAPE, W_SHAPE, (64,), (64, 16, 16, 64))]
