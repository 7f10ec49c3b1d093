"""first_nonfinite names the place where numbers went bad, and touches nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_bad_input import bits, network, normal

from minicnn import Layer, ReLU, Residual, Sequential, first_nonfinite

X = normal(2, 6, 8, 1)


class Bad(Layer):
    """A layer of which one output is not finite."""

    def forward(self, x):
        y = x.copy()
        y[-1].flat[5] = np.nan
        return y


@pytest.mark.parametrize("mode", ["train", "eval"])
def test_a_healthy_model_has_no_such_place(mode):
    model = network()
    getattr(model, mode)()
    assert first_nonfinite(model, X) is None


@given(where=st.integers(0, X.size - 1), bad=st.sampled_from([np.nan, np.inf, -np.inf]))
def test_the_input_is_named_first(where, bad):
    x = X.copy()
    x.flat[where] = bad
    index = [int(i) for i in np.unravel_index(where, x.shape)]
    assert first_nonfinite(network(), x) == f"the input x: 1 of 96 entries are NaN or infinite, the first at {index}"


@pytest.mark.parametrize("name", ["0.w", "1.beta", "4.body.0.b", "5.0.w", "9.w"])
def test_a_parameter_that_is_not_finite_is_named(name):
    model = network()
    model.parameters()[name].value.flat[0] = np.inf
    found = first_nonfinite(model, X)
    assert found.startswith(f"parameter {name}: 1 of ")
    assert "an earlier step put them there" in found


@pytest.mark.parametrize("model, place", [
    (Sequential([ReLU(), Bad(), ReLU()]), "Sequential[1] Bad"),
    (Sequential([ReLU(), Residual([ReLU(), Bad()])]), "Sequential[1] Residual.body[1] Bad"),
    (Sequential([Bad(), Bad()]), "Sequential[0] Bad"),
])
def test_the_first_layer_that_gives_bad_numbers_is_named(model, place):
    found = first_nonfinite(model, X)
    assert found == f"the output of {place}: 1 of 96 entries are NaN or infinite, the first at [1, 0, 5, 0]"


@pytest.mark.filterwarnings("error")
def test_weights_too_large_are_found_where_they_overflow():
    model = network()
    for name in ("0.w", "7.w"):
        model.parameters()[name].value *= np.float32(1e38)
    assert first_nonfinite(model, np.abs(X) * 100).startswith("the output of Sequential[0] Conv2D: ")


@pytest.mark.parametrize("mode", ["train", "eval"])
def test_looking_changes_no_bit_of_the_model(mode):
    model = network()
    getattr(model, mode)()
    for x in (X, np.full_like(X, np.nan), np.full_like(X, 3e38)):
        before = bits([model, x])
        first_nonfinite(model, x)
        assert bits([model, x]) == before
