"""Bad input gets a clear error of four parts before anything is computed, and changes no bit of anything."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn import (
    SGD,
    Adam,
    AvgPool2D,
    BatchNorm,
    Concat,
    Conv2D,
    Cosine,
    Dense,
    Dropout,
    DtypeError,
    Flatten,
    GlobalAvgPool2D,
    LeakyReLU,
    LogSoftmax,
    MaxPool2D,
    NonFiniteError,
    OneCycle,
    Parameter,
    ReLU,
    Residual,
    Sequential,
    ShapeError,
    Sigmoid,
    StepDecay,
    Tanh,
    clip_gradients,
    ops,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
)

IMAGES, ROWS = (2, 5, 6, 3), (4, 3)


def bits(value):
    """Everything that an object holds, down to the last bit, as something that == compares."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    if isinstance(value, dict):
        return {name: bits(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [bits(inner) for inner in value]
    if isinstance(value, Parameter):
        return bits([value.value, value.grad])
    if hasattr(value, "__dict__") and not callable(value):
        held = {name: inner for name, inner in vars(value).items() if name != "_identity"}
        return type(value).__name__, bits(held)
    return repr(value)


def normal(*shape, dtype=np.float32):
    return np.random.default_rng(3).standard_normal(shape).astype(dtype)


def refuse(error, call, who, expected, got, fix=None, unchanged=()):
    """Calling must raise `error` in the words WHO expected EXPECTED, got GOT; FIX and leave the bits of `unchanged`."""
    before = bits(list(unchanged))
    with pytest.raises(error) as caught:
        call()
    assert bits(list(unchanged)) == before
    parts = re.fullmatch(r"(?P<who>.+?) expected (?P<expected>.+), got (?P<got>[^;]+)(; (?P<fix>.+))?", str(caught.value))
    assert parts, str(caught.value)
    assert parts["who"] == who
    for part, words in (("expected", expected), ("got", got), ("fix", fix)):
        assert words is None or words in (parts[part] or ""), f"{words!r} in {str(caught.value)!r}"


def network():
    """A network in the middle of its training: every layer has a cache, a gradient, statistics, a generator in use."""
    rng = np.random.default_rng(0)
    model = Sequential([
        Conv2D(1, 4, kernel_size=3, padding=1, rng=rng), BatchNorm(4), ReLU(), MaxPool2D(2),
        Residual([Conv2D(4, 4, kernel_size=3, padding=1, rng=rng), BatchNorm(4), Dropout(0.2, rng=rng)]),
        Concat([Conv2D(4, 2, kernel_size=1, rng=rng), AvgPool2D(3, stride=1, padding=1)]),
        Flatten(), Dense(72, 10, rng=rng), Dropout(0.5, rng=rng), Dense(10, 3, rng=rng)])
    model.train()
    model.backward(normal(*model.forward(normal(2, 6, 8, 1)).shape))
    model.forward(normal(2, 6, 8, 1))
    return model


# --------------------------------------------------------------------------------------------------------- layers

LAYERS = {
    "Conv2D": (lambda: Conv2D(3, 4, kernel_size=(3, 2), rng=0), IMAGES, "(N, H, W, 3)"),
    "MaxPool2D": (lambda: MaxPool2D(2), IMAGES, "(N, H, W, C)"),
    "AvgPool2D": (lambda: AvgPool2D((3, 2)), IMAGES, "(N, H, W, C)"),
    "GlobalAvgPool2D": (GlobalAvgPool2D, IMAGES, "(N, H, W, C)"),
    "BatchNorm": (lambda: BatchNorm(3), IMAGES, "(N, H, W, 3)"),
    "Dense": (lambda: Dense(3, 5, rng=0), ROWS, "(N, 3)"),
    "Flatten": (Flatten, IMAGES, "(N, H, W, C)"),
    "ReLU": (ReLU, IMAGES, None), "LeakyReLU": (LeakyReLU, IMAGES, None), "Sigmoid": (Sigmoid, IMAGES, None),
    "Tanh": (Tanh, IMAGES, None), "LogSoftmax": (LogSoftmax, ROWS, None),
    "Dropout": (lambda: Dropout(0.5, rng=0), IMAGES, None),
}
every_layer = pytest.mark.parametrize("name", LAYERS)


def used(name):
    """A layer after a step and another forward pass, an input it takes, and how it calls that input."""
    make, shape, text = LAYERS[name]
    layer, x = make(), normal(*shape)
    layer.backward(layer.forward(x))
    layer.forward(x)
    return layer, x, text


@every_layer
@pytest.mark.parametrize("kind, fix", [("uint8", "for pixels: x.astype(np.float32) / 255"), ("int64", "x.astype"),
                                       ("bool", "x.astype"), ("float16", "x.astype"), ("complex64", "x.astype")])
def test_numbers_that_are_no_floats_are_refused_by_every_layer(name, kind, fix):
    layer, x, _ = used(name)
    x = np.ones(x.shape, kind)
    refuse(DtypeError, lambda: layer.forward(x), name, "x of float32 or float64", f"{kind} {x.shape}", fix, [layer, x])


@every_layer
def test_what_is_no_array_is_refused_by_every_layer(name):
    layer, x, _ = used(name)
    refuse(DtypeError, lambda: layer.forward(x.tolist()), name, "x to be a NumPy array", "list", "np.asarray", [layer])


@every_layer
def test_an_empty_batch_is_refused_by_every_layer(name):
    layer, x, _ = used(name)
    refuse(ShapeError, lambda: layer.forward(x[:0]), name, "x with at least one entry on every axis", f"(0, {x.shape[1]}",
           "the batch is empty", [layer])


@every_layer
def test_an_empty_axis_is_refused_by_every_layer(name):
    layer, x, _ = used(name)
    refuse(ShapeError, lambda: layer.forward(x[:, :0]), name, None, f"({len(x)}, 0", None, [layer])


@pytest.mark.parametrize("name", [name for name, (_, _, text) in LAYERS.items() if text and name != "Flatten"])
def test_a_wrong_number_of_axes_is_refused_by_every_layer_that_counts_them(name):
    layer, x, text = used(name)
    for wrong in (x[0, 0], x[None], x[0, ..., None, None]):
        if wrong.ndim not in ((2, 4) if name == "BatchNorm" else (x.ndim,)):
            refuse(ShapeError, lambda x=wrong: layer.forward(x), name, text, str(wrong.shape), None, [layer])


@every_layer
@pytest.mark.parametrize("wrong", [lambda dy: dy[:-1], lambda dy: dy[..., :-1], lambda dy: dy[None], lambda dy: dy[..., None]],
                         ids=["a row less", "a channel less", "an axis before", "an axis behind"])
def test_a_dy_of_another_shape_is_refused_and_the_cache_stays(name, wrong):
    layer, x, _ = used(name)
    dy = np.ones_like(layer.forward(x))
    refuse(ShapeError, lambda: layer.backward(wrong(dy)), f"{name}.backward", f"dy {dy.shape}", str(wrong(dy).shape),
           "dy has the shape of the forward pass's y", [layer])
    assert layer.backward(dy).shape == x.shape


@every_layer
def test_a_dy_of_integers_is_refused_and_the_cache_stays(name):
    layer, x, _ = used(name)
    dy = np.ones_like(layer.forward(x))
    refuse(DtypeError, lambda: layer.backward(dy.astype(int)), f"{name}.backward", "dy of float32 or float64", "int64",
           None, [layer])
    assert layer.backward(dy).shape == x.shape


@every_layer
def test_backward_without_a_forward_says_what_to_call(name):
    make, shape, _ = LAYERS[name]
    layer, x = make(), normal(*shape)
    who, expected, again = f"{name}.backward", "a forward pass before it", "call forward(x) first"
    refuse(RuntimeError, lambda: layer.backward(x), who, expected, "none since the last backward", again, [layer])
    dy = np.ones_like(layer.forward(x))
    layer.backward(dy)
    refuse(RuntimeError, lambda: layer.backward(dy), who, expected, "none since the last backward", again, [layer])
    layer.eval().forward(x)
    refuse(RuntimeError, lambda: layer.backward(dy), who, expected, "eval mode", "eval(cache=True)", [layer])


@pytest.mark.parametrize("layer, shape, expected, got, fix", [
    (Conv2D(1, 2, kernel_size=3), (64, 1, 28, 28), "x (N, H, W, 1)", "(64, 1, 28, 28)", "NCHW: x.transpose(0, 2, 3, 1)"),
    (Conv2D(3, 2, kernel_size=3), (64, 3, 28, 28), "x (N, H, W, 3)", "(64, 3, 28, 28)", "NCHW: x.transpose(0, 2, 3, 1)"),
    (BatchNorm(3), (64, 3, 28, 28), "x (N, H, W, 3)", "(64, 3, 28, 28)", "NCHW: x.transpose(0, 2, 3, 1)"),
    (Conv2D(3, 2, kernel_size=3), (8, 9, 9, 4), "x (N, H, W, 3)", "(8, 9, 9, 4)", None),
    (Conv2D(3, 2, kernel_size=3), (9, 9, 3), "x (N, H, W, 3)", "(9, 9, 3)", "x[None]"),
    (Conv2D(1, 2, kernel_size=3), (8, 9, 9), "x (N, H, W, 1)", "(8, 9, 9)", "x[..., None]"),
    (Conv2D(1, 2, kernel_size=3), (8, 784), "x (N, H, W, 1)", "(8, 784)", "three axes"),
    (Conv2D(1, 2, kernel_size=(5, 3)), (2, 4, 9, 1), "KH <= H + padding = 4", "KH = 5", "smaller kernel_size or more padding"),
    (Conv2D(1, 2, kernel_size=(3, 5), padding=(9, 0)), (2, 4, 4, 1), "KW <= W + padding = 4", "KW = 5", "more padding"),
    (MaxPool2D((1, 8)), (2, 9, 7, 1), "KW <= W + padding = 7", "KW = 8", "smaller kernel_size"),
    (AvgPool2D(8, stride=1), (2, 7, 9, 1), "KH <= H + padding = 7", "KH = 8", "smaller kernel_size"),
    (MaxPool2D(3, padding=2), (2, 7, 9, 1), "padding <= kernel_size / 2 = 1.5", "2", "padding alone"),
    (Dense(12, 3), (2, 2, 2, 3), "x (N, 12)", "(2, 2, 2, 3)", "put Flatten() before it"),
    (Dense(12, 3), (2, 11), "x (N, 12)", "(2, 11)", None),
    (BatchNorm(3), (8, 4), "x (N, 3)", "(8, 4)", None),
    (BatchNorm(3), (1, 3), "more than one value per channel", "(1, 3)", "larger batch"),
    (BatchNorm(3), (1, 1, 1, 3), "more than one value per channel", "(1, 1, 1, 3)", "eval()"),
    (Flatten(), (7,), "x (N, H, W, C)", "(7,)", "x[None]"),
], ids=repr)
def test_a_shape_that_does_not_fit_is_refused_with_the_likely_fix(layer, shape, expected, got, fix):
    refuse(ShapeError, lambda: layer.forward(normal(*shape)), type(layer).__name__, expected, got, fix, [layer])


@pytest.mark.parametrize("make, who, expected, got", [
    (lambda: Conv2D(1, 2, kernel_size=3, stride=0), "Conv2D", "stride >= 1", "0"),
    (lambda: Conv2D(1, 2, kernel_size=3, stride=(1, 0)), "Conv2D", "stride >= 1", "0"),
    (lambda: Conv2D(1, 2, kernel_size=3, stride=-1), "Conv2D", "stride >= 1", "-1"),
    (lambda: Conv2D(1, 2, kernel_size=3, stride=1.5), "Conv2D", "stride to be an integer >= 1", "1.5"),
    (lambda: Conv2D(1, 2, kernel_size=3, stride=True), "Conv2D", "stride to be an integer", "True"),
    (lambda: Conv2D(1, 2, kernel_size=0), "Conv2D", "kernel_size >= 1", "0"),
    (lambda: Conv2D(1, 2, kernel_size=(3, 3, 3)), "Conv2D", "a pair (height, width)", "(3, 3, 3)"),
    (lambda: Conv2D(1, 2, kernel_size=3, padding=-1), "Conv2D", "padding >= 0", "-1"),
    (lambda: Conv2D(1, 2, kernel_size=3, padding="valid"), "Conv2D", '"same"', "'valid'"),
    (lambda: Conv2D(0, 2, kernel_size=3), "Conv2D", "channels >= 1", "0"),
    (lambda: Conv2D(1, 0, kernel_size=3), "Conv2D", "filters >= 1", "0"),
    (lambda: Conv2D(1, "many", kernel_size=3), "Conv2D", "filters to be an integer", "'many'"),
    (lambda: MaxPool2D(0), "MaxPool2D", "kernel_size >= 1", "0"),
    (lambda: MaxPool2D(2, stride=0), "MaxPool2D", "stride >= 1", "0"),
    (lambda: AvgPool2D(2, padding=-1), "AvgPool2D", "padding >= 0", "-1"),
    (lambda: Dense(0, 3), "Dense", "in_features >= 1", "0"),
    (lambda: Dense(3, -1), "Dense", "out_features >= 1", "-1"),
    (lambda: Dense(3, 4, initializer=lambda shape, rng, dtype: np.ones(shape)), "Dense",
     "an initializer that returns float32", "float64"),
    (lambda: Dense(3, 4).eval(normal(2, 3)), "Dense.eval", "cache to be True or False", "float32 (2, 3)"),
    (lambda: BatchNorm(0), "BatchNorm", "channels >= 1", "0"),
    (lambda: BatchNorm(3, momentum=2), "BatchNorm", "momentum in [0, 1]", "2"),
    (lambda: BatchNorm(3, epsilon=0), "BatchNorm", "epsilon > 0", "0"),
    (lambda: Dropout(1.0), "Dropout", "rate in [0, 1)", "1.0"),
    (lambda: Dropout(float("nan")), "Dropout", "rate in [0, 1)", "nan"),
    (lambda: Dropout("half"), "Dropout", "rate in [0, 1)", "'half'"),
    (lambda: LeakyReLU("steep"), "LeakyReLU", "slope to be a number", "'steep'"),
    (lambda: Parameter(np.arange(3)), "Parameter", "value of float32 or float64", "int64 (3,)"),
    (lambda: Sequential([]), "Sequential", "at least one layer", "none"),
    (lambda: Concat([]), "Concat", "at least one layer", "none"),
    (lambda: Sequential([Flatten(), ReLU]), "Sequential[1]", "a layer", "ReLU"),
    (lambda: Residual(np.sin), "Residual[body]", "a layer", "sin"),
])
def test_a_layer_that_cannot_be_is_refused_when_it_is_made(make, who, expected, got):
    refuse((ShapeError, DtypeError, ValueError, TypeError), make, who, expected, got)


@pytest.mark.parametrize("name, value, error", [
    ("value", normal(3, 3), ShapeError), ("value", np.ones((3, 4), int), DtypeError), ("grad", normal(4, 3), ShapeError),
    ("value", None, DtypeError)])
def test_a_parameter_keeps_its_shape_and_its_kind_of_numbers(name, value, error):
    parameter = Parameter(normal(3, 4))
    refuse(error, lambda: setattr(parameter, name, value), "Parameter", name, None, None, [parameter])


def test_a_misspelt_attribute_of_a_parameter_is_not_made():
    with pytest.raises(AttributeError, match="'Parameter' object has no attribute 'data'"):
        Parameter(normal(3)).data = normal(3)


@pytest.mark.parametrize("calculate", [abs, int, lambda w: w < 0, lambda w: w // 2, lambda w: 2**w,
                                       lambda w: 1 / w, lambda w: normal(3) >= w, lambda w: 1.0 in w])
def test_a_calculation_with_a_parameter_says_where_its_numbers_are(calculate):
    refuse(TypeError, lambda: calculate(Parameter(normal(3))), "Parameter", "an array", "the parameter", "w.value")


# ----------------------------------------------------------------------------------------------------- containers

@pytest.mark.parametrize("x, error, who, expected, got", [
    (normal(2, 1, 6, 8), ShapeError, "Sequential[0] Conv2D", "x (N, H, W, 1)", "(2, 1, 6, 8)"),
    (normal(2, 6, 8, 3), ShapeError, "Sequential[0] Conv2D", "x (N, H, W, 1)", "(2, 6, 8, 3)"),
    (normal(6, 8, 1), ShapeError, "Sequential[0] Conv2D", "x (N, H, W, 1)", "(6, 8, 1)"),
    (normal(2, 1, 8, 1), ShapeError, "Sequential[3] MaxPool2D", "KH <= H + padding = 1", "KH = 2"),
    (normal(2, 8, 8, 1), ShapeError, "Sequential[7] Dense", "x (N, 72)", "(2, 96)"),
    (normal(2, 6, 8, 1)[:0], ShapeError, "Sequential[0] Conv2D", "at least one entry", "(0, 6, 8, 1)"),
    (np.ones((2, 6, 8, 1), np.uint8), DtypeError, "Sequential", "x of float32 or float64", "uint8"),
    ([[1.0]], DtypeError, "Sequential", "x to be a NumPy array", "list"),
], ids=["NCHW", "channels", "one image", "small", "dense", "empty", "integers", "list"])
@pytest.mark.parametrize("method", ["forward", "predict"])
def test_a_network_refuses_before_any_of_its_layers_computes(method, x, error, who, expected, got):
    model = network()
    who = "Sequential.predict" if method == "predict" and (who == "Sequential" or len(x) == 0) else who
    refuse(error, lambda: getattr(model, method)(x), who, expected, got, None, [model, x])


@pytest.mark.parametrize("wrap, place", [
    (lambda layer: Residual([layer]), "Residual.body[0] Conv2D"),
    (lambda layer: Concat([layer, Conv2D(1, 2, 1)]), "Concat[0]"),
    (lambda layer: Sequential([ReLU(), Residual([layer])]), "Sequential[1] Residual.body[0] Conv2D"),
], ids=["Residual", "Concat", "nested"])
def test_an_error_names_the_place_of_an_inner_layer(wrap, place):
    model = wrap(Conv2D(1, 1, kernel_size=3))
    refuse(ShapeError, lambda: model.forward(normal(2, 4, 5, 7)), place, "x (N, H, W, 1)", "(2, 4, 5, 7)", None, [model])


@pytest.mark.parametrize("make, who", [
    (lambda layer: Sequential([layer, ReLU(), layer]), "Sequential[2]"),
    (lambda layer: Sequential([layer, Residual([Flatten(), layer])]), "Sequential[1.body.1]"),
    (lambda layer: Residual([layer], shortcut=[layer]), "Residual[shortcut.0]"),
    (lambda layer: Residual(layer, shortcut=layer), "Residual[shortcut]"),
    (lambda layer: Concat([layer, layer]), "Concat[1]"),
    (lambda layer: Sequential([Concat([layer]), Concat([ReLU(), layer])]), "Sequential[1.1]"),
])
def test_a_layer_used_twice_is_refused(make, who):
    layer = Conv2D(1, 1, kernel_size=1, rng=0)
    refuse(ValueError, lambda: make(layer), who, "each layer object once", "again", "make a second layer", [layer])


def test_paths_that_do_not_join_are_refused_before_anything_computes():
    residual = Residual([Conv2D(1, 2, kernel_size=3, rng=0), BatchNorm(2)])
    refuse(ShapeError, lambda: residual.forward(normal(2, 5, 6, 1)), "Residual", "the shape of its shortcut, (2, 5, 6, 1)",
           "(2, 3, 4, 2)", "shortcut=Conv2D", [residual])
    concat = Concat([BatchNorm(1), Conv2D(1, 2, kernel_size=3, rng=0)])
    refuse(ShapeError, lambda: concat.forward(normal(2, 5, 6, 1)), "Concat", "(2, 5, 6, 1) of branch 0",
           "(2, 3, 4, 2) of branch 1", 'padding="same"', [concat])


@pytest.mark.parametrize("dy, error", [
    (normal(2, 4), ShapeError), (normal(3, 3), ShapeError), (np.ones((2, 3), int), DtypeError)])
def test_a_network_refuses_a_wrong_dy_before_any_gradient_changes(dy, error):
    model = network()
    refuse(error, lambda: model.backward(dy), "Sequential.backward", "dy", None, None, [model, dy])
    model.backward(normal(2, 3))


@pytest.mark.parametrize("container", [Sequential, Residual, Concat])
def test_a_second_backward_of_a_container_is_refused_with_no_gradient_changed(container):
    model, x = container([Dense(3, 3, rng=0), ReLU()]), normal(2, 3)
    dy = np.ones_like(model.forward(x))
    model.backward(dy)
    refuse(RuntimeError, lambda: model.backward(2 * dy), f"{container.__name__}.backward", "a forward pass before it",
           "none since the last backward", "forward(x)", [model])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_predict_refuses_an_image_that_is_not_finite_and_says_which(bad):
    model, x = network(), normal(5, 6, 8, 1)
    x[3, 2, 1, 0] = bad
    refuse(ValueError, lambda: model.predict(x, batch_size=2), "Sequential.predict", "finite x",
           "1 NaN or infinite entries, the first in x[3]", None, [model, x])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_training_on_an_image_that_is_not_finite_spoils_no_parameter_and_no_statistic(bad):
    model, x = network(), normal(5, 6, 8, 1)
    x[3, 2, 1, 0] = bad
    before = bits([model.parameters(), model.buffers()])
    with np.errstate(all="ignore"), pytest.raises((ValueError, NonFiniteError)):
        softmax_cross_entropy(model.forward(x), np.zeros(5, int))
    assert bits([model.parameters(), model.buffers()]) == before


def test_what_passed_in_eval_mode_is_checked_again_in_training():
    model = Sequential([Dropout(0.5, rng=0), BatchNorm(3)])
    model.train()
    model.predict(normal(1, 3))
    refuse(ShapeError, lambda: model.forward(normal(1, 3)), "Sequential[1] BatchNorm", "more than one value per channel",
           "(1, 3)", "a larger batch", [model])


# ------------------------------------------------------------------------------------------------------------ ops

W = normal(3, 2, 3, 4)
REST = {                                                           # what an op takes behind x
    "im2col": [(3, 2)], "conv2d": [W], "dense": [normal(3, 5)], "max_pool2d": [2], "avg_pool2d": [2], "global_avg_pool2d": [],
    "relu": [], "leaky_relu": [], "sigmoid": [], "tanh": [], "log_softmax": [], "dropout": [np.ones(IMAGES, bool), 0.5],
    "batch_norm": [normal(3)] * 2, "batch_norm_eval": [normal(3)] * 3 + [np.ones(3, "f4")],
}


@pytest.mark.parametrize("implementation", ops.implementations())
@pytest.mark.parametrize("name", REST)
def test_every_op_on_every_implementation_refuses_integers_lists_and_empty_batches(name, implementation):
    shape, rest = (ROWS if name == "dense" else IMAGES), REST[name]
    integers = np.ones(shape, np.uint8)
    with ops.use(implementation):
        op = getattr(ops, name)
        refuse(DtypeError, lambda: op(integers, *rest), name, "x of float32 or float64", f"uint8 {shape}", "/ 255", rest)
        refuse(DtypeError, lambda: op([1.0], *rest), name, "x to be a NumPy array", "list", "np.asarray", rest)
        refuse((ShapeError, DtypeError), lambda: op(normal(*shape)[:0], *rest), name, None, "(0, ", None, rest)
        op(normal(*shape), *rest)


@pytest.mark.parametrize("call, who, expected, got, fix", [
    (lambda: ops.conv2d(normal(2, 3, 5, 6), W), "conv2d", "x (N, H, W, 3)", "(2, 3, 5, 6)", "NCHW"),
    (lambda: ops.conv2d(normal(2, 5, 6, 4), W), "conv2d", "x (N, H, W, 3)", "(2, 5, 6, 4)", None),
    (lambda: ops.conv2d(normal(*IMAGES), normal(3, 2, 3)), "conv2d", "w (KH, KW, C, F)", "(3, 2, 3)", "transpose(2, 3, 1, 0)"),
    (lambda: ops.conv2d(normal(*IMAGES), W, normal(3)), "conv2d", "b (4,)", "(3,)", "one number per output channel"),
    (lambda: ops.conv2d(normal(*IMAGES), W, stride=0), "conv2d", "stride >= 1", "0", None),
    (lambda: ops.conv2d(normal(*IMAGES), W, padding="full"), "conv2d", '"same"', "'full'", None),
    (lambda: ops.conv2d(normal(2, 2, 6, 3), W), "conv2d", "KH <= H + padding = 2", "KH = 3", "smaller kernel_size"),
    (lambda: ops.conv2d_backward(normal(2, 3, 5, 3), normal(*IMAGES), W), "conv2d_backward", "dy (2, 3, 5, 4)",
     "(2, 3, 5, 3)", "y"),
    (lambda: ops.im2col(normal(*IMAGES), 7), "im2col", "KH <= H + padding = 5", "KH = 7", None),
    (lambda: ops.col2im(normal(30, 17), IMAGES, (3, 2)), "col2im", "cols (30, 18)", "(30, 17)", "(N*OH*OW, KH*KW*C)"),
    (lambda: ops.dense(normal(2, 4), normal(3, 5)), "dense", "x (N, 3)", "(2, 4)", None),
    (lambda: ops.dense(normal(*IMAGES), normal(3, 5)), "dense", "x (N, 3)", "(2, 5, 6, 3)", "Flatten"),
    (lambda: ops.dense_backward(normal(2, 4), normal(2, 3), normal(3, 5)), "dense_backward", "dy (2, 5)", "(2, 4)", None),
    (lambda: ops.max_pool2d(normal(*IMAGES), 2, stride=0), "max_pool2d", "stride >= 1", "0", None),
    (lambda: ops.max_pool2d(normal(*IMAGES), (9, 1)), "max_pool2d", "KH <= H", "KH = 9", None),
    (lambda: ops.max_pool2d(normal(*ROWS), 2), "max_pool2d", "x (N, H, W, C)", "(4, 3)", "three axes"),
    (lambda: ops.max_pool2d_backward(normal(2, 2, 2, 3), normal(*IMAGES), 2), "max_pool2d_backward", "dy (2, 2, 3, 3)",
     "(2, 2, 2, 3)", None),
    (lambda: ops.avg_pool2d_backward(normal(2, 2, 2, 3), IMAGES, 2), "avg_pool2d_backward", "dy (2, 2, 3, 3)",
     "(2, 2, 2, 3)", None),
    (lambda: ops.global_avg_pool2d_backward(normal(2, 4), IMAGES), "global_avg_pool2d_backward", "dy (2, 3)", "(2, 4)", None),
    (lambda: ops.relu_backward(normal(2, 3), normal(3, 2)), "relu_backward", "dy (3, 2)", "(2, 3)", None),
    (lambda: ops.dropout(normal(2, 3), np.ones((3, 2), bool), 0.5), "dropout", "mask: booleans (2, 3)", "bool (3, 2)", "of x"),
    (lambda: ops.dropout(normal(2, 3), np.ones((2, 3)), 0.5), "dropout", "mask: booleans (2, 3)", "float64", None),
    (lambda: ops.dropout(normal(2, 3), None, 0.5), "dropout", "mask: booleans (2, 3)", "NoneType", "one entry for each of x"),
    (lambda: ops.dropout(normal(2, 3), np.ones((2, 3), bool), 1), "dropout", "rate in [0, 1)", "1", "being dropped"),
    (lambda: ops.batch_norm(normal(1, 3), normal(3), normal(3)), "batch_norm", "more than one value", "(1, 3)", "eval mode"),
    (lambda: ops.batch_norm(normal(*IMAGES), normal(4), normal(3)), "batch_norm", "gamma (3,)", "(4,)", None),
    (lambda: ops.batch_norm(normal(2, 5, 3), normal(3), normal(3)), "batch_norm", "x (N, C)", "(2, 5, 3)", "(N, H, W, C)"),
])
def test_an_op_refuses_what_does_not_fit(call, who, expected, got, fix):
    refuse(ShapeError, call, who, expected, got, fix)


@pytest.mark.parametrize("good, bad, got", [
    ((2, 1), (2.0, 1.0), "2.0"), ((1, 1), (True, True), "True"), (1, True, "True"), ((2, 1), np.array([2, 1]), "array([2, 1])"),
])
def test_a_setting_that_equals_one_that_passed_is_refused_all_the_same(good, bad, got):
    x = normal(*IMAGES)
    ops.conv2d(x, W, None, good)
    refuse(DtypeError, lambda: ops.conv2d(x, W, None, bad), "conv2d", "stride to be an integer >= 1", got)


def test_a_implementation_that_is_none_is_refused_and_the_old_one_stays():
    before = ops.current()
    refuse(ValueError, lambda: ops.use("seventh"), "minicnn.ops.use", "an implementation: ", "'seventh'")
    assert ops.current() == before


# --------------------------------------------------------------------------------------------------------- losses

LABELS = np.array([0, 2, 1, 1])
SOFTMAX, SIGMOID = softmax_cross_entropy, sigmoid_cross_entropy


@pytest.mark.parametrize("loss, labels, error, expected, got, fix", [
    (SOFTMAX, LABELS + 1, ValueError, "labels in 0..2", "3 at [1]", "labels count from 0"),
    (SOFTMAX, LABELS - 1, ValueError, "labels in 0..2", "-1 at [0]", "labels count from 0"),
    (SOFTMAX, np.full(4, 2**63, np.uint64), ValueError, "labels in 0..2", "9223372036854775808 at [0]", None),
    (SOFTMAX, LABELS.astype(float), DtypeError, "labels of an integer type (4,)", "float64 (4,)", "labels.astype(int)"),
    (SOFTMAX, LABELS > 0, DtypeError, "labels of an integer type", "bool (4,)", None),
    (SOFTMAX, np.array(list("abcd")), DtypeError, "labels of an integer type", "<U1 (4,)", None),
    (SOFTMAX, None, DtypeError, "labels of an integer type", "object ()", None),
    (SOFTMAX, LABELS[:3], ShapeError, "labels (4,)", "(3,)", None),
    (SOFTMAX, np.eye(3, dtype=int)[LABELS], ShapeError, "labels (4,)", "(4, 3)", "one-hot rows: labels.argmax(axis=1)"),
    (SOFTMAX, np.eye(3)[LABELS], DtypeError, "labels of an integer type (4,)", "float64 (4, 3)", "one-hot: argmax(1)"),
    (SIGMOID, np.full(ROWS, 2), ValueError, "labels in 0..1", "2 at [0, 0]", None),
    (SIGMOID, np.ones(ROWS), DtypeError, "labels of an integer type (4, 3)", "float64 (4, 3)", None),
    (SIGMOID, LABELS, ShapeError, "labels (4, 3)", "(4,)", None),
])
def test_labels_that_do_not_fit_are_refused(loss, labels, error, expected, got, fix):
    logits = normal(*ROWS)
    refuse(error, lambda: loss(logits, labels), loss.__name__, expected, got, fix, [logits, labels])


@pytest.mark.parametrize("loss", [SOFTMAX, SIGMOID])
@pytest.mark.parametrize("logits, error, expected, got", [
    (np.ones(ROWS, int), DtypeError, "logits of float32 or float64", "int64 (4, 3)"),
    ([[0.1, 0.2, 0.3]] * 4, DtypeError, "logits to be a NumPy array", "list"),
    (normal(*ROWS)[:0], ShapeError, "logits with at least one entry", "(0, 3)"),
], ids=["integers", "list", "empty"])
def test_logits_that_do_not_fit_are_refused(loss, logits, error, expected, got):
    refuse(error, lambda: loss(logits, np.zeros(np.shape(logits)[:1], int)), loss.__name__, expected, got, None, [logits])


def test_logits_that_are_no_rows_are_refused():
    refuse(ShapeError, lambda: SOFTMAX(normal(2, 1, 1, 3), LABELS[:2]), "softmax_cross_entropy", "logits (N, K)",
           "(2, 1, 1, 3)", "Flatten")


@pytest.mark.parametrize("loss", [SOFTMAX, SIGMOID])
@given(where=st.integers(0, 11), bad=st.sampled_from([np.nan, np.inf, -np.inf]))
def test_logits_gone_bad_stop_the_training_and_say_where(loss, where, bad):
    logits = normal(*ROWS)
    logits.flat[where] = bad
    labels = LABELS if loss is SOFTMAX else np.zeros(ROWS, int)
    refuse(NonFiniteError, lambda: loss(logits, labels), loss.__name__, "finite logits",
           f"1 of 12 NaN or infinite, the first at [{where // 3}, {where % 3}]", "first_nonfinite(model, x)", [logits])


@pytest.mark.parametrize("settings, error, expected, got", [
    ({"class_weights": [1, 2]}, ShapeError, "class_weights (3,)", "(2,)"),
    ({"class_weights": [1, -1, 1]}, ValueError, "class_weights >= 0", "[1.0, -1.0, 1.0]"),
    ({"class_weights": [1, np.nan, 1]}, ValueError, "finite", "[1.0, nan, 1.0]"),
    ({"class_weights": [0, 0, 0]}, ValueError, "a weight > 0", "all 0"),
    ({"label_smoothing": -0.1}, ValueError, "label_smoothing in [0, 1]", "-0.1"),
    ({"label_smoothing": np.nan}, ValueError, "label_smoothing in [0, 1]", "nan"),
])
def test_settings_of_a_loss_that_make_no_sense_are_refused(settings, error, expected, got):
    refuse(error, lambda: SOFTMAX(normal(*ROWS), LABELS, **settings), "softmax_cross_entropy", expected, got)


# ----------------------------------------------------------------------------------------------------- optimizers

@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_a_step_without_gradients_changes_nothing(optimizer):
    layer = Dense(3, 2, rng=0)
    stepper, who, fix = optimizer(layer.parameters()), f"{optimizer.__name__}.step", "model.backward(dy)"
    refuse(RuntimeError, stepper.step, who, "a gradient of parameter w", "None", fix, [layer, stepper])
    layer.w.grad = normal(3, 2)                                    # one of two is not enough
    refuse(RuntimeError, stepper.step, who, "a gradient of parameter b", "None", fix, [layer, stepper])
    refuse(RuntimeError, lambda: clip_gradients(layer.parameters(), 1), "clip_gradients", "a gradient of every parameter",
           "none of b", fix, [layer])


@pytest.mark.parametrize("make, who, expected", [
    (lambda layer: SGD(layer.parameters(), lr=-1), "SGD", "lr in [0, inf)"),
    (lambda layer: SGD(layer.parameters(), lr=np.nan), "SGD", "lr in [0, inf)"),
    (lambda layer: Adam(layer.parameters(), betas=(0.9, 1)), "Adam", "beta2 in [0, 1)"),
    (lambda layer: SGD([layer.w]), "SGD", "a dict of name -> Parameter"),
    (lambda layer: SGD(ReLU().parameters()), "SGD", "at least one"),
    (lambda layer: clip_gradients(layer.parameters(), 0), "clip_gradients", "max_norm > 0"),
    (lambda layer: OneCycle(Adam(layer.parameters()), total_steps=0), "OneCycle", "total_steps >= "),
])
def test_an_optimizer_that_cannot_be_is_refused(make, who, expected):
    layer = Dense(3, 2, rng=0)
    refuse((ValueError, TypeError), lambda: make(layer), who, expected, None, None, [layer])


@pytest.mark.parametrize("lr", [-0.1, np.nan, None, "0.1"])
def test_a_learning_rate_that_was_set_later_is_checked_before_a_step(lr):
    layer = Dense(3, 2, rng=0)
    layer.backward(layer.forward(normal(2, 3)))
    optimizer = SGD(layer.parameters())
    optimizer.lr = lr
    refuse(ValueError, optimizer.step, "SGD", "lr in [0, inf)", None, None, [layer, optimizer])


@pytest.mark.parametrize("make", [lambda o: StepDecay(o, 5), lambda o: Cosine(o, 5), lambda o: OneCycle(o, 5)])
@pytest.mark.parametrize("t", [-1, 1.5, None])
def test_the_rate_of_a_schedule_is_asked_for_a_step(make, t):
    schedule = make(Adam(Dense(3, 2, rng=0).parameters()))
    refuse((ShapeError, DtypeError), lambda: schedule.rate(t), f"{type(schedule).__name__}.rate", "t ", None)
