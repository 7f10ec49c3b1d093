"""Bugs that the gradient check has not seen: learner-style layers, losses and ops, each right and wrong by one slip.

Whoever wrote them had not read the checker. A case says which hint the report should give first, or 'none' where no
simple sentence could name the slip. `verify` compares every twin with its own plain difference quotient;
`drawn` makes correct random layers, which no checker may accuse.
"""

import importlib
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

THEMES = (
    "activations",
    "activations_smooth",
    "activations_of_positive_x",
    "normalization",
    "normalization_by_length",
    "normalization_of_batches",
    "attention",
    "attention_variants",
    "embedding_and_lookup",
    "lookup_layers",
    "upsampling",
    "padding_and_cropping",
    "pooling",
    "pooling_of_rows",
    "convolution_variants",
    "convolution_of_rows",
    "dense_and_structure",
    "dense_variants",
    "branches",
    "recurrent_and_gates",
    "losses",
    "losses_of_classes",
    "losses_pairwise",
    "ops",
    "ops_of_rows",
    "ops_matrix",
    "state_and_scale",
    "scale",
    "randomness",
    "arrays_of_others",
    "hidden_by_parameters",
    "hidden_by_identity",
    "hidden_by_size",
    "hidden_in_losses",
    "hidden_by_calls",
    "hidden_at_zero",
)


class Hint(NamedTuple):
    """What the hint says, and lower-case phrases: a right hint text contains at least one of them."""

    meaning: str
    phrases: tuple


HINTS = {
    "missing factor": Hint(
        "The gradient is the right one times a constant (2, 1/2, a scale that forward applies).",
        ("factor", "times", "ratio", "multiple", "too large", "too small"),
    ),
    "count": Hint(
        "The gradient is divided by the wrong count, or by none: 1/N, 1/K, the size of a window.",
        ("1/n", "mean", "average", "count", "batch size", "divide", "number of", "factor", "times", "ratio"),
    ),
    "sign": Hint("The gradient, or a part of it, has the wrong sign.", ("sign", "minus", "negative", "negated", "-1")),
    "transposed": Hint(
        "A matrix is used transposed, or is not transposed where it must be.",
        ("transpose", ".t", "axes exchanged", "swapped axes"),
    ),
    "flipped": Hint("A kernel or a sequence is used in the wrong direction.", ("flip", "reverse", "mirror", "180")),
    "activation derivative": Hint(
        "The function's derivative is wrong: it is the derivative of another function.",
        ("derivative", "f'(", "formula", "activation", "chain rule"),
    ),
    "threshold": Hint(
        "The gradient is wrong only beyond a bound: above 6, below -3, outside the margin.",
        ("threshold", "above", "below", "beyond", "clip", "saturat", "bound", "only where x", "large x"),
    ),
    "normalization term": Hint(
        "A term of a normalization is missing: the mean, the norm or the sum depends on x too.",
        ("normaliz", "mean", "variance", "norm", "projection", "depends on x", "term", "sum to zero", "constant"),
    ),
    "wrong axis": Hint("A sum, mean or maximum runs over the wrong axis.", ("axis", "axes")),
    "broadcast not summed": Hint(
        "A value was broadcast forward, and its gradient is not summed over all the copies.",
        ("broadcast", "summed", "sum over", "sum the", "not added up"),
    ),
    "off by one": Hint(
        "The gradient stands at a neighbouring place: an index or a boundary is off.",
        ("off by one", "shift", "neighbo", "index", "offset", "moved", "place"),
    ),
    "permuted": Hint(
        "The right numbers stand in the wrong order: a permutation, a reshape, exchanged halves.",
        ("permut", "order", "exchanged", "swapped", "reshape", "transpose", "other place", "rearranged"),
    ),
    "wrong variable": Hint(
        "A formula uses one value where another was meant: x for y, p for 1 - p.",
        ("instead of", "wrong variable", "1 - ", "was meant", "of another", "exchanged", "swapped", "derivative", "confus"),
    ),
    "value left out": Hint(
        "The gradient is not multiplied by a value that the chain rule asks for: gamma, x, dy.",
        ("multipl", "gamma", "left out", "forgot", "chain rule", "missing factor", "factor", "dy"),
    ),
    "assigned, not added": Hint(
        "Contributions that must be added overwrite each other.",
        ("add", "+=", "overwrit", "accumulat", "assign", "repeated", "overlap", "last"),
    ),
    "missing path": Hint(
        "Forward uses a value twice (or more); the gradient of one of the paths is missing.",
        ("path", "branch", "term", "both", "add", "twice", "detach", "missing"),
    ),
    "gradient missing": Hint(
        "A gradient is None or zero all over, although y depends on the value.",
        ("none", "zero", "never", "missing", "not assigned", "no gradient", "not set"),
    ),
    "border": Hint(
        "The gradient is wrong at the edge of the image or sequence only: padding, wrapping, clamping.",
        ("border", "edge", "padding", "boundary", "corner", "first", "last", "wrap"),
    ),
    "mask": Hint("Backward uses another mask than forward, or none.", ("mask", "dropped", "random", "same draw", "dropout")),
    "mode": Hint(
        "Backward uses the formula of the other mode, training or evaluation.", ("eval", "training", "mode", "running")
    ),
    "state": Hint(
        "The answer depends on an earlier call: something was kept that belongs to another batch.",
        ("state", "earlier", "first batch", "second", "previous", "again", "call", "stale", "kept"),
    ),
    "writes to its input": Hint(
        "Forward changes x or backward changes dy: the caller's arrays.",
        ("in place", "in-place", "writes", "changed x", "changes x", "changed dy", "changes dy", "overwrit", "modif"),
    ),
    "not linear in dy": Hint(
        "Backward is not linear in dy: it clips, rounds, normalizes or squares it.",
        ("linear", "clip", "scale of dy", "dy is", "large dy", "round"),
    ),
    "kink": Hint(
        "On a kink or a tie the gradient is no subgradient, although it is right beside it.",
        ("kink", "tie", "at zero", "exactly", "corner", "subgradient", "both maxima"),
    ),
    "overflow": Hint(
        "An intermediate value overflows or divides by zero; the true gradient is finite.",
        ("overflow", "finite", "nan", "inf", "stable", "divid", "subtract the max"),
    ),
    "one sample": Hint("Only one sample of the batch contributes.", ("sample", "batch", "first row", "last row", "row")),
    "one entry": Hint("One entry alone is wrong; the report must point at it.", ("entry", "only", "index", "one of")),
    "precision": Hint("The gradient is computed in too few digits.", ("float32", "float16", "precision", "digits", "round")),
    "none": Hint("No simple hint could name the slip; any sentence that points elsewhere misleads.", ()),
}


class Case(NamedTuple):
    """A right thing and its wrong twin.

    `right` and `wrong` take no arguments and make a fresh layer, a loss(scores, target) -> (loss, dscores), or a pair
    (forward(**inputs), backward(dy, **inputs) -> {name: gradient}). `inputs` is an x_shape for a layer; for the others
    a function (rng, scale) that returns (scores, target) or {name: array}. `also` names other hints that are right too.
    `domain` is one of DOMAINS; `hard` marks what one look at one normal x at its initial parameters would miss.
    """

    name: str
    kind: str
    right: Callable
    wrong: Callable
    inputs: object
    hint: str
    why: str
    also: tuple = ()
    domain: str = "any"
    hard: bool = False

    @property
    def call(self):
        """The line that a user would write."""
        return {
            "loss": "check_loss(loss, *inputs(rng, 1))",
            "op": "check_op(forward, backward, inputs(rng, 1))",
            "layer": "check_layer(layer, x_shape)"
            if self.domain == "any"
            else "check_layer(layer, x_shape, x=draw_x(case, rng))",
        }[self.kind]


DOMAINS = {
    "any": "normal numbers of any scale",
    "positive": "x > 0",
    "zeros": "normal numbers, a third of them exactly 0",
    "ties": "few different values, so that maxima are tied",
}


def flagged(name, make, bug, x_shape, hint, why, **more):
    """A layer case whose class takes the slip as the keyword `bug`."""
    return Case(name, "layer", make, partial(make, bug=bug), x_shape, hint, why, **more)


def draw_x(case, rng, scale=1.0, N=None):
    """An explicit x for a layer case, inside its domain; N replaces the batch size."""
    x = rng.normal(size=case.inputs if N is None else (N, *case.inputs[1:]))
    if case.domain == "positive":
        x = np.abs(x) + 0.05
    elif case.domain == "zeros":
        x[rng.random(x.shape) < 1 / 3] = 0.0
    elif case.domain == "ties":
        x = np.round(x)
    return x * scale


def all_cases():
    """Every case of every theme."""
    return [case for theme in THEMES for case in importlib.import_module(f"{__name__}.{theme}").CASES]
