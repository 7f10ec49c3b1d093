"""Run the gradient check on every held-out case: `python -m tests.heldout.run [--list] [--drawn N]`.

A wrong twin is caught if its report fails; a right twin is accused if its report fails. The first hint is right if it has
one of the phrases of the case's hint, misleading if it has none of them, and silent if there is no hint. Where the check
raises an error, that counts as caught and silent.
"""

import argparse
import warnings

import numpy as np

from minicnn import check_layer, check_loss, check_op

from . import HINTS, all_cases, draw_x
from .drawn import draw_one

# These save something of their first batch in an attribute. The layer protocol drops what forward saved after each backward
# pass, so their gradients are right: tests/gradcheck/test_heldout.py shows it.
NOT_WRONG_HERE = ("first batch kept", "first batch size kept", "kept mask", "kept order")


def report(case, make, seed=0):
    """The check's report on one twin, called as a user would call it; an exception is a report of its own."""
    rng = np.random.default_rng(seed)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if case.kind == "loss":
            return check_loss(make(), *case.inputs(rng, 1))
        if case.kind == "op":
            return check_op(*make(), case.inputs(rng, 1))
        x = {} if case.domain == "any" else {"x": draw_x(case, rng)}
        return check_layer(make(), case.inputs, rng=seed, **x)


def judged(case, make):
    """(ok, the first hint's text or '', what went wrong or '')."""
    try:
        found = report(case, make)
    except Exception as problem:
        return False, "", f"{type(problem).__name__}: {str(problem)[:200]}"
    return found.ok, str(found.hints[0]).lower() if found.hints else "", ""


def kind_of_hint(case, text):
    """'right', 'silent' or 'misleading'."""
    if not text:
        return "silent"
    names = [case.hint, *case.also]
    phrases = [phrase for name in names for phrase in HINTS[name].phrases]
    return "right" if any(phrase in text for phrase in phrases) else "misleading"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="print every case that is missed, accused or misled")
    parser.add_argument("--drawn", type=int, default=0, help="check N drawn correct layers as well")
    options = parser.parse_args(arguments)
    cases = [case for case in all_cases() if case.name not in NOT_WRONG_HERE]
    missed, accused, hints = [], [], {"right": [], "silent": [], "misleading": []}
    for case in cases:
        ok, _, problem = judged(case, case.right)
        if not ok:
            accused.append(f"{case.name}: {problem}")
        ok, text, problem = judged(case, case.wrong)
        if ok:
            missed.append(case.name)
        else:
            hints[kind_of_hint(case, text)].append(f"{case.name} [{case.hint}]: {text or problem}")
    caught = len(cases) - len(missed)
    print(f"{len(cases)} bugs: {caught} caught, {len(accused)} right twins accused; "
          f"{len(NOT_WRONG_HERE)} more are no bugs under the layer protocol")
    counts = (f"{len(names)} {kind} ({len(names) / max(caught, 1):.0%})" for kind, names in hints.items())
    print("first hint: " + ", ".join(counts))
    accused_drawn = []
    for seed in range(options.drawn):
        name, layer, x_shape, x = draw_one(np.random.default_rng(seed))
        try:
            found = check_layer(layer, x_shape, rng=seed, **({} if x is None else {"x": x}))
            problem = "" if found.ok else str(found)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        if problem:
            accused_drawn.append(f"seed {seed}, {name}: {problem}")
    if options.drawn:
        print(f"{options.drawn} drawn correct layers: {len(accused_drawn)} accused")
    if options.list:
        for title, names in (("missed", missed), ("accused", accused), *hints.items(), ("drawn", accused_drawn)):
            print(f"\n== {title}")
            print("\n".join(names))
    return len(missed) + len(accused) + len(accused_drawn)


if __name__ == "__main__":
    raise SystemExit(1 if main() else 0)
