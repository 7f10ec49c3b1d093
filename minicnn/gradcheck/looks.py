"""The same problem at other inputs: other numbers, other scales, another batch size.

One x of normal numbers never reaches the 6 of a ReLU6, a clipped dy, or what a layer saved from its first batch. Each look
moves all inputs along one random direction, which costs four forward passes and one backward pass. Where that disagrees, the
caller checks entry by entry.
"""

import numpy as np

from .differences import slope, step_at

SCALES = (1.0, 10.0, 0.1, 30.0, 1.0, 100.0, 3.0)
MOST_OUTPUTS = 4
SENSITIVITY = 1e-6                     # relative; a false alarm here costs a full check, and nothing else


def looks(problem):
    """(description, Problem) for each other look at a Problem; those that leave the domain of forward are left out."""
    rng = np.random.default_rng(17)
    for number, scale in enumerate(SCALES):
        inputs = other_inputs(problem, rng, scale, more=number % 2)
        if inputs is None:
            continue
        try:
            with np.errstate(all="ignore"):
                y = np.array(problem.forward(**{name: array.copy() for name, array in inputs.items()}))
        except Exception:                                          # another batch size, say, is not for every layer
            continue
        if not np.isfinite(y).all():
            continue
        dy = problem.dy if not problem.linear else rng.standard_normal(y.shape).astype(problem.dtype)
        yield f"x times {scale:g}" if scale != 1 else "another x", problem._replace(inputs=inputs, dy=dy)
    if problem.linear and problem.dy.ndim > 1 and problem.dy.shape[-1] > 1:
        for k in range(min(problem.dy.shape[-1], MOST_OUTPUTS)):   # beside outputs of 1e6, a gradient of 1e-4 drowns
            dy = np.zeros_like(problem.dy)
            dy[..., k] = problem.dy[..., k]
            yield f"dy of output {k} alone", problem._replace(dy=dy)


def other_inputs(problem, rng, scale, more):
    """Inputs of another scale, or None if there are none to be had."""
    inputs = {name: array.copy() for name, array in problem.inputs.items()}
    for name, array in inputs.items():
        if name in problem.drawn:                                  # a fresh draw; every second time of a larger batch
            shape = (array.shape[0] + more, *array.shape[1:]) if array.ndim else ()
            inputs[name] = (scale * rng.standard_normal(shape)).astype(array.dtype)
        elif name in problem.parameters:
            inputs[name] = drawn_parameter(array, rng)
        elif array.size and (array >= 0).all() and (array <= 1).all():
            if scale > 1:
                return None                                        # probabilities may have no larger values
            inputs[name] = array * scale
        else:
            inputs[name] = array * scale
    return inputs


def drawn_parameter(array, rng):
    """A parameter at a drawn value: each number moved by up to half of itself; a 0 by half of the largest, or of 1."""
    size = np.where(array == 0, np.abs(array).max(initial=0) or 1, np.abs(array))
    return np.asarray(array + 0.5 * size * rng.uniform(-1, 1, array.shape), array.dtype)


def suspicious(problem):
    """Whether the derivative of L along a random direction disagrees with the gradients."""
    with np.errstate(all="ignore"):
        gradients = problem.gradients()
        rng = np.random.default_rng(5)
        for name, x in problem.inputs.items():
            g = gradients.get(name)
            if g is None or g.shape != x.shape or not np.isfinite(g).all():
                return True
            if _disagrees(problem, name, x, g, rng):
                return True
    return False


def _disagrees(problem, name, x, g, rng):
    """Compare along v, in which every entry has about the same weight, however small its gradient."""
    forward = problem.along(name)
    middle = forward(x)
    largest = np.abs(g).max(initial=0)
    even = np.ones(g.shape)
    for weights in (1 / (np.abs(g) / largest + problem.rule.floor) if largest else even, even):      # finite for any tiny g
        v = (rng.choice((-1, 1), g.shape) * rng.uniform(0.5, 1, g.shape) * weights).astype(x.dtype)
        v *= np.maximum(np.abs(x), 1e-3 * np.abs(x).max(initial=0)) if (x > 0).all() else 1
        v /= np.abs(v).max(initial=0) or 1
        s = slope(lambda t, v=v: forward(np.asarray(x + t * v, x.dtype)), problem.dy, middle,
                  step_at(np.abs(x).max(initial=0), problem.rule) / 4, problem.rule)
        ours = float((g * v).sum(dtype=np.float64))
        size = max(abs(ours), abs(s.value), float(np.sqrt(np.square(g * v, dtype=np.float64).sum())))
        if not s.kink and not abs(ours - s.value) <= s.bar + max(SENSITIVITY, problem.rule.tolerance) * size:
            return True
    return False
