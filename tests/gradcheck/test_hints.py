"""Each pattern is named when it is there, and the entry that is wrong is the entry that is named."""

import numpy as np
import pytest

from minicnn import (
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Layer,
    MaxPool2D,
    Parameter,
    Sequential,
    Tanh,
    check_layer,
    check_op,
    ops,
)
from minicnn.gradcheck.letters import place
from minicnn.shapes import DtypeError

X = {"x": np.random.default_rng(5).standard_normal((3, 4, 5, 2))}


def patterns(spoil, **facts):
    """The patterns that check_op names for y = tanh(x) with a backward that is spoilt: spoil(right dx, dy, x)."""
    report = check_op(lambda x: np.tanh(x), lambda dy, x: {"x": spoil(dy * (1 - np.tanh(x) ** 2), dy, x)}, X, **facts)
    assert not report.ok
    return [hint.pattern for hint in report.hints]


@pytest.mark.parametrize("spoil, pattern", [
    (lambda dx, dy, x: -dx, "sign"),
    (lambda dx, dy, x: 2 * dx, "multiplied by 2"),
    (lambda dx, dy, x: dx / 2, "divided by 2"),
    (lambda dx, dy, x: dx / 3, "divided by N"),
    (lambda dx, dy, x: dx * 20, "multiplied by H * W"),
    (lambda dx, dy, x: dx * 1.37, "ratio"),
    (lambda dx, dy, x: 0 * dx, "zero"),
    (lambda dx, dy, x: dx / dy, "ignores dy"),
    (lambda dx, dy, x: dx * np.abs(dy), "not linear"),
    (lambda dx, dy, x: dx[:, ::-1], "flipped"),
    (lambda dx, dy, x: dx.transpose(0, 2, 1, 3).reshape(dx.shape), "transposed"),
    (lambda dx, dy, x: np.pad(dx, ((0, 0), (1, 0), (0, 0), (0, 0)))[:, :-1], "shifted"),
    (lambda dx, dy, x: dx + dy, "shortcut added twice"),
    (lambda dx, dy, x: dx * np.arange(1, 3) * 3, "factor per index"),
    (lambda dx, dy, x: np.where(x < 0, 0.5, 1) * dx, "where x is negative"),
    (lambda dx, dy, x: np.where(np.arange(5)[:, None] == 4, 0, dx), "last column"),
    (lambda dx, dy, x: np.where(np.arange(5)[:, None] == 1, 3, 1) * dx, "column"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_pattern_is_named_first(spoil, pattern):
    assert patterns(spoil)[0] == pattern


def test_the_keep_share_of_dropout_is_named():
    assert patterns(lambda dx, dy, x: 0.7 * dx, rate=0.3)[0] == "multiplied by 1 - p"


def test_a_permutation_without_a_name_is_called_one():
    order = np.random.default_rng(1).permutation(120)
    assert patterns(lambda dx, dy, x: dx.ravel()[order].reshape(dx.shape))[0] == "permuted"


def test_the_letters_of_the_notation_are_used():
    filters, matrix = np.ones((3, 3, 1, 4)), np.ones((3, 4))
    assert place("d0.w", (2, 1, 0, 3), {}) == "d0.w[u=2, v=1, c=0, f=3]"
    assert place("dx", (1, 2), {}) == "dx[n=1, d=2]"
    assert place("dlogits", (1, 2), {}) == "dlogits[n=1, k=2]"
    assert place("db", (3,), {"w": filters}) == "db[f=3]"
    assert place("db", (3,), {"w": matrix}) == "db[k=3]"
    assert place("d7.b", (3,), {"0.w": filters, "7.w": matrix}) == "d7.b[k=3]"
    assert place("y", (0, 1, 2, 3), {"w": filters}) == "y[n=0, i=1, j=2, f=3]"
    assert place("y", (0, 1, 2, 3), {}) == "y[n=0, i=1, j=2, c=3]"
    assert place("dq", (3,), {}) == "dq[i=3]"
    assert place("loss", (), {}) == "loss"


def test_a_report_on_a_dense_layer_calls_its_outputs_k():
    inputs = {"x": X["x"][0, :, :, 0], "w": np.ones((5, 3)), "b": np.ones(3)}
    report = check_op(ops.dense, lambda dy, x, w, b: (dy @ w.T, x.T @ dy, dy.mean(axis=0)), inputs)
    assert "worst at db[k=" in str(report)


class OneWrong(Layer):
    """A right layer, of whose gradients one entry of one array is off."""

    def __init__(self, layer, name, index, factor):
        self.layer, self.name, self.index, self.factor = layer, name, index, factor

    def forward(self, x):
        return self.layer.forward(x)

    def backward(self, dy):
        dx = self.layer.backward(dy)
        array = (dx if self.name == "x" else self.layer.parameters()[self.name].grad).copy()
        array[self.index] = array[self.index] * self.factor + 0.1 * (self.factor - 1)
        if self.name == "x":
            return array
        self.layer.parameters()[self.name].grad = array
        return dx


def test_a_single_wrong_entry_is_named_in_at_least_95_percent_of_cases():
    """100 seeded faults of 1% to 100%; an entry of which the gradient is nearly 0 may hide behind rounding."""
    named, cases = 0, 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        for layer, x_shape in ((Conv2D(1, 2, kernel_size=2, rng=seed), (2, 3, 3, 1)), (Dense(3, 2, rng=seed), (3, 3)),
                               (BatchNorm(2), (4, 2)), (MaxPool2D(2), (2, 4, 2, 1)),
                               (Sequential([Dense(3, 2, rng=seed), Tanh()]), (2, 3))):
            arrays = {"x": x_shape} | {name: p.shape for name, p in layer.parameters().items()}
            name = list(arrays)[rng.integers(len(arrays))]
            index = tuple(int(rng.integers(size)) for size in arrays[name])
            wrong = OneWrong(layer, name, index, 1 + rng.choice([-1, 1]) * 10 ** rng.uniform(-2, 0))
            row = next(row for row in check_layer(wrong, x_shape, rng=seed).rows if row.name.removeprefix("layer.") == name)
            cases += 1
            named += not row.ok and row.worst == index and row.wrong == 1
    assert cases == 100
    assert named >= 0.95 * cases


def test_float32_is_refused_unless_asked_for():
    x = np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32)
    backward = lambda dy, x: {"x": dy * (1 - np.tanh(x) ** 2)}                # noqa: E731
    with pytest.raises(DtypeError, match="expected x of float64, got float32"):
        check_op(lambda x: np.tanh(x), backward, {"x": x})
    with pytest.raises(DtypeError, match="expected x of float64, got float32"):
        check_layer(Tanh(), x.shape, x=x)
    assert check_op(lambda x: np.tanh(x), backward, {"x": x}, dtype=np.float32).ok
    assert check_layer(Conv2D(2, 3, kernel_size=2, rng=0), (2, 4, 3, 2), dtype=np.float32).ok
    assert not check_op(lambda x: np.tanh(x), lambda dy, x: {"x": dy * (1 - np.tanh(x))}, {"x": x}, dtype=np.float32).ok


class Demoting(Layer):
    def forward(self, x):
        self.saved = x
        return (2 * x).astype(np.float32)

    def backward(self, dy):
        return 2 * dy


class Unfrozen(Layer):
    """Random factors that come from nowhere that can be found. (Not zeros and ones: six of them can be the same twice.)"""

    def forward(self, x):
        self.factors = np.random.default_rng().random(x.shape)
        return x * self.factors

    def backward(self, dy):
        return dy * self.factors


class Leaking(Layer):
    """Each forward pass gives back a little less: it keeps a count."""

    def __init__(self):
        self.count, self.w = 0, Parameter(np.ones(2))

    def forward(self, x):
        self.count += 1
        self.saved = x
        return x * self.w.value

    def backward(self, dy):
        x = self.saved
        self.w.grad = (dy * x).sum(axis=0)
        return dy * self.w.value * self.count


@pytest.mark.parametrize("layer, pattern", [(Demoting(), "dtype"), (Unfrozen(), "forward does not repeat"),
                                            (Leaking(), "backward does not repeat")])
def test_a_broken_rule_is_found_before_the_numbers(layer, pattern):
    report = check_layer(layer, (3, 2))
    assert not report.ok
    assert report.hints[0].pattern == pattern
    assert "rule broken" in str(report)


class KeepsItsInput(Layer):
    """As people write layers elsewhere: the input is an attribute."""

    def forward(self, x):
        self.x = x
        return np.logaddexp(0, x)

    def backward(self, dy):
        return dy / (1 + np.exp(-self.x))


class Tied(Layer):
    def __init__(self):
        self.w = self.again = Parameter(np.array([1.0, 2.0]))

    def forward(self, x):
        self.saved = x
        return x * self.w.value * self.again.value

    def backward(self, dy):
        x = self.saved
        self.w.grad = 2 * (dy * x).sum(axis=0) * self.w.value
        return dy * self.w.value ** 2


def test_layers_written_in_other_ways_are_not_accused():
    layer = KeepsItsInput()
    assert check_layer(layer, (3, 4)).ok
    layer.forward(np.ones((2, 2)))                                 # a stale array of another shape
    assert check_layer(layer, (3, 4)).ok
    assert check_layer(Tied(), (3, 2)).ok


def test_a_second_derivative_that_jumps_is_no_error():
    elu = check_op(lambda x: np.where(x > 0, x, np.expm1(x)), lambda dy, x: {"x": dy * np.where(x > 0, 1, np.exp(x))},
                   {"x": np.array([0.0, 1, -1, 0.5])})
    assert elu.ok, elu


def test_a_wrong_kernel_larger_than_an_image_of_its_size_is_reported():
    class Doubled(Conv2D):
        def backward(self, dy):
            dx = super().backward(dy)
            self.w.grad = self.w.grad * 2
            return dx

    report = check_layer(Doubled(1, 2, kernel_size=3, rng=0), (3, 4, 5, 1))
    assert [hint.pattern for hint in report.hints] == ["multiplied by 2"]


def test_a_forward_that_reuses_its_buffer_is_not_accused_and_one_that_counts_is_caught():
    buffer, calls = np.empty((3, 4)), []
    reuses = check_op(lambda x: np.tanh(x, out=buffer), lambda dy, x: {"x": dy * (1 - np.tanh(x) ** 2)}, {"x": np.ones((3, 4))})
    assert reuses.ok, reuses

    def counts(x):
        calls.append(1)
        np.add(x, len(calls), out=buffer)
        return buffer

    counted = check_op(counts, lambda dy, x: {"x": dy}, {"x": np.ones((3, 4))})
    assert counted.hints[0].pattern == "forward does not repeat"


def test_nothing_to_check_is_refused():
    with pytest.raises(ValueError, match="expected at least one input, got none"):
        check_op(lambda: np.ones(3), lambda dy: {}, {})


def test_dropout_with_its_own_generator_repeats():
    assert check_layer(Dropout(0.5, rng=0), (4, 5)).ok
