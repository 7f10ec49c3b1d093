"""Containers: what forks forward is summed backward, and no layer object stands twice."""

import numpy as np
import pytest

from minicnn import (
    BatchNorm,
    Concat,
    Conv2D,
    Dense,
    Dropout,
    DtypeError,
    Flatten,
    MaxPool2D,
    ReLU,
    Residual,
    Sequential,
    ShapeError,
    softmax_cross_entropy,
)


@pytest.fixture
def model():
    rng = np.random.default_rng(0)
    return Sequential([
        Conv2D(1, 3, kernel_size=3, padding=1, rng=rng), BatchNorm(3), ReLU(), MaxPool2D(2),
        Residual([Conv2D(3, 4, kernel_size=3, padding=1, rng=rng), ReLU()], shortcut=Conv2D(3, 4, kernel_size=1, rng=rng)),
        Concat([Conv2D(4, 2, kernel_size=1, rng=rng), [Conv2D(4, 5, kernel_size=3, padding="same", rng=rng), ReLU()]]),
        Flatten(), Dropout(0.5, rng=rng), Dense(4 * 3 * 7, 10, rng=rng),
    ])


def x_of(N=5, seed=1):
    return np.random.default_rng(seed).random((N, 8, 6, 1), np.float32)


def test_parameter_names_are_stable_paths(model):
    assert list(model.parameters()) == [
        "0.w", "0.b", "1.gamma", "1.beta", "4.body.0.w", "4.body.0.b", "4.shortcut.w", "4.shortcut.b",
        "5.0.w", "5.0.b", "5.1.0.w", "5.1.0.b", "8.w", "8.b"]
    assert list(model.buffers()) == ["1.running_mean", "1.running_var"]
    assert list(model.generators()) == ["7.rng"]


def test_a_residual_is_a_sum_forward_and_backward():
    rng = np.random.default_rng(0)
    body, x = Dense(3, 3, rng=rng), rng.standard_normal((2, 3)).astype(np.float32)
    dy = rng.standard_normal((2, 3)).astype(np.float32)
    expected = body.forward(x) + x, body.backward(dy) + dy
    block = Residual(body)
    np.testing.assert_array_equal(block.forward(x), expected[0])
    np.testing.assert_array_equal(block.backward(dy), expected[1])


def test_concat_joins_channels_and_splits_the_gradient():
    rng = np.random.default_rng(0)
    left, right, x = Dense(3, 2, rng=rng), Dense(3, 4, rng=rng), rng.standard_normal((2, 3)).astype(np.float32)
    dy = rng.standard_normal((2, 6)).astype(np.float32)
    y = np.concatenate([left.forward(x), right.forward(x)], axis=1)
    dx = left.backward(dy[:, :2]) + right.backward(dy[:, 2:])
    block = Concat([left, right])
    np.testing.assert_array_equal(block.forward(x), y)
    np.testing.assert_allclose(block.backward(dy), dx, rtol=1e-6)


@pytest.mark.parametrize("build, where", [
    (lambda a: [a, a], "[1] expected each layer object once, got ReLU() again, which is also [0]"),
    (lambda a: [a, Sequential([a])], "[1.0] expected each layer object once, got ReLU() again, which is also [0]"),
    (lambda a: [Residual(a), Concat([ReLU(), [a]])], "[1.1.0] expected each layer object once"),
])
def test_a_layer_object_stands_once_in_a_container(build, where):
    with pytest.raises(ValueError) as caught:
        Sequential(build(ReLU()))
    assert where in str(caught.value)


@pytest.mark.parametrize("layers, message", [
    ([], "Sequential expected at least one layer, got none"),
    ([ReLU], r"Sequential\[0\] expected a layer, got <class .*>; call it: ReLU\(...\)"),
    (["relu"], r"Sequential\[0\] expected a layer, got 'relu'"),
])
def test_what_is_no_layer_is_refused(layers, message):
    with pytest.raises((ValueError, TypeError), match=message):
        Sequential(layers)


def test_a_wrong_shape_is_found_before_any_layer_computes(model):
    before = model.buffers()["1.running_mean"].copy()
    with pytest.raises(ShapeError, match=r"Sequential\[8\] Dense expected x \(N, 84\), got \(5, 112\)"):
        model.forward(np.ones((5, 8, 8, 1), np.float32))
    np.testing.assert_array_equal(model.buffers()["1.running_mean"], before)
    assert "saved" not in vars(model[0])


def test_errors_name_the_place_in_nested_containers(model):
    model[4].body.layers[0].w._value = np.zeros((3, 3, 7, 4), np.float32)
    with pytest.raises(ShapeError, match=r"Sequential\[4\] Residual.body\[0\] Conv2D expected x \(N, H, W, 7\)"):
        model.forward(x_of())


@pytest.mark.parametrize("block, message", [
    (Residual(Dense(3, 4, rng=0)), r"Residual expected its body to give the shape of its shortcut, \(2, 3\), got \(2, 4\)"),
    (Concat([Flatten(), Conv2D(3, 2, 1, rng=0)]), "Concat expected branches that agree in all axes but the last"),
])
def test_branches_that_do_not_fit_are_refused(block, message):
    x = np.ones((2, 3) if isinstance(block, Residual) else (2, 4, 4, 3), np.float32)
    with pytest.raises(ShapeError, match=message):
        block.forward(x)


def test_predict_is_forward_in_eval_mode_in_batches_and_puts_the_modes_back(model):
    x = x_of(7)
    model.forward(x)
    model[1].eval(cache=True)                                      # a frozen batch norm stays frozen
    saved = model.blocks[0].saved
    together = model.predict(x)
    np.testing.assert_allclose(model.predict(x, batch_size=3), together, rtol=1e-5, atol=1e-6)
    assert model.training
    assert model[7].training
    assert not model[1].training
    assert model[1].caching
    assert model.blocks[0].saved is saved
    np.testing.assert_array_equal(model.eval().forward(x), together)
    with pytest.raises(ValueError, match=r"Sequential.predict expected finite x, got 1 NaN or infinite entries, .* x\[2\]"):
        model.predict(np.where(np.arange(7).reshape(-1, 1, 1, 1) * np.ones_like(x) == 2, np.nan, 1)[:, :1, :1].astype("f"))


def test_two_neighbours_are_computed_as_one_step_and_a_subclass_is_not():
    class MyConv(Conv2D):
        def forward(self, x):
            return -super().forward(x)

        def backward(self, dy):
            return super().backward(-dy)

    rng = np.random.default_rng(0)
    model = Sequential([Conv2D(1, 2, 3, rng=rng), ReLU(), MaxPool2D(2), Flatten(), Dense(8, 3, rng=rng), ReLU()])
    assert [type(block).__name__ for block in model.blocks] == ["ConvReLUPool", "Flatten", "DenseReLU"]
    x = rng.standard_normal((2, 6, 6, 1)).astype(np.float32)
    y = model.forward(x)
    assert model.backward(np.ones_like(y)).shape == x.shape
    assert not any("saved" in vars(layer) for layer in model.all_layers())        # what forward saved is gone
    model.forward(x)
    model[0].input_gradient = False
    assert model.backward(np.ones_like(y)) is None

    own = Sequential([MyConv(1, 2, 3, rng=rng), ReLU()])
    assert len(own.blocks) == 2
    y = own.forward(x)
    assert y.min() == 0
    assert own.backward(np.ones_like(y)).shape == x.shape


class OwnReLU(ReLU):
    """Computes what ReLU does, and is fused with nothing: a subclass may compute something else."""


def normed(last):
    """A network with batch norm and a residual block, each followed by a layer of class `last`."""
    rng = np.random.default_rng(0)
    return Sequential([
        Conv2D(1, 3, kernel_size=3, padding=1, rng=rng), BatchNorm(3), last(), MaxPool2D(2),
        Residual([Conv2D(3, 3, kernel_size=3, padding=1, rng=rng), BatchNorm(3), last()]), last(), Flatten(),
        Dense(36, 5, rng=rng), BatchNorm(5), last(),
    ])


@pytest.mark.parametrize("mode", ["train", "frozen", "eval"])
def test_batch_norm_and_residuals_with_a_relu_compute_what_they_compute_apart(mode):
    fused, apart = normed(ReLU), normed(OwnReLU)
    assert [type(block).__name__ for block in fused.blocks] == [
        "Conv2D", "BatchNormReLU", "MaxPool2D", "ResidualReLU", "Flatten", "Dense", "BatchNormReLU"]
    assert len(apart.blocks) == len(apart.layers)
    found = []
    for model in (fused, apart):
        model.forward(x_of(4, seed=2))                             # the running averages are no longer 0 and 1
        if mode == "frozen":
            model[1].eval(cache=True)                              # the batch norm alone
        if mode == "eval":
            model.eval(cache=True)
        y = model.forward(x_of())
        dx = model.backward(np.random.default_rng(3).standard_normal(y.shape).astype(np.float32))
        found.append([y, *model.buffers().values(), dx, *(p.grad for p in model.parameters().values())])
    for k, (a, b) in enumerate(zip(*found, strict=True)):
        if k < 7:                                                  # y and the buffers: the same bits
            np.testing.assert_array_equal(a, b)
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_train_and_eval_reach_every_layer(model):
    model.eval()
    assert not model[4].body[0].training
    assert not model[7].training
    model.train()
    assert model[5].branches[1][0].training


def test_trace_visits_every_layer_in_order_and_gives_what_forward_gives(model):
    x = x_of()
    model.eval()
    places, outputs = zip(*((place, y) for place, _, y in model.trace(x)))
    assert places[:5] == ("Sequential[0] Conv2D", "Sequential[1] BatchNorm", "Sequential[2] ReLU",
                          "Sequential[3] MaxPool2D", "Sequential[4] Residual.shortcut")
    assert "Sequential[5] Concat[1][0] Conv2D" in places
    np.testing.assert_array_equal(outputs[-1], model.forward(x))


def test_summary_counts_what_the_layers_hold(model):
    table = model.summary((8, 6, 1))
    assert repr(table) == str(table)
    lines = str(table).splitlines()
    assert lines[2].split() == ["input", "(N,", "8,", "6,", "1)"]
    assert any(line.startswith("4.body.0") and "(N, 4, 3, 4)" in line for line in lines)
    parameters = sum(p.size for p in model.parameters().values())
    assert lines[-1].split() == ["total", f"{parameters:,}", f"{model.multiply_adds((1, 8, 6, 1)):,}"]
    assert model.multiply_adds((1, 8, 6, 1)) == 48 * 9 * 3 + 12 * (27 * 4 + 3 * 4 + 4 * 2 + 36 * 5) + 84 * 10
    with pytest.raises(ShapeError, match="Dense"):
        model.summary((28, 28, 1))


def test_it_learns_a_handful_of_pictures_by_heart(model):
    from minicnn import Adam
    x, labels = x_of(20), np.arange(20) % 10
    optimizer = Adam(model.parameters(), lr=5e-3)
    for _ in range(300):
        loss, dlogits = softmax_cross_entropy(model.forward(x), labels)
        model.backward(dlogits)
        optimizer.step()
    assert (model.predict(x).argmax(axis=1) == labels).all()


@pytest.mark.parametrize("make, message", [
    (lambda first, other: Residual(first), r"Residual\[body\].backward expected to return dx, got None; set input_gradient"),
    (lambda first, other: Residual(other, shortcut=first), r"Residual\[shortcut\].backward expected to return dx, got None"),
    (lambda first, other: Concat([other, first]), r"Concat\[1\].backward expected to return dx, got None"),
    (lambda first, other: Sequential([other, first]), "Dense.backward expected dy to be a NumPy array, got None; if a"),
])
def test_a_layer_without_dx_where_dx_is_needed_is_named(make, message):
    first, other = Dense(3, 3, rng=0), Dense(3, 3, rng=1)
    first.input_gradient = False
    layer = make(first, other)
    y = layer.forward(np.ones((2, 3), np.float32))
    with pytest.raises(DtypeError, match=message):
        layer.backward(y)
