"""The gradient check passes what is right and fails what is wrong; a check that could not fail would be worth nothing."""

import numpy as np
import pytest

from minicnn import (
    Conv2D,
    Dense,
    Dropout,
    Layer,
    MaxPool2D,
    ReLU,
    Sequential,
    Tanh,
    check_layer,
    check_loss,
    check_op,
    ops,
    softmax_cross_entropy,
)
from minicnn.gradcheck import TOLERANCE
from minicnn.gradcheck.cases import problems
from minicnn.gradcheck.compare import check
from minicnn.gradcheck.differences import entry_slopes
from minicnn.gradcheck.rule import RULES
from minicnn.ops.backend import IMPLEMENTATIONS


@pytest.mark.parametrize("implementation", [name for name in IMPLEMENTATIONS if name != "fast"])
def test_everything_passes_on_the_slower_implementations_and_every_op_is_called(implementation, monkeypatch):
    """With nested loops only the ops: layers and losses are the same on all implementations (`minicnn gradcheck` has all).
    A test of the command checks everything on the fast implementation.

    The optimizers' updates and the resampling of data have no gradient.
    """
    called = set()

    def counted(name, op):
        return lambda *arguments, **keywords: called.add(name) or op(*arguments, **keywords)

    names = set(ops.__all__) - {"current", "implementations", "set_num_threads", "sources", "use"}
    for name in names:
        monkeypatch.setattr(ops, name, counted(name, getattr(ops, name)))
    with ops.use(implementation):
        found = [check(problem) for _, problem in problems(1, lambda name: implementation != "definition" or "(" not in name)]
    assert [report.title for report in found if not report.ok] == []
    assert max(report.error for report in found) <= TOLERANCE == 1e-6
    assert len(found) >= (24 if implementation == "definition" else 50)
    if implementation != "definition":
        assert names - called == {"sgd", "rmsprop", "adam", "affine"}


class Broken(Layer):
    """y = tanh(x) * w, with a fault in one place of one gradient."""

    def __init__(self, fault):
        from minicnn import Parameter
        self.w, self.fault = Parameter(np.linspace(1.0, 2.0, 4)), fault

    def forward(self, x):
        y = np.tanh(x) * self.w.value
        self.saved = x
        return y

    def backward(self, dy):
        x = self.saved
        dx = dy * self.w.value * (1 - np.tanh(x) ** 2)
        self.w.grad = (dy * np.tanh(x)).sum(axis=0)
        return self.fault(self, dx, dy)


def scaled(layer, dx, dy):
    return dx * (1 + 2e-6)


def one_entry(layer, dx, dy):
    dx[1, 2] *= 1.001
    return dx


def parameter(layer, dx, dy):
    layer.w.grad = layer.w.grad * np.array([1, 1, -1, 1])
    return dx


def ignores_dy(layer, dx, dy):
    return dx / dy


def not_a_number(layer, dx, dy):
    dx[0, 0] = np.nan
    return dx


def wrong_shape(layer, dx, dy):
    return dx[:, :3]


@pytest.mark.parametrize("fault, where", [
    (scaled, "x"), (one_entry, "x"), (parameter, "w"), (ignores_dy, "x"), (not_a_number, "x"), (wrong_shape, "x")])
def test_a_wrong_gradient_fails_where_it_is_wrong(fault, where):
    report = check_layer(Broken(fault), (3, 4), rng=0)
    assert not report.ok
    assert [row.name for row in report.rows if not row.ok] == [where]
    assert "FAIL" in str(report)


def test_the_right_one_passes_and_the_worst_entry_is_named():
    assert check_layer(Broken(lambda layer, dx, dy: dx), (3, 4), rng=0).ok
    row = check_layer(Broken(one_entry), (3, 4), rng=0).rows[0]
    assert row.worst == (1, 2)
    assert "1 of 12 entries differ" in row.problem
    assert row.analytic == pytest.approx(1.001 * row.numeric)


def test_a_check_in_which_nothing_depends_on_x_is_a_failure():
    report = check_op(lambda x: 0 * x, lambda dy, x: {"x": 0 * x}, {"x": np.ones((2, 3))})
    assert not report.ok
    assert "all numeric gradients are zero" in str(report)


@pytest.mark.parametrize("value, ok", [(0.3, True), (-1.0, True), (1.5, False), (1e9, False)])
def test_at_a_kink_anything_between_the_two_slopes_is_right(value, ok):
    report = check_op(lambda x: np.abs(x), lambda dy, x: {"x": dy * np.where(x == 0, value, np.sign(x))},
                      {"x": np.array([0.0, 1, 2])})
    assert report.ok == ok
    assert [hint.pattern for hint in report.hints] == ([] if ok else ["kink"])


@pytest.mark.parametrize("backward", [
    lambda dy, x: {}, lambda dy, x: {"y": dy}, lambda dy, x: {"x": None}], ids=["empty", "misnamed", "None"])
def test_a_gradient_that_is_missing_is_a_failure(backward):
    report = check_op(lambda x: np.tanh(x), backward, {"x": np.ones((2, 2))})
    assert not report.ok
    assert "expected a gradient of shape (2, 2), got none" in str(report)


def test_passes_that_write_to_what_they_are_given_break_a_rule():
    def doubles_dy(dy, x):
        dy *= 2
        return {"x": dy / 2 * (1 - np.tanh(x) ** 2)}

    class DoublesW(Dense):
        def backward(self, dy):
            dx = super().backward(dy)
            self.w.value *= 2
            return dx

    op = check_op(lambda x: np.tanh(x), doubles_dy, {"x": np.ones((2, 2))})
    layer = check_layer(DoublesW(3, 2, rng=0), (4, 3))
    for report, what in ((op, "backward writes to the dy (2, 2)"), (layer, "backward writes to the w (3, 2)")):
        assert not report.ok
        assert [hint.pattern for hint in report.findings] == ["writes"]
        assert what in str(report)
        assert all(row.ok for row in report.rows)                  # the numbers are right


def test_a_layer_that_holds_layers_and_indices_is_checked_whole():
    class Block(Layer):
        def __init__(self):
            self.inner, self.order = Dense(4, 4, rng=0), np.array([2, 0, 1, 3])

        def forward(self, x):
            return self.inner.forward(x)[:, self.order]

        def backward(self, dy):
            return self.inner.backward(dy[:, np.argsort(self.order)])

    assert list(Sequential([Block()]).parameters()) == ["0.inner.w", "0.inner.b"]
    report = check_layer(Block(), (3, 4), rng=0)
    assert report.ok
    assert [row.name for row in report.rows] == ["x", "inner.w", "inner.b"]


def test_kinks_are_counted_not_failed():
    x = np.array([[0.0, 1.0, -1.0, 0.5]])
    report = check_layer(ReLU(), x.shape, x=x)
    assert report.ok
    assert (report.rows[0].kinks, report.rows[0].verdict) == (1, "KINK")
    assert "1 kinks stepped around" in str(report)
    ties = np.zeros((1, 4, 4, 1))
    assert check_layer(MaxPool2D(2), ties.shape, x=ties).rows[0].kinks == 16      # proved right at a nudged input


def test_where_everything_stays_a_kink_nothing_is_proved():
    rough = check_op(lambda x: np.abs(np.sin(x / 1e-17)), lambda dy, x: {"x": dy}, {"x": np.array([0.1, 0.2, 0.3])})
    assert not rough.ok
    assert "3 of 3 entries stand on a kink, wherever they are nudged" in str(rough)


def test_a_kink_close_by_is_stepped_around():
    x = np.array([3e-6, -3e-6, 2.0])
    slopes = entry_slopes(lambda x: np.maximum(x, 0), x, np.ones(3), RULES[x.dtype])
    assert not any(s.kink for s in slopes.values())
    np.testing.assert_allclose([slopes[k,].value for k in range(3)], [1, 0, 1], atol=1e-6)


def test_the_layer_stays_as_it_was():
    layer = Sequential([Conv2D(1, 2, kernel_size=2, rng=0), Tanh(), Dropout(0.5, rng=1)])
    values = {name: p.value for name, p in layer.parameters().items()}
    state = layer[2].rng.bit_generator.state
    assert check_layer(layer, (2, 4, 3, 1), rng=0).ok
    assert all(p.value is values[name] and p.grad is None for name, p in layer.parameters().items())
    assert layer[2].rng.bit_generator.state == state
    assert "saved" not in vars(layer[0])


def test_the_same_seed_gives_the_same_report():
    layer = Dense(3, 2, rng=0)
    assert str(check_layer(layer, (4, 3), rng=7)) == str(check_layer(layer, (4, 3), rng=7))


def test_a_saturated_loss_whose_gradients_are_almost_zero_is_checked_without_an_error():
    """Another look makes the logits so large that gradients are about 1e-310; 1 / gradient would be infinite."""
    rng = np.random.default_rng(100)
    logits = 30 * rng.standard_normal((1, 4))
    assert check_loss(softmax_cross_entropy, logits, rng.integers(4, size=1)).ok


class Sums(Layer):
    """y[n] = sum of x[n]: right gradients, and y has another shape than x."""

    def forward(self, x):
        self.saved = x.shape
        return x.sum(axis=1)

    def backward(self, dy):
        return np.repeat(dy[:, None], self.saved[1], axis=1)


class SaysTooMuch(Sums):
    def output_shape(self, x_shape, who=None):
        return (*x_shape, 1)


class SaysNothing(Sums):
    def output_shape(self, x_shape, who=None):
        pass


class SaysRight(Sums):
    def output_shape(self, x_shape, who=None):
        return x_shape[:1]


@pytest.mark.parametrize("layer, ok, said", [
    (SaysTooMuch(), False, "rule broken: forward makes y (2,) of x (2, 3), and output_shape says (2, 3, 1)"),
    (SaysNothing(), False, "output_shape says None"), (Sums(), True, "note: forward makes y (2,) of x (2, 3)"),
    (SaysRight(), True, ""), (Sequential([Sums()]), True, "")])
def test_an_output_shape_that_is_not_the_shape_of_y_is_said(layer, ok, said):
    report = check_layer(layer, (2, 3))
    assert report.ok == ok
    assert said in str(report)
    assert ("output_shape" in str(report)) == bool(said)


def test_an_array_without_influence_beside_others_gets_a_note():
    report = check_op(lambda x, b: x, lambda dy, x, b: (dy, 0 * b), {"x": np.ones((2, 3)), "b": np.ones(2)})
    assert report.ok
    assert "note: y does not depend on it" in str(report)
