"""The fast implementation at the sizes at which its tiles, panels and blocks begin and end, compared with the reference."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import arrays, fits

from minicnn import ops
from minicnn.ops import fast, reference
from minicnn.ops.fast.kernels import memory_pool
from minicnn.shapes import pool_window, window

TOLERANCE = {"float32": 1e-4, "float64": 1e-10}
dtypes = st.sampled_from(["float32", "float64"])
many = settings(max_examples=150)


@pytest.fixture(autouse=True, scope="module")
def memory_full_of_nan():
    """What a kernel reads before it has written it, or never writes, must not look right by chance."""
    lend = memory_pool.POOL.lend

    def poisoned(size, shape, dtype):
        memory = lend(size, shape, dtype)
        memory.reshape(-1).view(np.uint8).fill(0xFF)               # as float32 and as float64 a NaN
        return memory

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory_pool, "SMALL", 0)
        patch.setattr(memory_pool.POOL, "lend", poisoned)
        yield


def agree(name, *arguments):
    """fast and reference give the same, to TOLERANCE of the largest number."""
    with np.errstate(all="ignore"):
        found, expected = getattr(fast, name)(*arguments), getattr(reference, name)(*arguments)
    pairs = zip(found, expected, strict=True) if isinstance(expected, tuple) else [(found, expected)]
    for a, b in pairs:
        assert a.shape == b.shape
        assert a.dtype == b.dtype
        scale = max(np.abs(b[np.isfinite(b)]).max(initial=0), 1e-3)
        np.testing.assert_allclose(a, b, rtol=0, atol=TOLERANCE[str(b.dtype)] * scale, err_msg=name)
    return expected


@many
@given(st.data(), dtypes, st.sampled_from(["winograd", "few filters", "any"]))
def test_convolutions_of_all_sizes(data, dtype, kind):
    draw = data.draw
    N, H, W = draw(st.integers(1, 4)), draw(st.integers(1, 20)), draw(st.integers(1, 20))
    if kind == "winograd":
        C, F, kernel, stride = 16 * draw(st.integers(1, 3)), 16 * draw(st.integers(1, 4)), (3, 3), 1
    else:
        C, kernel = draw(st.integers(1, 20)), (draw(st.integers(1, 5)), draw(st.integers(1, 5)))
        F, stride = draw(st.integers(1, 4)), 1
        if kind == "any":
            F, stride = draw(st.integers(1, 40)), (draw(st.integers(1, 4)), draw(st.integers(1, 4)))
    padding = draw(st.one_of(st.just("same"), st.integers(0, 3), st.tuples(st.integers(0, 3), st.integers(0, 3))))
    assume(fits(window, (N, H, W, C), kernel, stride, padding))
    x, w = draw(arrays((N, H, W, C), dtype)), draw(arrays((*kernel, C, F), dtype))
    b = draw(st.one_of(st.none(), arrays((F,), dtype)))
    y = agree("conv2d", x, w, b, stride, padding)
    agree("conv2d_relu", x, w, b, stride, padding)
    agree("conv2d_backward", draw(arrays(y.shape, dtype)), x, w, stride, padding)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("N, H, W, C, F, kernel, stride", [(3, 5, 6, 256, 232, 3, 2), (9, 3, 5, 420, 40, 5, 1)])
def test_a_weight_gradient_that_is_larger_than_a_cores_cache(dtype, N, H, W, C, F, kernel, stride):
    """It is summed panel by panel; the last panel is not full."""
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((N, H, W, C)).astype(dtype), rng.standard_normal((kernel, kernel, C, F)).astype(dtype)
    y = agree("conv2d", x, w, None, stride, "same" if stride == 1 else 1)
    agree("conv2d_backward", rng.standard_normal(y.shape).astype(dtype), x, w, stride, "same" if stride == 1 else 1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("F", [1, 3, 5, 16])
def test_windows_that_see_padding_only(F, dtype):
    """Above, below and beside the image: their y is the bias, and they add nothing to the gradients."""
    rng = np.random.default_rng(0)
    x, w, b = (rng.standard_normal(shape).astype(dtype) for shape in ((2, 5, 12, 16), (2, 2, 16, F), (F,)))
    y = agree("conv2d", x, w, b, 1, 3)
    agree("conv2d_relu", x, w, b, 1, 3)
    agree("conv2d_backward", rng.standard_normal(y.shape).astype(dtype), x, w, 1, 3)


@many
@given(st.data(), dtypes, st.integers(1, 130), st.integers(1, 700), st.integers(1, 150))
def test_dense_layers_of_all_sizes(data, dtype, N, D, K):
    x, w, b = data.draw(arrays((N, D), dtype)), data.draw(arrays((D, K), dtype)), data.draw(arrays((K,), dtype))
    agree("dense", x, w, b)
    agree("dense_relu", x, w, b)
    agree("dense_backward", data.draw(arrays((N, K), dtype)), x, w)


@many
@given(st.data(), dtypes, st.booleans(), st.sampled_from([None, np.nan, np.inf, -np.inf]))
def test_poolings_of_all_sizes_with_ties_and_what_is_not_finite(data, dtype, ties, bad):
    draw = data.draw
    shape = draw(st.integers(1, 3)), draw(st.integers(1, 13)), draw(st.integers(1, 13)), draw(st.integers(1, 35))
    kernel = draw(st.sampled_from([(2, 2), (2, 3), (3, 3), (4, 1)]))
    stride = draw(st.one_of(st.none(), st.tuples(st.integers(1, 4), st.integers(1, 4))))
    padding = draw(st.sampled_from(["same", 0, (1, 0)]))
    assume(fits(pool_window, shape, kernel, stride, padding))
    x = draw(arrays(shape, dtype, ties))
    dy = draw(arrays(reference.max_pool2d(x, kernel, stride, padding).shape, dtype))
    agree("avg_pool2d", x, kernel, stride, padding)
    agree("avg_pool2d_backward", dy, shape, kernel, stride, padding)
    agree("max_pool2d_relu_backward", dy, np.maximum(x, 0), kernel, stride, padding)
    if bad is not None:
        x = np.where(np.random.default_rng(0).random(shape) < 0.1, bad, x).astype(dtype)
    agree("max_pool2d", x, kernel, stride, padding)
    agree("max_pool2d_backward", dy, x, kernel, stride, padding)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(70_001,), (64, 4097), (3, 40, 41, 17)])
def test_long_arrays(shape, dtype):
    rng = np.random.default_rng(0)
    x, dy = rng.standard_normal(shape).astype(dtype), rng.standard_normal(shape).astype(dtype)
    mask = x > 0.3
    for name in ("relu", "leaky_relu", "sigmoid", "tanh", "log_softmax"):
        y = agree(name, x)
        agree(f"{name}_backward", dy, x if "relu" in name else y)
    agree("add", x, dy)
    agree("add_relu", x, dy)
    agree("dropout", x, mask, 0.3)
    agree("dropout_backward", dy, mask, 0.3)
    agree("sgd", x, dy, y, 0.1, 0.9, True, 0.1)
    agree("rmsprop", x, dy, y * y, 0.1, 0.9, 1e-3, 0.1)
    for decoupled in (False, True):
        agree("adam", x, dy, y, y * y, 2, 0.1, 0.9, 0.999, 1e-3, 0.1, decoupled)
    if len(shape) > 1:
        gamma, beta = rng.standard_normal((2, shape[-1])).astype(dtype)
        _, mean, var = agree("batch_norm", x, gamma, beta, 1e-3)
        agree("batch_norm_backward", dy, x, gamma, mean, var, 1e-3)
        agree("batch_norm_relu", x, gamma, beta, 1e-3)
        agree("batch_norm_relu_backward", dy, x, gamma, beta, mean, var, 1e-3)
        agree("batch_norm_eval_relu", x, gamma, beta, mean, var, 1e-3)
        agree("batch_norm_eval", x, gamma, beta, mean, var, 1e-3)
        agree("batch_norm_eval_backward", dy, x, gamma, mean, var, 1e-3)


@many
@given(st.data(), dtypes, st.integers(2, 3000), st.integers(1, 300), st.sampled_from([0, 1e3]))
def test_batch_norms_of_all_sizes(data, dtype, M, C, mean):
    """Also where the mean is much larger than the standard deviation: the squares are taken around it."""
    x, dy = data.draw(arrays((M, C), dtype)) + np.array(mean, dtype), data.draw(arrays((M, C), dtype))
    gamma, beta = data.draw(arrays((C,), dtype)), data.draw(arrays((C,), dtype))
    _, mean, var = reference.batch_norm(x, gamma, beta, 1e-3)
    found = fast.batch_norm_relu(x, gamma, beta, 1e-3)
    np.testing.assert_allclose(found[1], mean, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found[2], var, rtol=1e-4, atol=1e-4)
    agree("batch_norm_eval_relu", x, gamma, beta, mean, var, 1e-3)
    # dx can be a small difference of large numbers, and a sum of many dy can be small.
    largest = (np.abs(gamma / np.sqrt(var + 1e-3)).max() + 1) * np.abs(dy).max() * M
    y = fast.batch_norm_eval_relu(x, gamma, beta, mean, var, 1e-3)
    for found, passed in ((fast.batch_norm_backward(dy, x, gamma, mean, var, 1e-3), dy),
                          (fast.batch_norm_relu_backward(dy, x, gamma, beta, mean, var, 1e-3), dy * (y > 0))):
        expected = reference.batch_norm_backward(passed, x, gamma, mean, var, 1e-3)
        for a, b, scale in zip(found, expected, (largest / M, largest, largest), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=TOLERANCE[dtype] * scale)


def test_tanh_in_float32_is_right_to_its_last_digits_everywhere():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.standard_normal(20_000), np.linspace(-10, 10, 20_001), np.geomspace(1e-38, 1e3, 1000)])
    x = x.astype(np.float32)
    y, expected = fast.tanh(x), np.tanh(x.astype(np.float64))
    assert (np.abs(y - expected) <= 4e-7 * np.abs(expected)).all()
    assert np.abs(y).max() == 1                                    # never above it: backward takes 1 - y**2
    special = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-42], np.float32)
    np.testing.assert_array_equal(fast.tanh(special), np.tanh(special))
    assert np.signbit(fast.tanh(special)[4])


def test_a_mean_of_gradients_that_are_zero_ends_at_zero():
    """Not among the numbers below 1e-38, with which processors are slow."""
    w, g = np.ones(5, np.float32), np.array([1e-3, 0, 0, 0, np.nan], np.float32)
    m = v = np.full(5, np.finfo(np.float32).tiny)
    for name, kept in (("adam", (m, v, 3, 1e-3)), ("sgd", (m, 1e-3, 0.5)), ("rmsprop", (v, 1e-3, 0.9))):
        for array in getattr(fast, name)(w, g, *kept)[1:]:
            assert (array[1:4] == 0).all() and array[0] > 0 and np.isnan(array[4])


@pytest.mark.parametrize("C, F", [(3, 5), (32, 32), (1, 6)], ids=["direct", "winograd", "pixels in pairs"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_go_where_the_reference_has_them(C, F, bad):
    rng = np.random.default_rng(0)
    x, w, dy = (rng.standard_normal(s).astype(np.float32) for s in ((2, 9, 10, C), (3, 3, C, F), (2, 9, 10, F)))
    x[1, 4, 5, 0], dy[0, 1, 2, 0] = bad, bad
    with np.errstate(all="ignore"):
        found = fast.conv2d(x, w, None, 1, 1), *fast.conv2d_backward(dy, x, w, 1, 1)
        expected = reference.conv2d(x, w, None, 1, 1), *reference.conv2d_backward(dy, x, w, 1, 1)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(np.isnan(a), np.isnan(b))
        np.testing.assert_array_equal(np.isinf(a), np.isinf(b))


def test_winograd_rounds_little_more_than_the_definition():
    """Its largest and its root mean square error, beside float64, are at most four times those of the direct kernel."""
    from minicnn.ops.fast.kernels import winograd
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((4, 24, 24, 64)), rng.standard_normal((3, 3, 64, 64))
    dy = rng.standard_normal((4, 24, 24, 64))
    exact = (reference.conv2d(x, w, None, 1, 1), *reference.conv2d_backward(dy, x, w, 1, 1))
    x, w, dy = (array.astype(np.float32) for array in (x, w, dy))

    def errors():
        found = (fast.conv2d(x, w, None, 1, 1), *fast.conv2d_backward(dy, x, w, 1, 1))
        return np.array([(np.abs(a - b).max() / np.abs(b).max(), np.sqrt(np.square(a - b).mean() / np.square(b).mean()))
                         for a, b in zip(found, exact, strict=True)])

    with pytest.MonkeyPatch.context() as patch:
        used = []
        convolve = winograd.convolve
        patch.setattr(winograd, "convolve", lambda *arguments: used.append(1) or convolve(*arguments))
        by_winograd = errors()
        assert len(used) == 2                                      # forward and dx
        patch.setattr(winograd, "fits", lambda *arguments: False)
        direct = errors()
        assert len(used) == 2
    assert (by_winograd <= 4 * direct + 1e-7).all()
    assert by_winograd[:, 1].max() < 2e-6


def test_memory_that_nobody_sees_is_lent_again_and_given_back_when_it_grows(monkeypatch):
    pool = memory_pool.MemoryPool()
    first = pool.lend(1000, (1000,), np.uint8)
    address = first.ctypes.data
    second = pool.lend(1000, (1000,), np.uint8)
    assert second.ctypes.data != address
    view = first[5:9].reshape(2, 2).T                              # a view of a view still holds the memory
    del first
    assert pool.lend(1000, (1000,), np.uint8).ctypes.data not in (address, second.ctypes.data)
    del view
    again = pool.lend(1000, (1000,), np.uint8), pool.lend(1000, (1000,), np.uint8)
    assert address in [array.ctypes.data for array in again]
    del again
    monkeypatch.setattr(memory_pool, "MOST", 3000)
    assert pool.total == 3000
    kept = pool.lend(500, (500,), np.uint8)
    assert pool.total == 1500                                      # `second` and this one: the rest was given back
    kept[:], second[:] = 1, 2
    assert (pool.lend(500, (500,), np.uint8) is not kept, kept[0], second[0]) == (True, 1, 2)


def test_results_are_new_arrays_that_stay_as_they_are():
    kept = []
    for k in range(20):
        y = ops.relu(np.full((64, 1000), k, np.float32))
        kept.append((k, (y[3:5, ::7].T, y.reshape(-1)[5:9], np.asarray(memoryview(y[:1])))[k % 3]))
        del y
    for k, view in kept:
        assert (view == k).all()


@pytest.mark.parametrize("name", ["adam", "sgd", "rmsprop"])
def test_a_nan_in_one_weight_goes_where_the_reference_has_it(name):
    rng = np.random.default_rng(0)
    w, g, m, v = rng.standard_normal((4, 50)).astype(np.float32)
    w[7] = np.nan
    arguments = {"adam": (w, g, m, v * v, 3, 0.1, 0.9, 0.999, 1e-8, 0.1, True), "sgd": (w, g, m, 0.1, 0.9, False, 0.1),
                 "rmsprop": (w, g, v * v, 0.1)}[name]
    for a, b in zip(getattr(fast, name)(*arguments), getattr(reference, name)(*arguments), strict=True):
        np.testing.assert_array_equal(np.isnan(a), np.isnan(b))
