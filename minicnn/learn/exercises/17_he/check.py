"""The check of exercise 17."""

import math

import numpy as np

from minicnn.learn import Fault, compare_forward

SHAPES = ((800, 10), (3, 3, 16, 32))
FAN_IN = {
    "this is the number of outputs (the fan-out). fan_in counts the inputs of one output":
        lambda shape: math.prod(shape[:-2]) * shape[-1],
    "this counts all weights. Count the products of one output only: not the K outputs or the F filters":
        lambda shape: math.prod(shape),
    "the KH * KW places of the kernel are missing: an output of a convolution sums over the whole window and all channels":
        lambda shape: shape[-2],
    "the channels are missing: an output of a convolution sums over the whole window and all channels":
        lambda shape: math.prod(shape[:-2]),
}


def check(task):
    for shape in SHAPES:
        compare_forward(task, "fan_in", {"shape": shape}, lambda shape: math.prod(shape[:-1]), ("fan_in",), FAN_IN)
    learned = task.function("he_normal")
    for shape in SHAPES:
        _check_numbers(learned, shape)
    first, again, other = (learned((50, 40), np.random.default_rng(seed)) for seed in (3, 3, 4))
    if not (first == again).all() or (first == other).all():
        raise Fault(f"{learned.where}: the numbers do not depend on the generator in the right way: use rng, the argument, "
                    "and no other source of random numbers")
    for dtype in (np.float32, np.float64):
        found = learned((50, 40), np.random.default_rng(0), dtype)
        if found.dtype != dtype:
            raise Fault(f"{learned.where} returned {found.dtype} for dtype={dtype.__name__}, expected {dtype.__name__}: "
                        ".astype(dtype)")


def _check_numbers(learned, shape):
    call = f"he_normal({shape}, rng)"
    w = learned(shape, np.random.default_rng(0))
    if not isinstance(w, np.ndarray) or w.shape != shape:
        raise Fault(f"{learned.where} returned {getattr(w, 'shape', type(w).__name__)}, expected an array {shape}; the call "
                    f"was {call}")
    w = w.astype(float)
    std, inputs, outputs = w.std(), math.prod(shape[:-1]), math.prod(shape[:-2]) * shape[-1]
    if std == 0 or not np.isfinite(w).all():
        raise Fault(f"{learned.where}: {call} has numbers that are all equal, or infinite: draw normal numbers with rng")
    if (w**4).mean() / (w**2).mean() ** 2 < 2.5:                   # 3 for normal numbers, 1.8 for uniform ones
        raise Fault(f"{learned.where}: {call} has no number farther than {np.abs(w / std).max():.2g} standard deviations "
                    "from 0: these are no normal numbers. Use rng.standard_normal(shape)")
    right = math.sqrt(2 / inputs)
    if abs(w.mean()) > 0.1 * std:
        raise Fault(f"{learned.where}: the mean of {call} is {w.mean():.3g}, expected about 0")
    if abs(std / right - 1) > 0.05:
        causes = {
            2 / inputs: "this is the variance. The standard deviation is the root of it",
            math.sqrt(1 / inputs): "a factor 2 is missing under the root: the ReLU halves the mean square",
            math.sqrt(2 / (inputs + outputs)): "this is Glorot's scale, for tanh. He's has 2 / fan_in under the root",
            math.sqrt(2 / outputs): "this is computed with the fan-out. Divide by fan_in",
            1 / right: "this is the inverse: multiply by the standard deviation, do not divide by it",
            1.0: "rng.standard_normal has the standard deviation 1: multiply by the root of 2 / fan_in",
        }
        cause = next((f"\n    likely: {text}" for wrong, text in causes.items() if abs(std / wrong - 1) < 0.05), "")
        raise Fault(f"{learned.where}: the standard deviation is {std:.4g}, expected about {right:.4g}, the root of 2 / "
                    f"{inputs}\n    the call: {call}{cause}")
