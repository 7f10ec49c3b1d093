"""Your own functions in the place of the ops: which are used, what is checked, and that they are really called."""

import os
import subprocess
import sys

import numpy as np
import pytest

from minicnn import Conv2D, Dense, Flatten, MaxPool2D, ReLU, Sequential, ops
from minicnn.__main__ import main
from minicnn.ops.own_op import OwnOpError

RELU = "import numpy as np\n\ndef relu(x):\n    return np.maximum(x, 0)\n"
ALL = RELU + '''
from numpy.lib.stride_tricks import sliding_window_view

def relu_backward(dy, x):
    return dy * (x > 0)

def im2col(x, kernel_size, stride=1, padding=0):
    windows = sliding_window_view(x, kernel_size, axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
    return windows.reshape(-1, kernel_size[0] * kernel_size[1] * x.shape[3])

def dense(x, w, b=None):
    return x @ w + b

def dense_backward(dy, x, w):
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)

def max_pool2d_backward(dy, x, kernel_size, stride=None, padding=0):
    ...
'''


@pytest.fixture(autouse=True)
def as_before():
    before = ops.current()
    yield
    ops.use(before)


@pytest.fixture
def own(tmp_path):
    """own(source, name) writes a file of own ops and returns its path."""
    def write(source, name="my_ops.py"):
        (tmp_path / name).write_text(source)
        return str(tmp_path / name)
    return write


def network():
    rng = np.random.default_rng(0)
    return Sequential([Conv2D(2, 3, kernel_size=(3, 2), rng=rng), ReLU(), MaxPool2D(2), Flatten(),
                       Dense(27, 4, rng=rng), ReLU(), Dense(4, 2, rng=rng)])


def passes(model, x):
    y = model.forward(x)
    dx = model.backward(np.cos(y))
    return [y, dx, *(p.grad.copy() for p in model.parameters().values())]


def test_a_network_computes_the_same_with_own_ops_and_calls_each_of_them(own):
    model, x = network(), np.random.default_rng(1).standard_normal((5, 8, 7, 2)).astype(np.float32)
    with ops.use("reference"):
        right = passes(model, x)
    with ops.use(own(ALL)):
        for one, two in zip(passes(model, x), right):
            np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)
        # conv2d_relu and dense_relu are composed: both call relu, and conv2d of the reference calls im2col.
        calls = ops.backend.implementation().calls
        assert calls == {"relu": 2, "relu_backward": 2, "im2col": 2, "dense": 2, "dense_backward": 2}


def test_what_is_in_use_can_be_asked(own):
    path = own(ALL)
    with ops.use(path):
        assert ops.current() == path
        found = ops.sources()
        assert found["relu"] == found["im2col"] == path
        assert found["conv2d"] == found["max_pool2d_backward"] == "reference"      # the latter has no body yet
        assert set(found) == set(ops.own.OwnOps.names()) >= {"adam", "conv2d", "affine"}
    with ops.use("definition"):
        assert set(ops.sources().values()) == {"definition"}


def test_a_relative_path_in_the_environment_is_the_file_of_the_first_call(own, monkeypatch, tmp_path):
    path = own(RELU)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ops.backend, "_in_use", "my_ops.py")       # as MINICNN_OPS=my_ops.py sets it
    assert ops.relu(-np.ones(2)).tolist() == [0, 0]
    monkeypatch.chdir("/")
    assert ops.current() == ops.sources()["relu"] == path
    ops.backend._loaded.pop("my_ops.py")


def test_every_op_exists_in_own_ops(own):
    ops.use(own(RELU))
    for name in ops.own.OwnOps.names():
        assert callable(getattr(ops.backend.implementation(), name))


def test_a_folder_holds_several_files_and_what_is_no_op_is_not_run(own, tmp_path):
    own(RELU, "one.py")
    own("from helper import half\n\ndef sigmoid(x):\n    return half(x)\n", "two.py")
    own("def half(x):\n    return x / 2\n", "helper.py")
    own("raise ValueError('not an op')\n", "other.py")
    with ops.use(tmp_path):
        assert ops.sigmoid(np.ones(3)).tolist() == [0.5] * 3
        assert ops.relu(-np.ones(3)).tolist() == [0, 0, 0]
    own(RELU, "three.py")
    with pytest.raises(OwnOpError, match="expected one function relu, got two, in .*one.py and .*three.py"):
        ops.use(tmp_path)


def test_each_folder_has_its_own_helper(tmp_path):
    for number in ("1", "2"):
        folder = tmp_path / number
        folder.mkdir()
        (folder / "helper.py").write_text(f"FACTOR = {number}\n")
        (folder / "my_ops.py").write_text("from helper import FACTOR\n\ndef relu(x):\n    return FACTOR * x\n")
    for number in ("1", "2"):
        with ops.use(tmp_path / number):
            assert ops.relu(np.ones(1)) == [float(number)]


def test_an_empty_name_is_no_folder(own, tmp_path, monkeypatch):
    own(RELU)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="expected an implementation: .*, got ''"):
        ops.use("")


def test_a_file_that_changed_is_read_again(own):
    x = np.ones(2)
    with ops.use(own("def relu(x):\n    return x * 2\n")):
        assert ops.relu(x).tolist() == [2, 2]
    with ops.use(own("def relu(x):\n    return x * 3\n")):
        assert ops.relu(x).tolist() == [3, 3]


@pytest.mark.parametrize(("source", "said"), [
    ("def relu(x):\n    return x[:1]\n",
     "relu in .*my_ops.py expected its result to be float32 \\(2, 3\\), got float32 \\(1, 3\\)"),
    ("def relu(x):\n    return x.astype(float)\n", "expected its result to be float32 \\(2, 3\\), got float64"),
    ("def relu(x):\n    x + 1\n", "got NoneType; is a return statement missing"),
    ("def relu(x):\n    return x.tolist()\n", "got list"),
    ("def relu(x):\n    x[x < 0] = 0\n    return x\n", "relu in .*my_ops.py changes its input x \\(2, 3\\)"),
    ("def relu(x):\n    return x + np.zeros(3)\n", "relu in .*my_ops.py, line 2: NameError: name 'np' is not defined"),
    ("def relu(x):\n    return x @ x\n", "relu in .*my_ops.py, line 2: ValueError: matmul"),
    ("from minicnn.ops import relu as r\ndef relu(x):\n    return r(x)\n", "relu in .*my_ops.py calls minicnn's own relu"),
    ("from minicnn.ops.fast import relu as r\ndef relu(x):\n    return r(x)\n", "calls minicnn's own relu"),
    ("import minicnn\ndef relu(x):\n    try:\n        minicnn.ReLU().forward(x)\n    except Exception:\n        pass\n"
     "    return x\n", "calls minicnn's own relu"),
    ("def relu(x):\n    return x.sum()\n", "expected its result to be float32 \\(2, 3\\), got float32 \\(\\)"),
    ("import sys\ndef relu(x):\n    sys.exit(3)\n    return x\n", "relu in .*my_ops.py, line 3: SystemExit: 3"),
    ("def relu(x):\n    return relu(x)\n", "relu in .*my_ops.py, line [12]: RecursionError"),
])
def test_a_function_that_does_not_work_is_named_with_its_file(own, source, said):
    x = np.array([[-1, 0, 2], [3, -4, 5]], np.float32)
    with ops.use(own(source)), pytest.raises(OwnOpError, match=said):
        ops.relu(x)
    assert x.tolist() == [[-1, 0, 2], [3, -4, 5]] or "[x < 0]" in source


def test_a_larger_op_that_contains_ours_is_no_way_around_writing_it(own):
    head = "from minicnn.ops.fast import conv2d_relu\n\ndef conv2d(x, w, b=None, stride=1, padding=0):\n"
    with ops.use(own(head + "    return conv2d_relu(x, w, b, stride, padding)\n")), \
            pytest.raises(OwnOpError, match="conv2d in .* calls minicnn's own conv2d"):
        ops.conv2d(np.ones((1, 4, 4, 1)), np.ones((2, 2, 1, 1)))


def test_only_the_functions_in_the_list_all_count(own):
    both = RELU + "\ndef tanh(x):\n    return x\n"
    with ops.use(own("__all__ = ['relu']\n" + both)):
        assert ops.sources()["tanh"] == "reference" != ops.sources()["relu"]
    with pytest.raises(OwnOpError, match="got none"):
        ops.use(own("__all__ = []\n" + both))


def test_calls_that_differ_in_a_setting_have_results_of_other_shapes(own):
    source = ("from minicnn.ops import reference\nimport numpy as np\n\n"
              "def max_pool2d(x, kernel_size, stride=None, padding=0):\n"
              "    x = np.pad(x, ((0, 0), (padding,) * 2, (padding,) * 2, (0, 0)))\n"
              "    return x[:, :x.shape[1] - 1:stride, :x.shape[2] - 1:stride]\n\n"
              "def global_avg_pool2d_backward(dy, x_shape):\n    return np.ones(x_shape)\n")
    with ops.use(own(source)):
        x = np.ones((1, 5, 5, 1))
        shapes = [ops.max_pool2d(x, 2, stride, padding).shape[1] for stride, padding in ((1, 0), (2, 0), (1, 1))]
        assert shapes == [4, 2, 6]
        assert [ops.global_avg_pool2d_backward(x[:, 0, 0], (1, H, 2, 1)).shape[1] for H in (3, 4)] == [3, 4]


def test_every_call_is_checked_not_only_the_first(own):
    x = np.ones((2, 3))
    with ops.use(own("calls = []\ndef relu(x):\n    calls.append(1)\n    return x[:, :4 - len(calls)]\n")):
        ops.relu(x)
        with pytest.raises(OwnOpError, match="got float64 \\(2, 2\\)"):
            ops.relu(x)


def test_a_step_of_an_optimizer_is_like_the_one_before(own):
    """Its lr and t change at every step: that must not make every call a first one, which is watched and computed twice."""
    source = "def sgd(w, g, u, lr, momentum=0.0, nesterov=False):\n    return w - lr * g, u\n"
    with ops.use(own(source)):
        for lr in (0.1, 0.2, 0.3):
            ops.sgd(np.ones(3), np.ones(3), np.zeros(3), lr)
        assert len(ops.backend.implementation().own["sgd"].known) == 1
        with pytest.raises(OwnOpError, match="expected a parameter weight_decay, because this call has weight_decay=0.1"):
            ops.sgd(np.ones(3), np.ones(3), np.zeros(3), 0.4, weight_decay=0.1)


@pytest.mark.parametrize("result", ["dy @ w.T, x.T @ dy", "dy @ w.T", "dy @ w.T, x.T @ dy, dy.sum(axis=1)"])
def test_several_results_are_counted_and_checked(own, result):
    source = f"def dense_backward(dy, x, w):\n    return {result}\n"
    with ops.use(own(source)), pytest.raises(OwnOpError, match="dense_backward in .* expected (to return 3 arrays|result 3)"):
        ops.dense_backward(np.ones((4, 5)), np.ones((4, 3)), np.ones((3, 5)))


def test_optional_parameters_may_be_left_out(own):
    source = "def conv2d(x, w, b):\n    return np.zeros((x.shape[0], x.shape[1] - 1, x.shape[2] - 1, w.shape[3]), x.dtype)\n"
    x, w = np.ones((2, 4, 5, 1)), np.ones((2, 2, 1, 3))
    with ops.use(own("import numpy as np\n" + source)):
        assert ops.conv2d(x, w, np.ones(3)).shape == (2, 3, 4, 3)
        with pytest.raises(OwnOpError, match="expected a parameter stride, because this call has stride=2, got none"):
            ops.conv2d(x, w, None, stride=2)
    with ops.use(own("def dense(x, w):\n    return x @ w\n")), pytest.raises(OwnOpError, match="a parameter b, because"):
        ops.dense(np.ones((4, 3)), np.ones((3, 2)), np.ones(2))
    with ops.use(own("def dense_backward(dy, x, w):\n    return dy @ w.T, x.T @ dy, dy.sum(axis=0)\n")):
        assert ops.dense_backward(np.ones((4, 5)), np.ones((4, 3)), np.ones((3, 5)), input_gradient=False)[0] is None


@pytest.mark.parametrize(("head", "got"), [
    ("conv2d(w, x)", "def conv2d\\(w, x\\)"), ("conv2d(x, w, bias=None)", "bias"), ("conv2d(x)", "def conv2d\\(x\\)"),
    ("conv2d(x, w, b=None, padding=0, stride=1)", "padding=0, stride=1"), ("conv2d(*all)", "\\*all"),
    ("conv2d(x, *w)", "\\*w"), ("conv2d(x, w, b=None, *, stride=1, padding=0)", "\\*, stride=1")])
def test_a_wrong_signature_is_refused_with_what_was_expected(own, head, got):
    before = ops.current()
    with pytest.raises(OwnOpError, match=f"my_ops.py: expected def conv2d\\(x, w, b=None, stride=1, padding=0\\), got .*{got}"):
        ops.use(own(f"def {head}:\n    return 1\n"))
    assert ops.current() == before


@pytest.mark.parametrize(("source", "said"), [
    ("def relu(x:\n", "my_ops.py, line 1: SyntaxError"),
    ("import numpi\n" + RELU, "my_ops.py, line 1: ModuleNotFoundError: No module named 'numpi'"),
    ("x = 1 / 0\n" + RELU, "my_ops.py, line 1: ZeroDivisionError"), ("exit(4)\n" + RELU, "my_ops.py, line 1: SystemExit: 4"),
    ("def my_relu(x):\n    return x\n",
     "expected functions with names of ops, such as relu or conv2d, in .*my_ops.py, got none"),
    ("def relu(x):\n    ...\n", "got none; .* a function counts if its def is in the file, with a body that is not ..."),
    ("\0", "my_ops.py: ValueError|my_ops.py: SyntaxError"), ("", "got none"),
])
def test_a_file_that_cannot_be_used(own, source, said):
    before = ops.current()
    with pytest.raises(OwnOpError, match=said):
        ops.use(own(source))
    assert ops.current() == before


def test_another_thread_may_call_ours_while_an_own_op_runs(own):
    source = ("import threading\nimport numpy as np\nfrom minicnn.ops import reference\n\ndef relu(x):\n"
              "    thread = threading.Thread(target=lambda: reference.relu(x))\n    thread.start()\n    thread.join()\n"
              "    return np.maximum(x, 0)\n")
    with ops.use(own(source)):
        assert ops.relu(np.ones(2)).tolist() == [1, 1]


# ------------------------------------------------------------------------------------------------------ in the commands

def shell(*words, **environment):
    command = [sys.executable, "-m", "minicnn", *words]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)


def test_the_environment_chooses_own_ops_and_the_gradient_check_examines_them(own):
    path = own("def relu(x):\n    return x * (x > 0)\n\ndef relu_backward(dy, x):\n    return dy * (x > 1)\n")
    done = shell("gradcheck", "relu with zeros", MINICNN_OPS=path)
    assert done.returncode == 1 and f"gradient check, {path} implementation" in done.stdout
    assert "FAIL op    relu with zeros" in done.stdout and f"--implementation {path}" in done.stdout


def test_a_wrong_file_in_the_environment_is_one_line_and_status_2(own):
    done = shell("doctor", "--data", "digits", MINICNN_OPS=own("def relu(a):\n    return a\n"))
    assert done.returncode == 2 and "expected def relu(x), got def relu(a)" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_flag_of_the_commands(own, capsys, monkeypatch, tmp_path):
    monkeypatch.delenv("MINICNN_OPS", raising=False)
    path = own("import numpy as np\n\ndef relu(x):\n    print('mine')\n    return np.maximum(x, 0)\n")
    words = ["train", "--data", "digits", "--limit", "40", "--epochs", "1", "--width", "2", "--run", str(tmp_path / "run"),
             "--no-pictures", "--ops", path]
    assert main(words) == 0
    assert "mine" in capsys.readouterr().out
    assert os.environ.pop("MINICNN_OPS") == path
    assert shell("train", "--data", "digits", "--ops", "seventh").stderr.startswith(
        "minicnn train: error: argument --ops: expected one of definition, reference, fast, got 'seventh'")
