"""Averaged weights: the formula, that the model gets its own weights back, and checkpoints."""

import numpy as np
import pytest

from minicnn import SGD, BatchNorm, Dense, Sequential, load_checkpoint, save_checkpoint
from minicnn.optim.averaging import AveragedWeights


def training(seed=0, decay=0.9):
    model = Sequential([Dense(3, 4, rng=seed), BatchNorm(4), Dense(4, 2, rng=seed)])
    return model, SGD(model.parameters(), lr=0.1), AveragedWeights(model, decay)


def step(model, optimizer, average, seed):
    rng = np.random.default_rng(seed)
    model.forward(rng.standard_normal((5, 3), dtype=np.float32))
    model.backward(rng.standard_normal((5, 2), dtype=np.float32))
    optimizer.step()
    average.update()


def values(model):
    return {name: p.value.copy() for name, p in model.parameters().items()}


def same(a, b):
    return set(a) == set(b) and all(np.array_equal(a[name], b[name]) and a[name].dtype == b[name].dtype for name in a)


def test_the_average_is_the_weighted_sum_of_all_points():
    model, optimizer, average = training(decay=0.6)
    expected, decays = values(model), []
    for t in range(1, 16):
        step(model, optimizer, average, t)
        decays.append(min(0.6, (1 + t) / (10 + t)))
        for name, value in values(model).items():
            expected[name] = decays[-1] * expected[name] + (1 - decays[-1]) * value
    assert decays[0] < decays[3] < 0.6 == decays[-1]               # both halves of the minimum were used
    with average.applied():
        for name, value in values(model).items():
            np.testing.assert_allclose(value, expected[name], rtol=1e-5)


def test_the_model_has_the_averages_within_and_its_own_weights_after():
    model, optimizer, average = training()
    step(model, optimizer, average, 1)
    own, buffers = values(model), {name: array.copy() for name, array in model.buffers().items()}
    with pytest.raises(KeyError), average.applied():
        assert not same(values(model), own)
        assert same(model.buffers(), buffers)
        model[0].w.value += 1                                      # cannot reach the averages
        raise KeyError
    assert same(values(model), own)
    with average.applied():
        assert np.abs(model[0].w.value - own["0.w"]).max() < 0.9


def test_averages_do_not_move_when_the_weights_are_written_in_place():
    model, _, average = training()
    before = {name: array.copy() for name, array in average.average.items()}
    model[0].w.value += 1
    assert same(average.average, before)


def test_a_training_goes_on_from_a_checkpoint_with_the_same_averages(tmp_path):
    never, stopped, resumed = training(), training(), training(seed=7)
    for t in range(6):
        step(*never, t)
    for t in range(3):
        step(*stopped, t)
    names = ("model", "optimizer", "average")
    save_checkpoint(tmp_path / "last.npz", **dict(zip(names, stopped)))
    load_checkpoint(tmp_path / "last.npz", **dict(zip(names, resumed)))
    for t in range(3, 6):
        step(*resumed, t)
    assert same(resumed[2].state(), never[2].state())


@pytest.mark.parametrize("decay", [-0.1, 1, "0.9", True])
def test_a_decay_out_of_range_is_refused(decay):
    with pytest.raises(ValueError, match="AveragedWeights expected decay in"):
        training(decay=decay)


def test_a_state_that_makes_no_sense_is_refused():
    _, _, average = training()
    with pytest.raises(ValueError, match="t >= 0"):
        average.load_state({**average.state(), "t": np.array(-1)})
