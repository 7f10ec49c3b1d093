"""The checks that stand guard, and two that only look as if they did."""

from typing import NamedTuple

import numpy as np

from .. import ops
from ..gradcheck.cases import op_cases, problems
from ..gradcheck.compare import check
from ..gradcheck.differences import entry_slopes
from ..ops import definition, reference
from .exhibit import broken

CLOSE = 1e-10


class Verdict(NamedTuple):
    """Whether a guard sees the bug, what it says, and the patterns of the gradient check's hints, the likeliest first."""

    found: bool
    text: str
    patterns: tuple = ()


def caught(exhibit, seed=0):
    """The Verdict of the exhibit's guard, with the bug in place."""
    with broken(exhibit):
        return GUARDS[exhibit.guard](exhibit, seed)


def report(exhibit, seed=0):
    """The first failing Report of the exhibit's case, with the bug in place; the last one where none fails."""
    with broken(exhibit):
        return _first_failing(exhibit, seed)


def exhibit_problems(exhibit, seed):
    """What the self-check compares in the exhibit's case."""
    return [problem for _, problem in problems(
        seed, lambda name: name == exhibit.case or ("(" in exhibit.case and name.startswith(exhibit.case)))]


def _first_failing(exhibit, seed):
    for problem in exhibit_problems(exhibit, seed):
        found = check(problem)
        if not found.ok:
            break
    return found


def _gradcheck(exhibit, seed):
    found = _first_failing(exhibit, seed)
    return Verdict(not found.ok, str(found), tuple(hint.pattern for hint in found.hints))


def _definition(exhibit, seed):
    """The reference implementation against the definition: no gradient check sees an error in which both passes agree."""
    rng = np.random.default_rng(seed)
    if exhibit.case in STEPS:
        name, settings = STEPS[exhibit.case]
        w, g, u, v = (scale * rng.standard_normal(20) for scale in (1, 1e-4, 1e-4, 1e-8))      # where an epsilon matters
        memory = {"adam": (u, np.abs(v)), "rmsprop": (np.abs(v),), "sgd": (u,)}[name]
        ours, right = (np.concatenate(getattr(module, name)(w, g, *memory, **settings)) for module in (reference, definition))
    else:
        forward, inputs = next((f, inputs) for case, f, _, inputs, _ in op_cases(rng) if case == exhibit.case)
        inputs["x"] = inputs["x"] - 2                              # most numbers negative: what pads with 0 shows
        ours = forward(**inputs)
        with ops.use("definition"):
            right = forward(**inputs)
    wrong = np.abs(ours - right) > CLOSE * np.abs(right).max()
    return Verdict(bool(wrong.any()), f"{exhibit.case}: {wrong.sum()} of {wrong.size} numbers differ from the definition "
                                      f"implementation's, by up to {np.abs(ours - right).max():.2g}")


STEPS = {"adam": ("adam", {"t": 3, "lr": 0.1}), "rmsprop": ("rmsprop", {"lr": 0.1}),
         "sgd": ("sgd", {"lr": 0.1, "momentum": 0.9}),
         "adamw": ("adam", {"t": 3, "lr": 0.1, "weight_decay": 0.1, "decoupled": True})}


def _first_step(exhibit, seed):
    """Whatever the size of a gradient, Adam's first step is lr * sign(g)."""
    g = np.random.default_rng(seed).standard_normal(5)
    w, *_ = ops.adam(np.zeros(5), g, np.zeros(5), np.zeros(5), 1, 0.1)
    right = -0.1 * np.sign(g)
    text = f"the first step is {np.round(w, 4)}, expected -lr * sign(g) = {right}"
    return Verdict(not np.allclose(w, right, rtol=1e-6), text)


def _extreme_logits(exhibit, seed):
    """Logits of +-1e4, in rows that lie far apart, have a finite result."""
    with np.errstate(divide="ignore"):                             # the bug takes the log of 0
        y = ops.log_softmax(np.array([[1e4, 0.0], [0.0, -1e4], [-1e4, -2e4]]))
    return Verdict(not np.isfinite(y).all(), f"log_softmax of logits of +-1e4 gives {y.tolist()}")


GUARDS = {"gradcheck": _gradcheck, "definition": _definition, "first step": _first_step, "extreme logits": _extreme_logits}


# ------------------------------------------------------------------- how gradient checks lie

def all_ones(problem, rng):
    """A check with dy = 1: what sums to nothing, and what ignores dy, looks right."""
    return _loose(problem._replace(dy=np.ones_like(problem.dy)), 1e-4, lambda x: None)


def one_coordinate(problem, rng):
    """A check of one random entry of each array, to within a hundredth: most of the array is never looked at."""
    def one(x):
        entries = np.zeros(x.shape, bool)
        entries.flat[rng.integers(x.size)] = True
        return entries
    return _loose(problem, 1e-2, one)


def _loose(problem, tolerance, choose):
    """Whether differences agree with backward to within a fraction of the largest gradient, with no other rule."""
    gradients = problem.gradients()
    for name, x in problem.inputs.items():
        if np.shape(gradients.get(name)) != x.shape:
            return False
        slopes = entry_slopes(problem.along(name), x, problem.dy, problem.rule, choose(x))
        numeric, analytic = np.array([s.value for s in slopes.values()]), np.array([gradients[name][i] for i in slopes])
        if not np.abs(analytic - numeric).max() <= tolerance * max(np.abs(numeric).max(), np.abs(analytic).max()) + SMALL:
            return False
    return True


SMALL = 1e-7                                                       # lax checkers add an absolute tolerance
LAX = {"dy = 1": all_ones, "one entry": one_coordinate}


def misses(exhibit, seed=0):
    """name of a lax checker -> whether it misses the bug: passes it, or fails the right engine in the same way."""
    if exhibit.guard != "gradcheck":
        return dict.fromkeys(LAX, True)
    with broken(exhibit):
        passes_bug = _lax_verdicts(exhibit, seed)
    with ops.use("reference"):
        passes_right = _lax_verdicts(exhibit, seed)
    return {name: passes_bug[name] or not passes_right[name] for name in LAX}


def _lax_verdicts(exhibit, seed):
    found = exhibit_problems(exhibit, seed)
    return {name: all(lax(problem, np.random.default_rng(seed)) for problem in found) for name, lax in LAX.items()}
