"""Every implementation computes what the definition says, on whatever shapes, strides, dtypes and layouts Hypothesis draws."""

import inspect
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import arrays, windows

from minicnn import DtypeError, ReLU, ops
from minicnn.ops import definition, fast, reference
from minicnn.ops.backend import IMPLEMENTATIONS

TOLERANCE = {"float64": 1e-10, "float32": 1e-4}
NAMES = sorted(set(ops.__all__) - {"current", "implementations", "set_num_threads", "sources", "use"})
FASTER = [implementation for implementation in IMPLEMENTATIONS if implementation != "definition"]


def agree(name, *arguments, dtype, **keywords):
    """Compute on every implementation and compare; returns what the definition gave."""
    with ops.use("definition"):
        expected = getattr(ops, name)(*arguments, **keywords)
    for implementation in FASTER:
        with ops.use(implementation):
            found = getattr(ops, name)(*arguments, **keywords)
        pairs = zip(found, expected) if isinstance(expected, tuple) else [(found, expected)]
        for a, b in pairs:
            if b is None:
                assert a is None
                continue
            assert a.shape == b.shape
            assert a.dtype == b.dtype == dtype
            scale = max(np.abs(b).max(initial=0), 1)
            np.testing.assert_allclose(a, b, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype] * scale, err_msg=implementation)
    return expected


dtypes = st.sampled_from(["float32", "float64"])


@given(windows(), dtypes, st.data())
def test_convolutions(window, dtype, data):
    x_shape, kernel, stride, padding = window
    F = data.draw(st.integers(1, 4))
    x, w = data.draw(arrays(x_shape, dtype)), data.draw(arrays((*kernel, x_shape[3], F), dtype))
    b = data.draw(st.one_of(st.none(), arrays((F,), dtype)))
    y = agree("conv2d", x, w, b, stride, padding, dtype=dtype)
    dy = data.draw(arrays(y.shape, dtype))
    agree("conv2d_backward", dy, x, w, stride, padding, dtype=dtype)
    agree("conv2d_backward", dy, x, w, stride, padding, False, dtype=dtype)
    agree("conv2d_relu", x, w, b, stride, padding, dtype=dtype)
    cols = agree("im2col", x, kernel, stride, padding, dtype=dtype)
    agree("col2im", data.draw(arrays(cols.shape, dtype)), x_shape, kernel, stride, padding, dtype=dtype)


@given(windows(), dtypes, st.booleans(), st.data())
def test_poolings(window, dtype, ties, data):
    x_shape, kernel, stride, padding = window
    x = data.draw(arrays(x_shape, dtype, ties))
    for name, forward in (("max_pool2d", x), ("avg_pool2d", x_shape)):
        y = agree(name, x, kernel, stride, padding, dtype=dtype)
        dy = data.draw(arrays(y.shape, dtype))
        agree(f"{name}_backward", dy, forward, kernel, stride, padding, dtype=dtype)
        if name == "max_pool2d":
            agree("max_pool2d_relu_backward", dy, np.maximum(x, 0), kernel, stride, padding, dtype=dtype)
    y = agree("global_avg_pool2d", x, dtype=dtype)
    agree("global_avg_pool2d_backward", data.draw(arrays(y.shape, dtype)), x_shape, dtype=dtype)


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5), dtypes, st.data())
def test_dense(N, D, K, dtype, data):
    x, w = data.draw(arrays((N, D), dtype)), data.draw(arrays((D, K), dtype))
    b, dy = data.draw(st.one_of(st.none(), arrays((K,), dtype))), data.draw(arrays((N, K), dtype))
    agree("dense", x, w, b, dtype=dtype)
    agree("dense_relu", x, w, b, dtype=dtype)
    agree("dense_backward", dy, x, w, dtype=dtype)
    agree("dense_backward", dy, x, w, False, dtype=dtype)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), dtypes, st.booleans(), st.data())
def test_entry_by_entry(shape, dtype, zeros, data):
    x, dy = data.draw(arrays(tuple(shape), dtype, zeros)), data.draw(arrays(tuple(shape), dtype))
    for name, settings in (("relu", ()), ("leaky_relu", (0.2,))):
        agree(name, x, *settings, dtype=dtype)
        agree(f"{name}_backward", dy, x, *settings, dtype=dtype)
    for name in ("sigmoid", "tanh", "log_softmax"):
        y = agree(name, x, dtype=dtype)
        agree(f"{name}_backward", dy, y, dtype=dtype)
    agree("add", x, dy, dtype=dtype)
    agree("add_relu", x, dy, dtype=dtype)
    keep = data.draw(arrays(tuple(shape), "float64")) > 0
    agree("dropout", x, keep, 0.3, dtype=dtype)
    agree("dropout_backward", dy, keep, 0.3, dtype=dtype)


@given(st.sampled_from([(4, 3), (2, 1), (2, 3, 1, 2), (1, 2, 3, 4)]), dtypes, st.data())
def test_batch_norm(shape, dtype, data):
    x, dy = data.draw(arrays(shape, dtype)), data.draw(arrays(shape, dtype))
    gamma, beta, given_mean = (data.draw(arrays(shape[-1:], dtype)) for _ in range(3))
    given_var = np.abs(data.draw(arrays(shape[-1:], dtype))) + np.array(0.1, dtype)
    epsilon = 1e-2                                 # two equal numbers would make 1 / sqrt(var) enormous, and float32 coarse
    _, mean, var = agree("batch_norm", x, gamma, beta, epsilon, dtype=dtype)
    agree("batch_norm_backward", dy, x, gamma, mean, var, epsilon, dtype=dtype)
    agree("batch_norm_relu", x, gamma, beta, epsilon, dtype=dtype)
    agree("batch_norm_relu_backward", dy, x, gamma, beta, mean, var, epsilon, dtype=dtype)
    agree("batch_norm_eval_relu", x, gamma, beta, given_mean, given_var, epsilon, dtype=dtype)
    agree("batch_norm_eval", x, gamma, beta, given_mean, given_var, epsilon, dtype=dtype)
    agree("batch_norm_eval_backward", dy, x, gamma, given_mean, given_var, epsilon, dtype=dtype)


@given(st.tuples(*(st.integers(1, n) for n in (3, 6, 7, 4))), dtypes, st.sampled_from([0.2, 1, 4]), st.data())
def test_affine(shape, dtype, spread, data):
    """From maps that stay near the image to maps that leave it."""
    x, noise = data.draw(arrays(shape, dtype)), data.draw(arrays((shape[0], 2, 3), "float64"))
    matrices = (np.array([[1, 0, 0], [0, 1, 0]]) + spread * noise).astype(dtype)
    agree("affine", x, matrices, data.draw(st.sampled_from([0.0, -1.5])), dtype=dtype)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), dtypes, st.data())
def test_updates(shape, dtype, data):
    w, g, u = (data.draw(arrays(tuple(shape), dtype)) for _ in range(3))
    v = np.square(data.draw(arrays(tuple(shape), dtype)))
    for nesterov in (False, True):
        agree("sgd", w, g, u, 0.1, 0.9, nesterov, 0.05, dtype=dtype)
        agree("adam", w, g, u, v, 3, 0.1, 0.9, 0.999, 1e-2, 0.05, nesterov, dtype=dtype)
    agree("rmsprop", w, g, v, 0.1, 0.9, 1e-2, 0.05, dtype=dtype)


# --------------------------------------------------------------------------------- the choice of an implementation

def test_every_op_stands_on_every_implementation_with_one_signature():
    for name in NAMES:
        signatures = {str([(p.name, p.default) for p in inspect.signature(getattr(place, name)).parameters.values()])
                      for place in (ops, definition, reference, fast)}
        assert len(signatures) == 1, f"{name}: {signatures}"
        assert getattr(ops, name).__doc__


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_infinity_and_nan_are_not_hidden(implementation):
    x = np.array([[[[1.0], [np.nan]], [[np.inf], [2.0]]]])
    with ops.use(implementation):
        assert np.isnan(ops.relu(x)).sum() == 1
        assert np.isnan(ops.max_pool2d(x, 2)).all()
        assert np.isnan(ops.avg_pool2d(x, 2)).all()
        assert np.isnan(ops.conv2d(x, np.ones((2, 2, 1, 1)))).all()
        assert ops.max_pool2d_backward(np.ones((1, 1, 1, 1)), x, 2).tolist() == [[[[0], [1]], [[0], [0]]]]


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_mixture_of_dtypes_takes_the_wider(implementation):
    x, w = np.ones((1, 3, 3, 1), np.float32), np.ones((2, 2, 1, 1))
    with ops.use(implementation):
        assert ops.conv2d(x, w).dtype == np.float64
        assert {gradient.dtype for gradient in ops.conv2d_backward(np.ones((1, 2, 2, 1)), x, w)} == {np.dtype("float64")}


def test_matrices_and_masked_arrays_are_refused_also_after_an_array_of_their_shape():
    x, layer = np.ones((2, 3), np.float32), ReLU()
    ops.relu(x)
    layer.forward(x)
    ops.sgd(x, x, x, 0.1)
    for wrong in (np.matrix(x), np.ma.masked_array(x, x > 0)):
        for call in (lambda w=wrong: ops.relu(w), lambda w=wrong: layer.forward(w), lambda w=wrong: ops.sgd(x, w, x, 0.1)):
            with pytest.raises(DtypeError, match="to be a NumPy array, got"):
                call()


def test_use_changes_the_implementation_for_a_while_or_for_good():
    before = ops.current()
    with ops.use("definition"):
        assert ops.current() == "definition"
        with ops.use("reference"):
            assert ops.current() == "reference"
        assert ops.current() == "definition"
    assert ops.current() == before
    ops.use("definition")
    assert ops.current() == "definition"
    ops.use(before)
    with pytest.raises(ValueError, match="minicnn.ops.use expected an implementation: 'definition' or 'reference'.*got 'slow'"):
        ops.use("slow")
    assert ops.current() == before


def test_the_implementation_in_use_is_that_of_the_whole_program():
    seen = []
    with ops.use("definition"):
        thread = threading.Thread(target=lambda: seen.append(ops.current()))
        thread.start()
        thread.join()
    assert seen == ["definition"]
