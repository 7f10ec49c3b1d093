"""Optimizers and schedules: what they do beyond the formulas. (PyTorch's figures: test_definitions.py.)"""

import math

import numpy as np
import pytest

from minicnn import (
    SGD,
    Adam,
    AdamW,
    Cosine,
    Dense,
    DtypeError,
    NonFiniteError,
    OneCycle,
    Parameter,
    RMSprop,
    StepDecay,
    clip_gradients,
)
from minicnn.optim.optimizers import Optimizer

ALL = [SGD, lambda p, **k: SGD(p, momentum=0.9, nesterov=True, **k), RMSprop, Adam, AdamW]


def one(values, grad=None, dtype=np.float64):
    p = Parameter(np.array(values, dtype))
    p.grad = None if grad is None else np.array(grad, dtype)
    return {"w": p}


def test_the_first_step_of_adam_is_the_rate_times_the_sign_of_the_gradient():
    named = one([1.0, 2.0, 3.0], [1e-3, -50.0, 7.0])
    Adam(named, lr=0.1).step()
    np.testing.assert_allclose(named["w"].value, [0.9, 2.1, 2.9], atol=2e-6)


@pytest.mark.parametrize("make", ALL)
def test_every_optimizer_finds_the_bottom_of_a_bowl(make):
    named = one([3.0, -2.0])
    optimizer = make(named, lr=0.05)
    for _ in range(500):
        named["w"].grad = 2 * named["w"].value * np.array([1, 10])
        optimizer.step()
    np.testing.assert_allclose(named["w"].value, 0, atol=0.05)


@pytest.mark.parametrize("make", ALL)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_step_keeps_the_dtype_and_leaves_the_old_array_and_the_gradient_alone(make, dtype):
    named = one([1.0, 2.0], [0.5, -0.5], dtype)
    value, grad = named["w"].value, named["w"].grad
    make(named, lr=0.1).step()
    assert named["w"].value.dtype == dtype
    assert value.tolist() == [1, 2]
    assert grad.tolist() == [0.5, -0.5]
    assert (named["w"].value != value).all()


@pytest.mark.parametrize("make", ALL)
def test_a_rate_of_numpys_float64_leaves_float32_weights_float32(make):
    named = one([1.0, 2.0], [0.5, -0.5], np.float32)
    optimizer = make(named, lr=np.logspace(-4, -2, 3)[1], weight_decay=np.float64(0.1))
    optimizer.lr = np.float64(0.02)
    optimizer.step()
    assert named["w"].value.dtype == np.float32


def test_gradients_that_are_not_finite_are_not_clipped_but_refused():
    for bad in (np.nan, np.inf):
        with pytest.raises(NonFiniteError, match="clip_gradients expected finite gradients"):
            clip_gradients(one([1.0], [bad]), 1.0)
    named = one([0.0], [1e25], np.float32)
    assert clip_gradients(named, 1e24) == pytest.approx(1e25)
    assert named["w"].grad == pytest.approx(1e24)


def test_the_state_of_another_kind_is_refused():
    adam, other = Adam(one([1.0])), AdamW(one([1.0]))
    with pytest.raises(ValueError, match="Adam expected the state of a Adam, got that of a AdamW"):
        adam.load_state(other.state())
    step, cycle = StepDecay(SGD(one([1.0])), every=2), OneCycle(SGD(one([1.0])), total_steps=9)
    with pytest.raises(ValueError, match="StepDecay expected the state"):
        step.load_state(cycle.state())


def test_memory_is_keyed_by_name_so_that_a_value_may_be_replaced():
    named = one([1.0], [1.0])
    optimizer = SGD(named, lr=1.0, momentum=0.5)
    optimizer.step()
    named["w"].value = np.array([10.0])
    optimizer.step()
    assert named["w"].value == 10 - 1.5
    assert list(optimizer.memory["u"]) == ["w"]


@pytest.mark.parametrize("make", [lambda p: SGD(p, momentum=0.9, weight_decay=0.1), lambda p: RMSprop(p, lr=0.1), Adam, AdamW])
def test_small_parameters_updated_as_one_array_get_the_same_bits(make):
    """As each would get alone; also after a value, a gradient or the memory was replaced."""
    rng = np.random.default_rng(0)
    shapes = {"w": (3, 5), "b": (5,), "large": (70, 500), "v": (7, 1, 2)}
    start = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    together = {name: Parameter(value.copy()) for name, value in start.items()}
    alone = {name: Parameter(value.copy()) for name, value in start.items()}
    one, many = make(together), [make({name: p}) for name, p in alone.items()]
    assert [len(group.names) for group in one.groups] == [3, 1]
    for step in range(4):
        for name, shape in shapes.items():
            together[name].grad = rng.standard_normal(shape).astype(np.float32)
            alone[name].grad = together[name].grad.copy()
        if step == 2:
            together["b"].value = alone["b"].value = start["b"]
            one.load_state({key: array.copy() for key, array in one.state().items()})
        one.step()
        for optimizer in many:
            optimizer.step()
        for name in shapes:
            assert together[name].value.tobytes() == alone[name].value.tobytes()
    for optimizer in many:
        for slot, named in optimizer.memory.items():
            for name, array in named.items():
                assert one.memory[slot][name].tobytes() == array.tobytes()


def test_a_parameter_that_changed_its_dtype_is_refused():
    named = {name: Parameter(np.ones(3)) for name in "ab"}
    optimizer = SGD(named)
    for p in named.values():
        p.grad = np.ones(3)
    named["b"].value = np.ones(3, np.float32)
    with pytest.raises(DtypeError, match="the values of all parameters in the dtype they began with, got float32 and float64"):
        optimizer.step()


def test_the_learning_rate_has_one_name():
    optimizer = Adam({"w": Parameter(np.ones(3))})
    with pytest.raises(AttributeError, match="Adam expected an attribute that it has, got 'learning_rate'; the l"):
        optimizer.learning_rate = 0.1
    with pytest.raises(AttributeError, match="the learning rate is lr"):
        assert optimizer.learning_rate


def test_a_subclass_with_a_rule_of_its_own_gets_each_parameter_alone():
    class Normalized(SGD):
        def update(self, w, g, u):
            return super().update(w, g / np.linalg.norm(g), u)

    class Renamed(SGD):
        pass

    named = {"w": Parameter(np.ones((2, 3))), "b": Parameter(np.ones(3))}
    for p in named.values():
        p.grad = np.ones(p.shape)
    Normalized(named, lr=1.0).step()
    np.testing.assert_allclose(named["b"].value, 1 - 1 / np.sqrt(3))           # the norm of b's gradient alone
    assert len(Renamed(named).groups) == 1


def test_a_rule_of_your_own_gets_each_parameter_alone():
    seen = []

    class Own(Optimizer):
        def update(self, w, g):
            seen.append(w.shape)
            return (w - self.lr * g / np.linalg.norm(g),)          # the norm of one parameter's gradient

    named = {"w": Parameter(np.ones((2, 3))), "b": Parameter(np.ones(3))}
    for p in named.values():
        p.grad = np.ones(p.shape)
    Own(named, 0.1, 0.0).step()
    assert seen == [(2, 3), (3,)]


def test_a_step_without_a_gradient_says_what_to_call_and_changes_nothing():
    layer = Dense(2, 2, rng=0)
    optimizer, before = Adam(layer.parameters()), layer.w.value
    layer.w.grad = np.ones((2, 2), np.float32)                     # b has none
    with pytest.raises(RuntimeError, match=r"Adam.step expected a gradient of parameter b, got None; call model.backward"):
        optimizer.step()
    assert layer.w.value is before
    assert optimizer.t == 0


@pytest.mark.parametrize("make, message", [
    (lambda p: SGD(p, lr=-1), r"SGD expected lr in \[0, inf\), got -1"),
    (lambda p: SGD(p, lr=math.nan), "SGD expected lr"),
    (lambda p: SGD(p, momentum=1.0), "SGD expected momentum"),
    (lambda p: SGD(p, nesterov=True), "SGD expected momentum > 0 with nesterov=True"),
    (lambda p: Adam(p, betas=(0.9, 1.0)), "Adam expected beta2"),
    (lambda p: AdamW(p, weight_decay="much"), "AdamW expected weight_decay"),
    (lambda p: RMSprop(p, decay=2), "RMSprop expected decay"),
    (lambda p: Adam({}), "Adam expected parameters.*an empty dict; pass model.parameters"),
    (lambda p: Adam([p]), "Adam expected parameters.*list"),
    (lambda p: StepDecay(SGD(p), every=0), "StepDecay expected every >= 1, got 0"),
    (lambda p: StepDecay(SGD(p), every=2, factor=0), "StepDecay expected factor"),
    (lambda p: Cosine(SGD(p), total_steps=5, low=1), "Cosine expected low"),
    (lambda p: OneCycle(SGD(p), total_steps=1), "OneCycle expected total_steps >= 2"),
    (lambda p: OneCycle(SGD(p), total_steps=9, warm_up=1), "OneCycle expected warm_up"),
])
def test_settings_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make(one([1.0]))


def test_clipping_scales_all_gradients_together():
    named = one([0.0, 0.0], [3.0, 0.0]) | {"b": one([0.0], [4.0])["w"]}
    assert clip_gradients(named, 10.0) == 5.0
    assert named["b"].grad == 4
    assert clip_gradients(named, 1.0) == 5.0
    np.testing.assert_allclose(named["w"].grad, [0.6, 0])
    np.testing.assert_allclose(named["b"].grad, 0.8)
    with pytest.raises(ValueError, match="max_norm > 0"):
        clip_gradients(named, 0)
    with pytest.raises(RuntimeError, match="a gradient of every parameter"):
        clip_gradients(one([1.0]), 1.0)


@pytest.mark.parametrize("total", [2, 3, 5, 100])
def test_one_cycle_starts_low_reaches_the_top_and_ends_at_almost_nothing(total):
    optimizer = SGD(one([1.0]), lr=0.1)
    schedule = OneCycle(optimizer, total_steps=total, warm_up=0.4)
    rates = [optimizer.lr]
    for _ in range(total + 2):
        schedule.step()
        rates.append(optimizer.lr)
    assert all(0 < rate <= 0.1 for rate in rates)
    assert rates[total - 1] == pytest.approx(0.1 / 250_000)
    assert rates[-1] == rates[total - 1]                           # going on after the end is harmless
    if total == 100:
        assert rates[0] == pytest.approx(0.004)
        assert max(rates) == rates[39] == 0.1
