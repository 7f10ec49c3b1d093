"""Compare every twin with a plain difference quotient: right twins must agree, wrong ones must disagree somewhere.

    python -m tests.heldout.verify [part of a name] [--drawn 200]

Knows nothing of the project's own gradient check. A number is right if it lies between the slopes of the two sides (one
number, unless x is on a kink), give or take 1e-5 and the rounding of the two sums.
"""

import argparse
import copy
import sys

import numpy as np

from minicnn import Layer, Parameter

from . import HINTS, all_cases, draw_x, drawn

SCALES = 0.1, 1.0, 10.0


def parameters(thing, seen=None):
    """Every Parameter inside a layer, list, tuple or dict, each once."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return []
    seen.add(id(thing))
    if isinstance(thing, Parameter):
        return [thing]
    if isinstance(thing, Layer):
        thing = vars(thing)
    inner = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, (list, tuple)) else ()
    return [found for value in inner for found in parameters(value, seen)]


def violations(loss_at, array, analytic, magnitude):
    """How far each entry of `analytic` is from the slopes of loss_at(), relative to them; array is changed and restored."""
    if analytic is None or np.shape(analytic) != array.shape or not np.all(np.isfinite(analytic)):
        return [np.inf]
    far, here = [], loss_at()
    for index in np.ndindex(array.shape):
        was = array[index]
        h = 1e-6 * max(abs(was), 1e-2) if abs(was) > 1e-4 or was == 0 else 1e-4 * abs(was)
        tries = []
        cancelling = h if 0 < abs(was) < 1e-3 else max(h, 1e-5)  # a larger step if sums inside cancel
        for step in {h, min(h, 1e-4), cancelling}:  # a smaller one for sin(x) at 1e6
            array[index] = was + step
            above, over = loss_at(), array[index] - was
            array[index] = was - step
            below, under = loss_at(), was - array[index]
            array[index] = was
            sides = (above - here) / over, (here - below) / under
            assert np.all(np.isfinite(sides)), "the function itself is not finite here"
            size = max(abs(sides[0]), abs(sides[1]), abs(analytic[index]))
            noise = 1e-5 * size + 1e-14 * magnitude / step + 1e-15
            outside = max(min(sides) - noise - analytic[index], analytic[index] - max(sides) - noise, 0)
            tries.append(outside / size if outside else 0.0)
        far.append(min(tries))
    return far


def check_layer(layer, x, dy_scale, rng, shifted=False):
    """The worst violation over x and the parameters; inf if the layer writes to x or dy. `shifted`: also of all x at once."""
    if not layer.training:
        layer.eval(cache=True)
    before = copy.deepcopy(layer)
    used = x.copy()
    y = layer.forward(used)
    dy = rng.normal(size=y.shape) * dy_scale
    given = dy.copy()
    dx = layer.backward(given)
    if not (np.array_equal(used, x) and np.array_equal(given, dy)) or y.dtype != np.float64:
        return np.inf
    magnitude = np.abs(y * dy).sum() + 1e-300

    def loss():
        return float((copy.deepcopy(before).forward(x.copy()) * dy).sum())

    far = violations(loss, x, np.asarray(dx) if dx is not None else None, magnitude)
    if shifted:
        shift, at = np.zeros(1), x.copy()
        far += violations(
            lambda: float((copy.deepcopy(before).forward(at + shift) * dy).sum()), shift, np.array([dx.sum()]), magnitude
        )
    for mine, after in zip(parameters(before), parameters(layer)):
        far += violations(loss, mine.value, after.grad, magnitude)
    return max(far)


def check_layer_case(case, make, rng):
    """Worst violation over scales, initial and drawn parameters, and a second batch of another size."""
    worst = 0.0
    for scale in SCALES:
        for drawn_parameters in (False, True, True):
            layer = make()
            if drawn_parameters:
                for p in parameters(layer):
                    p.value = p.value + 0.7 * rng.normal(size=p.shape)
            for N, dy_scale in ((None, 1.0), (None, 1.0), (case.inputs[0] + 1, 100.0), (1, 0.01)):
                worst = max(worst, check_layer(layer, draw_x(case, rng, scale, N), dy_scale, rng, case.domain == "ties"))
    return worst


def check_loss(loss, scores, target):
    """The worst violation over the scores."""
    value, dscores = loss(scores.copy(), target)
    return max(violations(lambda: float(loss(scores.copy(), target)[0]), scores, dscores, abs(value) + 1e-300))


def check_loss_case(case, make, rng):
    return max(check_loss(make(), *case.inputs(rng, scale)) for scale in (*SCALES, 100.0) for _ in range(3))


def check_op_case(case, make, rng):
    worst = 0.0
    for scale in SCALES:
        for _ in range(3):
            forward, backward = make()
            inputs = case.inputs(rng, scale)
            y = np.asarray(forward(**inputs))
            dy = rng.normal(size=y.shape)
            gradients = backward(dy.copy(), **{name: value.copy() for name, value in inputs.items()})
            magnitude = np.abs(y * dy).sum() + 1e-300
            for name, value in inputs.items():
                far = violations(lambda: float((forward(**inputs) * dy).sum()), value, gradients[name], magnitude)  # noqa: B023
                worst = max(worst, *far)
    return worst


CHECKS = {"layer": check_layer_case, "loss": check_loss_case, "op": check_op_case}


def worst_of(case, make):
    with np.errstate(all="ignore"):
        return CHECKS[case.kind](case, make, np.random.default_rng(7))


def check_drawn(count):
    """Draw `count` correct layers and as many losses, and return the ones that disagree."""
    bad = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        name, layer, shape, x = drawn.draw_one(rng)
        x = rng.normal(size=shape) if x is None else x
        try:
            far = check_layer(layer, x, 1.0, rng)
        except Exception as error:  # the seed is what one needs to look at it
            far = repr(error)
        if far != 0:
            bad.append((seed, name, far))
        name, loss, scores, target = drawn.draw_loss(rng)
        far = check_loss(loss, scores, target)
        if far != 0:
            bad.append((seed, name, far))
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", nargs="?", default="")
    parser.add_argument("--drawn", type=int, default=0, help="also this many drawn layers and losses")
    flags = parser.parse_args()
    cases = [case for case in all_cases() if flags.part in case.name]
    wrong = 0
    for case in cases:
        assert case.hint in HINTS and set(case.also) <= set(HINTS), case
        right, broken = worst_of(case, case.right), worst_of(case, case.wrong)
        if right != 0 or broken < 1e-4:
            wrong += 1
            print(f"{case.name}: right twin {right:.2g} off, wrong twin {broken:.2g} off")
    bad = check_drawn(flags.drawn)
    for seed, name, far in bad:
        print(f"drawn layer {seed}, {name}: {far} off")
    print(f"{len(cases)} cases, {wrong} of them not as they say; {flags.drawn} drawn layers and losses, {len(bad)} wrong")
    return bool(wrong or bad)


if __name__ == "__main__":
    sys.exit(main())
