"""The check on the held-out bugs: short in every run (each fifth case), whole with the marker `long`."""

import numpy as np
import pytest

from minicnn import check_layer
from tests.heldout import all_cases, draw_x
from tests.heldout.drawn import draw_one
from tests.heldout.run import NOT_WRONG_HERE, judged, kind_of_hint

CASES = [case for case in all_cases() if case.name not in NOT_WRONG_HERE]


def counts(cases):
    """(right twins accused, wrong twins missed, hints by kind)."""
    accused, missed, hints = [], [], {"right": 0, "silent": 0, "misleading": 0}
    for case in cases:
        if not judged(case, case.right)[0]:
            accused.append(case.name)
        ok, text, _ = judged(case, case.wrong)
        if ok:
            missed.append(case.name)
        else:
            hints[kind_of_hint(case, text)] += 1
    return accused, missed, hints


def test_every_tenth_case():
    accused, missed, hints = counts(CASES[::10])
    assert (accused, missed) == ([], [])
    assert hints["right"] >= 0.6 * sum(hints.values())


@pytest.mark.long
def test_every_case():
    accused, missed, hints = counts(CASES)
    assert (accused, missed) == ([], [])
    assert sum(hints.values()) == 378
    assert hints["right"] >= 0.6 * 378
    assert hints["misleading"] <= 0.02 * 378


def accused_layers(seeds):
    found = []
    for seed in seeds:
        name, layer, x_shape, x = draw_one(np.random.default_rng(seed))
        report = check_layer(layer, x_shape, rng=seed, **({} if x is None else {"x": x}))
        if not report.ok:
            found.append((seed, name, str(report)))
    return found


def test_drawn_correct_layers_are_not_accused():
    assert accused_layers(range(40)) == []


@pytest.mark.long
def test_two_thousand_drawn_correct_layers_are_not_accused():
    assert accused_layers(range(2000)) == []


@pytest.mark.parametrize("name", NOT_WRONG_HERE)
def test_what_a_layer_saves_does_not_live_long_enough_to_be_wrong(name):
    """These twins save what belongs to their first batch. The layer protocol drops it after each backward pass."""
    case = next(case for case in all_cases() if case.name == name)
    rng = np.random.default_rng(3)
    right, wrong = case.right(), case.wrong()
    for N in (None, None, case.inputs[0] + 2):
        x = draw_x(case, rng, N=N)
        y, same = right.forward(x), wrong.forward(x)
        np.testing.assert_array_equal(y, same)
        dy = rng.standard_normal(y.shape)
        np.testing.assert_allclose(right.backward(dy), wrong.backward(dy), rtol=1e-13, atol=1e-13)
        for ours, theirs in zip(right.parameters().values(), wrong.parameters().values()):
            np.testing.assert_allclose(ours.grad, theirs.grad, rtol=1e-13, atol=1e-13)
