"""A short form of the attack with hostile calls. python -m tests.attack misuse makes all of them."""

import numpy as np
import pytest

from minicnn import Adam, Conv2D, NonFiniteError, Parameter, Sequential, ops, softmax_cross_entropy
from tests.attack import misuse
from tests.attack.mistakes import MISTAKES
from tests.attack.misuse_calls import Call, all_calls
from tests.test_bad_input import refuse

pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass")


def test_hostile_calls_get_an_error_of_four_parts_and_change_nothing():
    assert misuse.main(60, seed=1) == 0


def test_there_are_enough_of_them():
    assert len({call.name for call in all_calls()}) > 4000 and len({name for name, _, _ in MISTAKES}) >= 250


def raw(x):
    return None + x


def overwrites(x):
    x[:] = 0


@pytest.mark.parametrize("function, refused, words", [
    (raw, True, "not the four parts"), (len, True, "is accepted"), (overwrites, False, "changes what it was given"),
    (ops.relu, False, None)])
def test_the_attack_sees_bad_answers(function, refused, words):
    def make():
        x = np.ones(3, np.float32)
        return (lambda x: function(x)), {"x": x}
    found = misuse.fault(Call("a call", make, refused))
    assert found is None if words is None else words in found


def test_a_crash_is_a_failure_of_one_call(monkeypatch):
    crash = "import ctypes; print('call', input().split()[0], flush=True); ctypes.string_at(0)"
    run = misuse.subprocess.run
    monkeypatch.setattr(misuse.subprocess, "run", lambda command, **options: run([command[0], "-c", crash], **options))
    count, faults = misuse.run(2, seed=0)
    assert count == len(faults) == 2 and "the process ended with -11" in faults[0]


def test_an_optimizer_whose_memory_overflows_says_so():
    """Where Adam's v is infinite its step is 0: the weight never moves again, and no loss shows why."""
    weight = Parameter(np.ones(3, np.float32))
    optimizer = Adam({"0.w": weight}, lr=1e6)
    with pytest.raises(NonFiniteError, match=r"Adam\.step expected finite v of parameter 0\.w, got NaN or infinity; a smaller"):
        for _ in range(10):
            weight.grad = np.array([1e30, 1, 1], np.float32)
            with np.errstate(over="ignore"):
                optimizer.step()


def test_swapped_arguments_of_a_loss_are_named():
    refuse(TypeError, lambda: softmax_cross_entropy(np.array([0, 1]), np.ones((2, 3), np.float32)), "softmax_cross_entropy",
           "logits, then labels", "the other order", "labels come second")


def test_a_network_without_brackets_shows_them():
    refuse(TypeError, lambda: Sequential(Conv2D(1, 2, 3), Conv2D(2, 2, 3)), "Sequential", "one list of layers", "2 arguments",
           "write Sequential([a, b])")


def test_a_layer_too_large_for_memory_is_refused_before_it_is_drawn():
    refuse(ValueError, lambda: Conv2D(10**6, 10**6, 100), "Conv2D", "at most", "w (100, 100, 1000000, 1000000)", "pooling")
