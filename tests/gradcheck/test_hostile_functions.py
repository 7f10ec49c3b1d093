"""Functions that people write in other ways: each is checked, or gets one clear line."""

import functools

import numpy as np
import pytest

from minicnn import Layer, Parameter, ReLU, Residual, Sequential, Tanh, check_layer, check_loss, check_op, ops
from minicnn.gradcheck.evidence import Evidence
from minicnn.gradcheck.hints import PATTERNS
from minicnn.gradcheck.problem import Problem
from minicnn.gradcheck.rule import RULES
from minicnn.shapes import DtypeError, ShapeError

X = {"x": np.random.default_rng(3).standard_normal((3, 4))}


def tanh_backward(dy, x):
    return {"x": dy * (1 - np.tanh(x) ** 2)}


def squares(y, target, weight=1.0):
    return weight * float(((y - target) ** 2).sum()), weight * 2 * (y - target)


class Callable:
    def __call__(self, y, target):
        return squares(y, target)


def test_a_forward_that_returns_a_python_float_is_checked():
    assert check_op(lambda x: float((x**2).sum()), lambda dy, x: {"x": 2 * dy * x}, X).ok
    assert not check_op(lambda x: float((x**2).sum()), lambda dy, x: {"x": dy * x}, X).ok


def test_a_forward_that_returns_a_view_is_checked():
    def backward(dy, x):
        dx = np.zeros_like(x)
        dx[:, ::2] = dy
        return {"x": dx}

    assert check_op(lambda x: x[:, ::2], backward, X).ok


def test_a_backward_that_returns_a_tuple_is_named_by_the_inputs():
    inputs = {"x": X["x"], "w": np.ones((4, 2)), "b": np.zeros(2)}
    assert check_op(ops.dense, lambda dy, x, w, b: ops.dense_backward(dy, x, w), inputs).ok
    assert check_op(lambda x: np.tanh(x), lambda dy, x: dy * (1 - np.tanh(x) ** 2), X).ok
    with pytest.raises(TypeError, match="expected backward to return a dict with the gradients of x, w, b, got 2 values"):
        check_op(ops.dense, lambda dy, x, w, b: (dy @ w.T, x.T @ dy), inputs)
    with pytest.raises(TypeError, match="got str"):
        check_op(lambda x: np.tanh(x), lambda dy, x: "dx", X)


def test_float32_inside_is_named():
    report = check_op(lambda x: np.tanh(x.astype(np.float32)).astype(float), tanh_backward, X)
    assert report.hints[0].pattern == "float32 inside"
    assert not report.ok


@pytest.mark.parametrize("loss", [functools.partial(squares, weight=3.0), Callable(), lambda y, t: squares(y, t)])
def test_a_loss_may_be_any_callable(loss):
    assert check_loss(loss, X["x"], np.zeros((3, 4))).ok


def test_a_loss_without_its_gradient_or_with_swapped_arguments_gets_one_line():
    labels = np.array([0, 1, 3])
    with pytest.raises(TypeError, match=r"expected <lambda> to return \(loss, dlogits\), got float64"):
        check_loss(lambda y, t: (y**2).sum(), X["x"], labels)
    with pytest.raises(TypeError, match=r"a loss of shape \(3, 4\); take the mean"):
        check_loss(lambda y, t: (y**2, 2 * y), X["x"], labels)
    with pytest.raises(DtypeError, match=r"the order is check_loss\(loss, logits, labels\)"):
        check_loss(squares, labels, X["x"])
    assert "expected a gradient of shape (3, 4), got (4,)" in str(check_loss(lambda y, t: ((y**2).sum(), y[0]), X["x"], labels))


class RawWeight(Layer):
    def __init__(self, inside=lambda w: w):
        self.weights = inside(np.arange(1.0, 5.0))

    @property
    def array(self):
        found = self.weights
        while not isinstance(found, np.ndarray):
            found = next(iter(found.values() if isinstance(found, dict) else found))
        return found

    def forward(self, x):
        return x * self.array

    def backward(self, dy):
        return dy * self.array


@pytest.mark.parametrize("inside", [lambda w: w, lambda w: [w], lambda w: (w,), lambda w: {"w": [w]}])
def test_a_weight_in_a_raw_array_fails_and_is_named(inside):
    for layer, name in ((RawWeight(inside), "weights"), (Sequential([Tanh(), RawWeight(inside)]), "1.weights")):
        report = check_layer(layer, (3, 4))
        assert not report.ok
        assert report.findings[0].pattern == "raw array"
        assert f"forward reads the array {name}" in str(report)
        assert "make it a Parameter, or name it in RawWeight.constant_names" in str(report).replace("Make", "make")


def test_arrays_that_are_declared_or_never_read_are_no_weights():
    class Declared(RawWeight):
        constant_names = ("weights",)

    class Unread(Tanh):
        def __init__(self):
            self.notes = np.ones(3)

    assert check_layer(Declared(), (3, 4)).ok
    assert check_layer(Unread(), (3, 4)).ok


def test_a_kink_hides_no_error_in_a_container_or_a_loss():
    class MaskOfY(Layer):
        """Dropout that takes its mask from y != 0: an x of exactly 0 gets no gradient."""

        def forward(self, x):
            y = x * np.array([2.0, 0.0, 2.0, 2.0])
            self.saved = y != 0
            return y

        def backward(self, dy):
            return 2 * dy * self.saved

    x = X["x"].copy()
    x[1, 2] = 0
    for layer in (MaskOfY(), Sequential([MaskOfY()]), Residual([MaskOfY()])):
        report = check_layer(layer, x.shape, x=x)
        assert not report.ok
        assert report.rows[0].worst == (1, 2)
        assert report.hints[0].pattern == "kink"

    def loss(z, t, at_zero=-0.5):
        p = 1 / (1 + np.exp(-np.abs(z)))
        dz = np.where(z > 0, p, 1 - p) - t
        return (np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))).sum(), np.where(z == 0, at_zero + 1 - t, dz)

    assert check_loss(loss, x, np.zeros(x.shape), at_zero=-0.5).ok
    assert not check_loss(loss, x, np.zeros(x.shape), at_zero=0.5).ok


def test_a_right_container_is_not_accused_at_its_kinks():
    x = np.round(X["x"])
    x[0] = 0
    assert check_layer(Sequential([ReLU(), Tanh()]), x.shape, x=x).ok
    assert check_layer(Residual([ReLU()]), x.shape, x=x).ok


@pytest.mark.parametrize("facts", [
    {"rate": 1}, {"rate": (1, 2)}, {"rate": None}, {"rate": np.nan}, {"padding": "valid"}, {"padding": None, "kernel_size": 2},
    {"kernel_size": (9, 9)}, {"kernel_size": "3"}, {"kernel_size": (0, 2), "stride": 0}, {"stride": -1, "kernel_size": (2, 2)}])
def test_no_hint_crashes_on_hostile_facts(facts):
    """Transposed convolutions and layers of other libraries use these words for other things."""
    x = np.random.default_rng(0).standard_normal((2, 4, 5, 3))
    report = check_op(lambda x: np.tanh(x), lambda dy, x: {"x": dy * (1 - np.tanh(x))}, {"x": x}, **facts)
    assert not report.ok
    assert report.hints


@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (2, 3), (0,)])
@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, 1.0])
def test_no_hint_crashes_on_odd_arrays(shape, value):
    array = np.full(shape, value)
    problem = Problem("odd", lambda x: x * 1.0, lambda dy, x: {"x": dy}, {"x": array}, np.ones(shape), RULES[array.dtype], {})
    for analytic in (array, np.zeros(shape), np.full(shape, np.nan)):
        for wrong in (np.ones(shape, bool), np.zeros(shape, bool)):
            evidence = Evidence(problem, "x", analytic, np.ones(shape), wrong)
            with np.errstate(all="ignore"):
                for pattern in PATTERNS:
                    pattern(evidence)


def test_a_ratio_of_one_number_is_no_hint():
    report = check_op(lambda x: np.tanh(x), lambda dy, x: {"x": dy * np.cos(x)}, {"x": np.array([0.7])})
    assert "ratio" not in [hint.pattern for hint in report.hints]


def test_a_gradient_that_is_none_says_so():
    class Forgets(Layer):
        def __init__(self):
            self.w = Parameter(np.ones(4))

        def forward(self, x):
            return x * self.w.value

        def backward(self, dy):
            return dy * self.w.value

    assert check_layer(Forgets(), (3, 4)).hints[0].pattern == "none"


@pytest.mark.parametrize("forward, got", [
    (lambda x: None, "NoneType"), (lambda x: "y", "str"), (lambda x: x * 1j, "complex128"), (lambda x: [x, 1.0], "list"),
    (lambda x: (x, x[0]), r"tuple; check one of its results, such as lambda x: forward\(x\)\[0\]")])
def test_a_forward_without_one_array_of_real_numbers_is_one_line(forward, got):
    with pytest.raises(DtypeError, match=f"check_op expected forward to return an array of real numbers, got {got}"):
        check_op(forward, lambda dy, x: {"x": dy}, X)


def test_a_backward_without_real_numbers_is_one_line():
    class Turned(Layer):
        def forward(self, x):
            return 2 * x

        def backward(self, dy):
            return 2j * dy

    with pytest.raises(DtypeError, match="check_layer expected backward to return an array of real numbers, got complex128"):
        check_layer(Turned(), (2, 3))
    with pytest.raises(DtypeError, match="check_op expected backward to return an array of real numbers, got str"):
        check_op(lambda x: x, lambda dy, x: {"x": "dx"}, X)


@pytest.mark.parametrize("call, said", [
    (lambda: check_op(np.tanh, tanh_backward, {1: X["x"]}), "check_op expected names of inputs, such as 'x', got"),
    (lambda: check_op(np.tanh, tanh_backward, {"x": np.ones((0, 3))}), "check_op expected x with at least one entry"),
    (lambda: check_loss(squares, np.ones((0, 3)), 1.0), "check_loss expected logits with at least one entry"),
    (lambda: check_layer(Tanh(), (2, 3), dtype="float99"), "check_layer expected dtype .* got 'float99'"),
    (lambda: check_op(np.tanh, tanh_backward, X, dtype=int), "check_op expected dtype np.float32 or np.float64"),
], ids=["name", "empty", "empty logits", "dtype of a layer", "dtype of an op"])
def test_wrong_arguments_of_a_check_are_one_line(call, said):
    with pytest.raises((DtypeError, ShapeError), match=said):
        call()
