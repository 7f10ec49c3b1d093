"""The check of exercise 19."""

import numpy as np

from minicnn.learn import Fault, check_backward, compare_forward
from minicnn.learn.small import drawn

X, MASK = np.array([2.0, 4.0, 6.0, 8.0]), np.array([True, False, False, True])         # chapter 13
DY = np.array([1.0, 2.0, 3.0, 4.0])

FORWARD = {
    "the units that stay are not scaled: divide by 1 - rate": lambda x, mask, rate: x * mask,
    "this divides by rate. A unit stays with the probability 1 - rate: divide by 1 - rate":
        lambda x, mask, rate: x * mask / rate,
    "this multiplies by 1 - rate. The units that stay must be larger: divide by 1 - rate":
        lambda x, mask, rate: x * mask * (1 - rate),
    "the mask is True for a unit that stays: here it is the other way round": lambda x, mask, rate: x * ~mask / (1 - rate),
}
BACKWARD = {
    "dy is not divided by 1 - rate: the factor of forward comes back": lambda dy, mask, rate: dy * mask,
    "the mask is not applied: a unit that was dropped had no influence, so its gradient is 0":
        lambda dy, mask, rate: dy / (1 - rate),
    "this multiplies by 1 - rate. Forward divided by it, so backward divides too":
        lambda dy, mask, rate: dy * mask * (1 - rate),
}


def check(task):
    _check_mask(task.function("draw_mask"))
    for rate in (0.5, 0.2):
        compare_forward(task, "dropout", {"x": X, "mask": MASK, "rate": rate}, mistakes=FORWARD)
    backward = task.function("dropout_backward")
    if not np.array_equal(*(backward(np.ones(200), np.arange(200) % 3 > 0, 0.5) for _ in range(2))):
        raise Fault(f"{backward.where} gives another result at each call: it draws a mask. Its argument is "
                    "the mask of the forward pass: use that")
    mask = drawn(4, 5) > -0.5
    check_backward(task, "dropout_backward", {"dy": DY, "mask": MASK, "rate": 0.2},
                   [({"x": drawn(4, 5)}, {"mask": mask, "rate": 0.3})], mistakes=BACKWARD)


def _check_mask(learned):
    shape, rate = (300, 200), 0.2
    mask = learned(shape, rate, np.random.default_rng(0))
    if not isinstance(mask, np.ndarray) or mask.shape != shape:
        raise Fault(f"{learned.where} returned {getattr(mask, 'shape', type(mask).__name__)}, expected a mask of shape {shape}")
    if mask.dtype != bool:
        raise Fault(f"{learned.where} returned an array of {mask.dtype}, expected booleans: a comparison such as a >= b makes "
                    "them")
    dropped = 1 - mask.mean()
    if abs(dropped - rate) > 0.02:
        why = "the mask must be True for a unit that stays" if abs(dropped - (1 - rate)) < 0.02 else (
            "each unit must be dropped with the probability rate, the argument")
        raise Fault(f"{learned.where}: with rate = {rate}, {dropped:.0%} of the units are dropped, expected about {rate:.0%}: "
                    f"{why}")
    if max(mask.mean(axis=0).std(), mask.mean(axis=1).std()) > 0.1:
        raise Fault(f"{learned.where}: whole rows or columns are dropped together. Draw a number for each unit: "
                    "rng.random(shape)")
    again, other = (learned(shape, rate, np.random.default_rng(seed)) for seed in (0, 1))
    if not (mask == again).all() or (mask == other).all():
        raise Fault(f"{learned.where}: the mask does not depend on the generator in the right way: use rng, the argument, and "
                    "no other source of random numbers")
