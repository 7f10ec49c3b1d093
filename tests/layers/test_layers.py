"""Layers: parameters, modes, the cache, and the ops they stand on."""

import inspect

import numpy as np
import pytest

import minicnn
from minicnn import (
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2D,
    Layer,
    MaxPool2D,
    ReLU,
    Sequential,
    check_layer,
)
from minicnn.gradcheck.cases import layer_cases

CASES = [(" ".join(repr(layer).split()), x_shape) for layer, x_shape in layer_cases(np.random.default_rng(0))]
IMAGES = [k for k, (name, x_shape) in enumerate(CASES) if len(x_shape) == 4 and "Dense" not in name]


@pytest.fixture
def case(request):
    """A layer made for one test, as it is when it is new, and the shape of an x for it: case number `request.param`."""
    return list(layer_cases(np.random.default_rng(0)))[request.param]


def each_case(numbers=None):
    numbers = range(len(CASES)) if numbers is None else numbers
    return pytest.mark.parametrize("case", numbers, ids=[CASES[k][0][:50] for k in numbers], indirect=True)


def drawn(shape, dtype=np.float32, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


@each_case()
def test_shapes_and_dtypes_are_kept_and_backward_assigns(case):
    layer, x_shape = case
    layer._set_mode(layer.training, True)
    x = drawn(x_shape)
    y = layer.forward(x)
    assert y.shape == tuple(layer.output_shape(x_shape))
    assert y.dtype == np.float32
    dy = drawn(y.shape, seed=1)
    dx = layer.backward(dy)
    assert dx.shape == x.shape
    assert dx.dtype == np.float32
    first = {name: p.grad.copy() for name, p in layer.parameters().items()}
    for generator in layer.generators().values():
        generator.bit_generator.state = np.random.default_rng(9).bit_generator.state
    layer.forward(x)
    layer.backward(dy)
    for name, p in layer.parameters().items():
        assert p.grad.shape == p.value.shape
        assert p.grad.dtype == p.value.dtype
        if not layer.generators():
            np.testing.assert_array_equal(p.grad, first[name])     # assigned, not added to


@each_case()
def test_nothing_is_written_to_what_is_given(case):
    layer, x_shape = case
    layer._set_mode(layer.training, True)
    x = drawn(x_shape)
    x.flags.writeable = False
    y = layer.forward(x)
    dy = drawn(y.shape, seed=1)
    dy.flags.writeable = False
    values = {name: p.value.copy() for name, p in layer.parameters().items()}
    layer.backward(dy)
    for name, p in layer.parameters().items():
        np.testing.assert_array_equal(p.value, values[name])


@each_case(IMAGES)
def test_two_image_sizes_go_through_one_layer(case):
    layer, x_shape = case
    layer._set_mode(layer.training, True)
    for shape in (x_shape, (x_shape[0] + 1, x_shape[1] + 3, x_shape[2] + 1, x_shape[3])):
        y = layer.forward(drawn(shape))
        assert layer.backward(np.ones_like(y)).shape == shape


@each_case()
def test_the_cache_is_used_once_and_eval_keeps_none(case):
    layer, x_shape = case
    layer.train()
    y = layer.forward(drawn(x_shape))
    dy = np.ones_like(y)
    layer.backward(dy)
    with pytest.raises(RuntimeError, match=r"backward expected a forward pass before it.*call forward\(x\) first"):
        layer.backward(dy)
    layer.eval()
    layer.forward(drawn(x_shape))
    with pytest.raises(RuntimeError, match=r"got eval mode; call train\(\), or eval\(cache=True\)"):
        layer.backward(dy)
    layer.eval(cache=True)
    layer.forward(drawn(x_shape))
    assert layer.backward(dy).shape == tuple(x_shape)


def test_every_layer_is_in_the_self_check():
    def types(layer):
        return {type(layer)}.union(*(types(child) for child in layer.children().values()))
    checked = set().union(*(types(layer) for layer, _ in layer_cases(np.random.default_rng(0))))
    public = {value for value in vars(minicnn).values()
              if inspect.isclass(value) and issubclass(value, Layer) and value is not Layer}
    assert public <= checked


def test_dropout_is_inverted_draws_anew_and_rests_in_eval():
    layer = Dropout(0.25, rng=1)
    x = np.ones((400, 100), np.float32)
    y, again = layer.forward(x), layer.forward(x)
    assert not np.array_equal(y, again)
    np.testing.assert_allclose(np.unique(y), [0, 4 / 3])
    assert y.mean() == pytest.approx(1, abs=0.02)
    np.testing.assert_array_equal(layer.eval().forward(x), x)


def test_dropout_of_rate_0_keeps_everything():
    x = drawn((3, 4))
    np.testing.assert_array_equal(Dropout(0.0, rng=0).forward(x), x)


def test_batch_norm_learns_statistics_in_training_alone():
    layer, x = BatchNorm(2), 3 + 2 * drawn((50, 4, 4, 2))
    for _ in range(200):
        layer.forward(x)
    np.testing.assert_allclose(layer.running_mean, x.mean(axis=(0, 1, 2)), rtol=1e-4)
    np.testing.assert_allclose(layer.running_var, x.var(axis=(0, 1, 2), ddof=1), rtol=1e-4)
    before = layer.running_mean.copy()
    y = layer.eval().forward(x)
    np.testing.assert_array_equal(layer.running_mean, before)
    np.testing.assert_allclose(y.mean(axis=(0, 1, 2)), 0, atol=1e-3)


def test_parameters_are_named_in_the_order_of_the_layers_and_can_be_replaced():
    layer = Conv2D(2, 3, kernel_size=(3, 5), rng=0)
    assert {name: p.shape for name, p in layer.parameters().items()} == {"w": (3, 5, 2, 3), "b": (3,)}
    assert list(Conv2D(2, 3, 3, bias=False, rng=0).parameters()) == ["w"]
    layer.w.value = np.zeros((3, 5, 2, 3))
    with pytest.raises(minicnn.ShapeError, match=r"Parameter expected value \(3, 5, 2, 3\), got \(2, 3, 3, 5\)"):
        layer.w.value = np.zeros((2, 3, 3, 5))
    with pytest.raises(minicnn.DtypeError, match="Parameter expected value of float32 or float64, got int64"):
        layer.w.value = np.zeros((3, 5, 2, 3), int)


def test_the_same_seed_gives_the_same_weights_and_a_generator_goes_on():
    first, second = Dense(4, 5, rng=3), Dense(4, 5, rng=3)
    np.testing.assert_array_equal(first.w.value, second.w.value)
    rng = np.random.default_rng(3)
    np.testing.assert_array_equal(Dense(4, 5, rng=rng).w.value, first.w.value)
    assert not np.array_equal(Dense(4, 5, rng=rng).w.value, first.w.value)


def test_a_mean_over_all_pixels_and_flatten_join_convolutions_to_dense_layers():
    x = drawn((2, 3, 4, 5))
    np.testing.assert_allclose(GlobalAvgPool2D().forward(x), x.mean(axis=(1, 2)), rtol=1e-5)
    y = Flatten().forward(x)
    assert y.shape == (2, 60)
    np.testing.assert_array_equal(y[1, :5], x[1, 0, 0])            # channels run fastest
    assert Flatten().forward(y).shape == (2, 60)


def test_max_pool_takes_overlapping_and_padded_windows():
    x = drawn((1, 5, 5, 1))
    y = MaxPool2D(3, stride=2, padding=1).forward(x)
    assert y.shape == (1, 3, 3, 1)
    assert y[0, 0, 0, 0] == x[0, :2, :2, 0].max()
    assert y[0, 1, 1, 0] == x[0, 1:4, 1:4, 0].max()


def test_relu_backward_leaves_dy_alone_for_the_other_branch():
    x, dy = drawn((4, 4)), np.ones((4, 4), np.float32)
    layer = ReLU()
    layer.forward(x)
    layer.backward(dy)
    assert (dy == 1).all()


def test_a_layer_of_ones_own_is_checked_in_three_lines():
    class Square(Layer):
        def forward(self, x):
            self.saved = x
            return x * x

        def backward(self, dy):
            x = self.saved
            return 2 * x * dy

    assert check_layer(Square(), (3, 4), rng=0).ok
    assert Sequential([Square(), Square()]).forward(np.full((1, 1), 2.0)) == 16


@pytest.mark.parametrize("layer, x_shape, products", [
    (Conv2D(3, 8, kernel_size=(3, 2), stride=2, rng=0), (2, 7, 6, 3), 2 * 3 * 3 * 8 * 3 * 2 * 3),
    (Dense(5, 7, rng=0), (4, 5), 4 * 5 * 7), (ReLU(), (4, 5), 0)])
def test_multiply_adds(layer, x_shape, products):
    assert layer.multiply_adds(x_shape) == products


class Scaled(Layer):
    def __init__(self, size):
        self.factor = minicnn.Parameter(np.ones(size))

    def forward(self, x):
        self.saved = x
        return x * self.factor.value

    def backward(self, dy):
        dx = dy * self.factor.value
        self.factor.grad = (dy * self.saved).sum(axis=0)
        return dx


@pytest.mark.parametrize("layer, name", [
    (Dense(3, 3, rng=0), "w"), (Dense(3, 3, bias=False, rng=0), "b"), (BatchNorm(3), "gamma"), (Scaled(3), "factor")])
def test_an_array_in_the_place_of_a_parameter_is_an_error_that_says_what_to_write(layer, name):
    x, model = drawn((2, 3)), Sequential([layer, ReLU()])
    y = model.forward(x)
    setattr(layer, name, np.ones(3, np.float32))
    expected = rf"{type(layer).__name__}.{name} expected a Parameter, got array.* write {name}.value = array"
    with pytest.raises(minicnn.DtypeError, match=expected):
        model.forward(x)
    if name in ("gamma", "factor"):                                # read in backward, too
        setattr(layer, name, minicnn.Parameter(np.ones(3, np.float32)))
        model.forward(x)
        setattr(layer, name, np.ones(3, np.float32))
        with pytest.raises(minicnn.DtypeError, match=expected):
            model.backward(y)


def test_an_attribute_error_of_a_layers_own_code_stays_as_it_is():
    class Typo(Layer):
        def forward(self, x):
            return x.valeu

    with pytest.raises(AttributeError, match="has no attribute 'valeu'"):
        Typo().forward(drawn((2, 3)))


def test_help_shows_how_a_layer_is_made():
    assert str(inspect.signature(Conv2D)).startswith("(channels: int, filters: int, kernel_size: ")
    assert list(inspect.signature(MaxPool2D).parameters) == ["kernel_size", "stride", "padding"]
    assert str(inspect.signature(ReLU)) == str(inspect.signature(Layer)) == "()"
    assert str(inspect.signature(Scaled)) == "(size)"


@pytest.mark.parametrize("method, expected", [
    (lambda self, x_shape: x_shape, r"Odd.output_shape expected the parameters \(self, x_shape, who\), got \(self, x_shape\)"),
    (lambda x: x, r"Odd.forward expected the parameters \(self, x\), got \(x\)"),
    (lambda self: self, r"Odd.backward expected the parameters \(self, dy\), got \(self\)")])
def test_a_method_with_other_parameters_is_refused_when_its_class_is_defined(method, expected):
    name = expected.split()[0].removeprefix("Odd.")
    with pytest.raises(TypeError, match=expected):
        type("Odd", (Layer,), {name: method})


def test_a_gradient_that_is_added_before_there_is_one_is_an_error_that_says_to_assign():
    class Adds(Scaled):
        def backward(self, dy):
            self.factor.grad += (dy * self.saved).sum(axis=0)
            return dy * self.factor.value

    layer = Adds(3)
    y = layer.forward(drawn((2, 3)))
    with pytest.raises(minicnn.DtypeError, match=r"Adds.backward expected to assign gradients, got .self.factor.grad \+="):
        layer.backward(y)


def test_results_that_are_no_array_are_refused_and_a_return_is_missed_only_where_none_came_back():
    class Pairs(Layer):
        def forward(self, x):
            return x

        def backward(self, dy):
            return dy, None

    layer, x = Pairs(), drawn((2, 3))
    layer.forward(x)
    with pytest.raises(minicnn.DtypeError, match="to return dx as a NumPy array, got tuple$"):
        layer.backward(x)
