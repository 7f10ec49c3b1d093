"""The recordings of the step-through pages: every step is compared with partial sums that NumPy computes again."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from replay import DEFAULTS, OTHERS, Replay, name_of, views

import minicnn
from minicnn import ops
from minicnn.ops import definition
from minicnn.visualize.steps import given
from minicnn.visualize.steps.pages import scene
from minicnn.visualize.steps.recorder import Recorder
from minicnn.visualize.steps.surface import HIGH, LOWEST, STEPS, WIDE, X, Y, gradient, loss
from minicnn.visualize.steps.wanted import Wanted

CASES = DEFAULTS + OTHERS
OPS = [case for case in CASES if case[0] not in ("network", "optimizers")]        # those two have tests of their own
EVERY_PAGE = pytest.mark.parametrize("op, options", CASES, ids=[name_of(case) for case in CASES])


@EVERY_PAGE
def test_every_step_follows_from_the_one_before_it_and_its_equation_is_true(op, options):
    """The value that was written equals what the printed equation comes to, and the last step leaves what the op returned."""
    for view in views(op, options):
        replay = Replay(view)
        for step in replay:
            written = replay.written(step)
            if written is None:
                continue
            assert step["reads"] or "via" in step or step["equation"] == ["1"], step       # target[...] = 1
            right = replay.evaluate(step)
            if "before" in step:
                before = replay.numbers[step["before"]]
                right = before + right if step["sign"] == "+" else before - right
            digits = 2e-3 if rounded(step) else 1e-12
            assert written[2] == pytest.approx(right, rel=digits, abs=digits), (view.name, step)
        for name, result in view.result.items():
            np.testing.assert_array_equal(replay.array(name), result, err_msg=f"{view.name}: {name}")


def rounded(step):
    """Whether the text has local variables, or options such as 1 - 0.999**3: the page shows four digits of them."""
    return "via" in step or any(re.search(r"\d\.\d\d", token) for token in step["equation"] if isinstance(token, str))


@pytest.mark.parametrize("op, options", OPS, ids=[name_of(case) for case in OPS])
def test_the_last_step_leaves_what_ops_returns(op, options):
    """With the arrays of the page as inputs, the reference implementation gives the arrays of the page as results."""
    for view in views(op, options):
        replay = Replay(view)
        last = list(replay)[-1]
        assert last is replay.recording["steps"][-1]
        expected = recomputed(op, options, replay)
        for name in view.result:
            np.testing.assert_allclose(replay.array(name), expected[name], rtol=1e-12, atol=1e-12,
                                       err_msg=f"{view.name}: {name}")


def recomputed(op, options, replay):
    """The results of an op on the inputs that a page shows."""
    x, window = replay.array("x") if op not in ("softmax_cross_entropy", "dropout") else None, {}
    if op in ("conv2d", "im2col", "col2im"):
        window = {"stride": options.get("stride", 1), "padding": options.get("padding", 0)}
        size = options.get("kernel_size", 3)
    with ops.use("reference"):
        if op == "conv2d" and options["backward"]:
            return dict(zip(("dx", "dw", "db"), ops.conv2d_backward(replay.array("dy"), x, replay.array("w"), **window)))
        if op == "conv2d":
            return {"y": ops.conv2d(x, replay.array("w"), None, **window)}
        if op == "im2col":
            return {"cols": ops.im2col(x, size, **window)}
        if op == "col2im":
            return {"x": ops.col2im(replay.array("cols"), x.shape, size, **window)}
        if op == "dense" and options["backward"]:
            return dict(zip(("dx", "dw", "db"), ops.dense_backward(replay.array("dy"), x, replay.array("w"))))
        if op == "dense":
            return {"y": ops.dense(x, replay.array("w"), replay.array("b"))}
        if op == "relu":
            return {"dx": ops.relu_backward(replay.array("dy"), x)} if options["backward"] else {"y": ops.relu(x)}
        if op == "dropout":
            mask = replay.array("mask").astype(bool)
            return {"dx": ops.dropout_backward(replay.array("dy"), mask, 0.5)} if options["backward"] else \
                {"y": ops.dropout(replay.array("x"), mask, 0.5)}
        if op == "batch_norm":
            rest = [replay.array(name) for name in ("gamma", "mean", "var")]
            if options["backward"]:
                return dict(zip(("dx", "dgamma", "dbeta"), ops.batch_norm_backward(replay.array("dy"), x, *rest)))
            return dict(zip(("y", "mean", "var"), ops.batch_norm(x, rest[0], replay.array("beta"))))
        if op == "softmax_cross_entropy":
            logits, labels = replay_logits(options, replay)
            loss, dlogits = minicnn.softmax_cross_entropy(logits, labels)
            return {"loss": [loss], "dlogits": dlogits}
        size = options.get("kernel_size") or (2 if len(replay.recording["steps"]) < 30 else 3)     # the page has two views
        stride = options.get("stride") or (2 if size == 2 else 1)
        arguments = (size, stride, options.get("padding", 0))
        if not options["backward"]:
            return {"y": getattr(ops, op)(x, *arguments)}
        return {"dx": getattr(ops, op + "_backward")(replay.array("dy"), x if op == "max_pool2d" else x.shape, *arguments)}


def replay_logits(options, replay):
    """Logits and labels of the page; the backward page shows only their log-softmax, which has the same softmax."""
    shown = next(array for array in replay.recording["arrays"] if array["name"] in ("logits", "log_p"))
    return replay.array(shown["name"]), np.array([int(row.removeprefix("label ")) for row in shown["rows"]])


# ------------------------------------------------------------------------- partial sums, computed in NumPy, in another way

CONVOLUTIONS = [options for op, options in CASES if op == "conv2d" and not options["backward"]]


def padded_windows(x, w, options):
    """x in its frame, and (row, column) of the upper left pixel of each window with its place (i, j)."""
    s, p = options.get("stride", 1), options.get("padding", 0)
    if p == "same":
        total = [(-(-size // s) - 1) * s + k - size for size, k in zip(x.shape[1:3], w.shape)]
        frame = [(t // 2, t - t // 2) for t in total]
    else:
        frame = [(p, p), (p, p)]
    x = np.pad(x, ((0, 0), *frame, (0, 0)))
    KH, KW = w.shape[:2]
    rows, columns = range(0, x.shape[1] - KH + 1, s), range(0, x.shape[2] - KW + 1, s)
    return x, frame, [(row, column, i, j) for i, row in enumerate(rows) for j, column in enumerate(columns)]


@pytest.mark.parametrize("options", CONVOLUTIONS, ids=lambda options: name_of(("conv2d", options)))
def test_each_step_of_the_forward_loops_is_a_partial_sum(options):
    view = views("conv2d", options)[0]
    replay = Replay(view)
    found = [replay.written(step) for step in replay]
    x, w = replay.array("x"), replay.array("w")
    expected = []
    padded, _, places = padded_windows(x, w, options)
    KH, KW, C, F = w.shape
    for row, column, i, j in places:
        products = (padded[0, row:row + KH, column:column + KW, :, None] * w).reshape(KH * KW * C, F)
        for f in range(F):
            expected += [("y", (0, i, j, f), value) for value in np.cumsum(products[:, f])]
    assert found == expected


@pytest.mark.parametrize("options", CONVOLUTIONS, ids=lambda options: name_of(("conv2d", options)))
def test_each_step_of_the_backward_loops_is_a_partial_sum(options):
    view = views("conv2d", options | {"backward": True})[0]
    replay = Replay(view)
    found = [replay.written(step) for step in replay]
    x, w, dy = (replay.array(name) for name in ("x", "w", "dy"))
    padded, frame, places = padded_windows(x, w, options)
    KH, KW, C, F = w.shape
    dx, dw, expected = np.zeros(padded.shape), np.zeros(w.shape), []
    for row, column, i, j in places:
        for f in range(F):
            expected.append(("db", (f,), dy[0, :i, :, f].sum() + dy[0, i, :j + 1, f].sum()))
            stamp = dx[0, row:row + KH, column:column + KW] + dy[0, i, j, f] * w[..., f]
            window = dw[..., f] + dy[0, i, j, f] * padded[0, row:row + KH, column:column + KW]
            for u, v, c in np.ndindex(KH, KW, C):
                expected.append(("dx", (0, row + u - frame[0][0], column + v - frame[1][0], c), stamp[u, v, c]))
                expected.append(("dw", (u, v, c, f), window[u, v, c]))
            dx[0, row:row + KH, column:column + KW], dw[..., f] = stamp, window
    assert found == expected


def test_each_step_of_the_dense_loops_is_a_partial_sum():
    for options in ({}, {"size": (3, 4)}):
        replay = Replay(views("dense", options)[0])
        found = [replay.written(step)[2] for step in replay]
        x, w, b = (replay.array(name) for name in "xwb")
        terms = np.concatenate([np.broadcast_to(b[:, None], (len(x), len(b), 1)), x[:, None, :] * w.T], axis=2)
        np.testing.assert_array_equal(found, np.cumsum(terms, axis=2).ravel())


@pytest.mark.parametrize("view", [0, 1], ids=["apart", "overlapping"])
def test_the_steps_of_max_pooling_look_at_each_pixel_and_keep_the_first_maximum(view):
    replay = Replay(views("max_pool2d", {})[view])
    steps = list(replay)
    looked = [replay.numbers[step["reads"][0][2]] for step in steps if step.get("text", "").startswith("value")]
    size, stride = ((2, 2), (3, 1))[view]
    image = np.array(given.IMAGE, float)
    windows = np.lib.stride_tricks.sliding_window_view(image, (size, size))[::stride, ::stride]
    np.testing.assert_array_equal(looked, windows.ravel())
    winners = [replay.recording["arrays"][step["reads"][0][0]]["labels"][step["reads"][0][1]]
               for step in steps if "write" in step]
    first = [np.unravel_index(window.argmax(), window.shape) for window in windows.reshape(-1, size, size)]
    places = [(i * stride, j * stride) for i, j in np.ndindex(windows.shape[:2])]
    assert winners == [f"0, {i + u}, {j + v}, 0" for (i, j), (u, v) in zip(places, first)]


def test_the_star_is_at_the_largest_pixel_so_far():
    for view in views("max_pool2d", {}) + views("max_pool2d", {"backward": True}):
        best, largest, windows = None, -np.inf, 0
        replay = Replay(view)
        for step in replay:
            if "write" in step:                                    # the window is complete
                assert step["mark"] == best
                best, largest, windows = None, -np.inf, windows + 1
            elif step["text"].startswith("value"):
                assert step.get("mark") == best
                *place, number = step["reads"][0]
                if replay.numbers[number] > largest:
                    best, largest = place, replay.numbers[number]
        assert windows == 4


def test_a_tie_sends_dy_to_the_first_and_overlaps_add():
    """Chapter 10 prints these arrays."""
    apart, overlapping = (Replay(view) for view in views("max_pool2d", {"backward": True}))
    for replay in (apart, overlapping):
        list(replay)
    assert apart.array("dx")[0, :, :, 0].tolist() == [[0, 0, 0, 2], [1, 0, 0, 0], [0, -2, 0, 0], [0, 0, 0, 3]]
    assert overlapping.array("dx")[0, :, :, 0].tolist() == [[0, 2, 0, 0], [-1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 3]]


def test_each_step_of_average_pooling_is_a_partial_sum():
    for view, (size, stride) in zip(views("avg_pool2d", {}), ((2, 2), (3, 1))):
        replay = Replay(view)
        found = [replay.written(step)[2] for step in replay]
        windows = np.lib.stride_tricks.sliding_window_view(np.array(given.IMAGE, float), (size, size))[::stride, ::stride]
        expected = np.cumsum(windows.reshape(-1, size * size) / size**2, axis=1)
        np.testing.assert_allclose(found, expected.ravel(), rtol=1e-14)


def test_the_three_backward_views_of_a_convolution_end_with_the_same_numbers():
    """Chapter 9 prints them."""
    for view in views("conv2d", {"backward": True}):
        replay = Replay(view)
        list(replay)
        assert replay.array("dx")[0, :, :, 0].tolist() == [[1, 2, -1, -2], [0, 8, 4, -3], [-4, 3, 2, 2], [0, 2, -5, 3]]
        assert replay.array("dw")[:, :, 0, 0].tolist() == [[2, 3, 0], [11, 5, 0], [0, 9, 14]]


def test_the_network_page_equals_the_layers():
    layers = [minicnn.Conv2D(1, 2, 3, rng=np.random.default_rng(0), dtype="float64"), minicnn.ReLU(), minicnn.MaxPool2D(2),
              minicnn.Flatten(), minicnn.Dense(8, 3, rng=np.random.default_rng(0), dtype="float64")]
    model = minicnn.Sequential(layers)
    for name, value in (("0.w", given.EDGES), ("0.b", given.EDGES_B), ("4.w", given.OUT_W), ("4.b", given.OUT_B)):
        model.parameters()[name].value[...] = value
    with ops.use("reference"):
        logits = model.forward(given.DIGIT)
        value, dlogits = minicnn.softmax_cross_entropy(logits, np.array([given.DIGIT_LABEL]))
        dx = model.backward(dlogits)
    gradients = {name: parameter.grad for name, parameter in model.parameters().items()}
    replay = Replay(views("network", {})[0])
    list(replay)
    for name, expected in {"logits": logits, "loss": [value], "dlogits": dlogits, "dw2": gradients["4.w"],
                           "db2": gradients["4.b"], "dw1": gradients["0.w"], "db1": gradients["0.b"], "dx": dx}.items():
        np.testing.assert_allclose(replay.array(name), expected, rtol=1e-12, atol=1e-12, err_msg=name)
    assert all(np.any(replay.array(name)) for name in ("dw1", "dw2", "dx")), "a page of zeros teaches nothing"


def test_the_optimizers_page_equals_their_formulas():
    for view in views("optimizers", {}):
        replay, p, m, v, found = Replay(view), np.zeros(2), np.zeros(2), np.zeros(2), []
        ends = {stage["first"] - 1 for stage in replay.recording["stages"][1:]} | {len(replay.recording["steps"]) - 1}
        for k, _ in enumerate(replay):
            if k in ends:
                found.append(replay.array("w"))
        expected = []
        for t in range(1, STEPS + 1):
            g = gradient(p)
            if view.name in ("sgd", "momentum"):
                m = (0.9 if view.name == "momentum" else 0) * m + g
                p = p - 0.1 * m
            elif view.name == "rmsprop":
                v = 0.99 * v + 0.01 * g * g
                p = p - 0.1 * g / (np.sqrt(v) + 1e-8)
            else:
                m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
                p = p - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
            expected.append(p)
        np.testing.assert_allclose(found, expected, rtol=1e-9, err_msg=view.name)


def test_the_map_shows_lines_of_equal_loss_and_the_places_of_the_optimizers():
    made = scene("optimizers", Wanted())

    def point(place):
        return X[0] + place[0] / WIDE * (X[1] - X[0]), Y[1] - place[1] / HIGH * (Y[1] - Y[0])

    levels = [[loss(point(place)) for place in contour] for contour in made.map["contours"]]
    for level, losses in zip((0.01, 0.05, 0.2, 0.6, 1.5, 3.5, 8), levels, strict=True):
        np.testing.assert_allclose(losses, level, rtol=0.03)       # places are rounded to a tenth of a pixel
    np.testing.assert_allclose(point(made.map["lowest"]), LOWEST, atol=1e-3)
    for view, path in zip(made.views, made.map["paths"], strict=True):
        assert (path["name"], len(path["places"])) == (view.name, STEPS + 1)
        np.testing.assert_allclose(point(path["places"][-1]), view.result["w"], atol=1e-3)


def test_the_surface_has_the_gradient_that_the_page_uses():
    for p in np.random.default_rng(0).standard_normal((5, 2)):
        numeric = [(loss(p + h) - loss(p - h)) / 2e-6 for h in np.eye(2) * 1e-6]
        np.testing.assert_allclose(gradient(p), numeric, rtol=1e-6)
    assert loss(LOWEST) == 0


# ------------------------------------------------------------------------------------------------------------ what is shown

def test_the_pages_show_the_numbers_of_the_course():
    course = {}
    exec((Path(__file__).parents[2] / "docs" / "course" / "small_arrays.py").read_text(), course)
    assert [course[name] for name in ("image", "kernel", "dy")] == [given.IMAGE, given.KERNEL, given.IMAGE_DY]


def test_the_line_that_is_lit_is_the_line_that_ran():
    replay = Replay(views("conv2d", {"backward": True})[0])
    for step in replay:
        function, line = step["at"][-1]
        text = "".join(part for _, part in replay.recording["functions"][function]["lines"][line])
        assert text.strip().startswith(replay.written(step)[0] + "["), text
    relu = Replay(views("relu", {})[0])
    at = next(iter(relu))["at"]
    lines = ["".join(part for _, part in relu.recording["functions"][f]["lines"][line]).strip() for f, line in at]
    assert lines[0].startswith("return _each(lambda x: 0 if x < 0 else x, x)")
    assert lines[1].startswith("y[index] = ")


def test_the_definition_has_no_hook_and_is_traced_during_a_recording_only():
    before = sys.gettrace()
    scene("relu", Wanted())
    assert sys.gettrace() is before
    for file in (Path(minicnn.__file__).parent / "ops" / "definition").glob("*.py"):
        assert not re.search("visualize|settrace|[Rr]ecorder", file.read_text()), file


def test_a_recording_ends_after_an_error_too():
    before = sys.gettrace()
    recorder = Recorder()
    x = recorder.array("x", [[1.0, 2.0]], "input", axes="nd")
    with pytest.raises(ValueError, match="sequence"):
        recorder.call(definition.dense, x, x[:, None, None])
    assert sys.gettrace() is before
