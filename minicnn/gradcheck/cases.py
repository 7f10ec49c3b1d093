"""Everything the engine can differentiate, each with small inputs on which its gradients are checked.

`python -m minicnn gradcheck` runs all of it. Shapes are small, and nothing in them is square or equal by accident:
images 4 x 5, kernels 3 x 2, strides and paddings of unequal pairs; 3 images, 2 channels, 4 filters: a factor N is no
factor C. Some windows overlap and some pixels are seen once, so that a bug in one place shows which place it is.
"""

import shlex

import numpy as np

from .. import ops
from ..layers import (
    AvgPool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2D,
    LeakyReLU,
    LogSoftmax,
    MaxPool2D,
    ReLU,
    Sigmoid,
    Tanh,
)
from ..layers.branches import Concat, Residual
from ..layers.sequential import Sequential
from ..losses import sigmoid_cross_entropy, softmax_cross_entropy
from ..models import MODELS
from . import check_network
from .checks import layer_problem, loss_problem, op_problem
from .compare import check


def op_cases(rng):
    """(name, forward, backward, inputs, facts) for every pair of ops. `backward` names its gradients, facts help the hints."""
    normal = rng.standard_normal
    x, rows = normal((3, 4, 5, 2)), normal((4, 3))
    ties = np.round(x)                                             # equal maxima and exact zeros on purpose
    mask = rng.random(x.shape) > 0.4
    conv = {"stride": (2, 1), "padding": (1, 0)}
    slides = {"kernel_size": (3, 2), **conv}
    pool = {"kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 0)}
    cols = ops.im2col(x, (3, 2), **conv)

    def only_x(backward, *inputs, **settings):
        """A backward whose one gradient is dx, from x itself."""
        return lambda dy, x: {"x": backward(dy, x, *inputs, **settings)}

    def from_y(forward, backward):
        """A backward that is given y = forward(x) in place of x."""
        return lambda dy, x: {"x": backward(dy, forward(x))}

    def from_shape(backward, **settings):
        return lambda dy, x: {"x": backward(dy, x.shape, **settings)}

    yield ("im2col", lambda x: ops.im2col(x, (3, 2), **conv),
           lambda dy, x: {"x": ops.col2im(dy, x.shape, (3, 2), **conv)}, {"x": x}, slides)
    yield ("col2im", lambda cols: ops.col2im(cols, x.shape, (3, 2), **conv),
           lambda dy, cols: {"cols": ops.im2col(dy, (3, 2), **conv)}, {"cols": cols}, {})
    yield ("conv2d", lambda x, w, b: ops.conv2d(x, w, b, **conv),
           lambda dy, x, w, b: dict(zip("xwb", ops.conv2d_backward(dy, x, w, **conv))),
           {"x": x, "w": normal((3, 2, 2, 4)), "b": normal(4)}, slides)
    yield ("conv2d same", lambda x, w, b: ops.conv2d(x, w, b, (2, 3), "same"),
           lambda dy, x, w, b: dict(zip("xwb", ops.conv2d_backward(dy, x, w, (2, 3), "same"))),
           {"x": x, "w": normal((2, 3, 2, 4)), "b": normal(4)}, {"kernel_size": (2, 3), "stride": (2, 3), "padding": "same"})
    yield ("conv2d_relu", lambda x, w, b: ops.conv2d_relu(x, w, b, **conv),
           lambda dy, x, w, b: dict(zip("xwb", ops.conv2d_backward(
               ops.relu_backward(dy, ops.conv2d(x, w, b, **conv)), x, w, **conv))),
           {"x": x, "w": normal((3, 2, 2, 4)), "b": normal(4)}, slides)
    yield ("dense_relu", ops.dense_relu,
           lambda dy, x, w, b: dict(zip("xwb", ops.dense_backward(ops.relu_backward(dy, ops.dense(x, w, b)), x, w))),
           {"x": rows, "w": normal((3, 5)), "b": normal(5)}, {})
    yield ("dense", ops.dense, lambda dy, x, w, b: dict(zip("xwb", ops.dense_backward(dy, x, w))),
           {"x": rows, "w": normal((3, 5)), "b": normal(5)}, {})
    for name, data in (("max_pool2d", x), ("max_pool2d with ties", ties)):
        yield name, lambda x: ops.max_pool2d(x, **pool), only_x(ops.max_pool2d_backward, **pool), {"x": data}, pool
    yield ("max_pool2d_relu", lambda x: ops.max_pool2d(ops.relu(x), **pool),
           lambda dy, x: {"x": ops.max_pool2d_relu_backward(dy, ops.relu(x), **pool)}, {"x": x}, pool)
    yield "avg_pool2d", lambda x: ops.avg_pool2d(x, **pool), from_shape(ops.avg_pool2d_backward, **pool), {"x": x}, pool
    yield "global_avg_pool2d", ops.global_avg_pool2d, from_shape(ops.global_avg_pool2d_backward), {"x": x}, {}
    for name, data in (("relu", x), ("relu with zeros", ties)):
        yield name, ops.relu, only_x(ops.relu_backward), {"x": data}, {}
    yield "leaky_relu", lambda x: ops.leaky_relu(x, 0.2), only_x(ops.leaky_relu_backward, 0.2), {"x": x}, {}
    yield "sigmoid", ops.sigmoid, from_y(ops.sigmoid, ops.sigmoid_backward), {"x": x}, {}
    yield "tanh", ops.tanh, from_y(ops.tanh, ops.tanh_backward), {"x": x}, {}
    yield "log_softmax", ops.log_softmax, from_y(ops.log_softmax, ops.log_softmax_backward), {"x": rows}, {}
    yield ("dropout", lambda x: ops.dropout(x, mask, 0.4),
           lambda dy, x: {"x": ops.dropout_backward(dy, mask, 0.4)}, {"x": x}, {"rate": 0.4})
    for shape, data in (("4-D", x), ("2-D", rows)):
        C = data.shape[-1]
        scale = {"gamma": normal(C), "beta": normal(C)}
        yield (f"batch_norm {shape}", lambda x, gamma, beta: ops.batch_norm(x, gamma, beta)[0],
               lambda dy, x, gamma, beta: dict(zip(("x", "gamma", "beta"), ops.batch_norm_backward(
                   dy, x, gamma, *ops.batch_norm(x, gamma, beta)[1:]))), {"x": data, **scale}, {})
        given = {"mean": normal(C), "var": rng.uniform(0.5, 2, C)}
        yield (f"batch_norm_eval {shape}", lambda x, gamma, beta, given=given: ops.batch_norm_eval(x, gamma, beta, **given),
               lambda dy, x, gamma, beta, given=given: dict(zip(("x", "gamma", "beta"), ops.batch_norm_eval_backward(
                   dy, x, gamma, **given))), {"x": data, **scale}, {})
        yield (f"batch_norm_relu {shape}", lambda x, gamma, beta: ops.batch_norm_relu(x, gamma, beta)[0],
               lambda dy, x, gamma, beta: dict(zip(("x", "gamma", "beta"), ops.batch_norm_relu_backward(
                   dy, x, gamma, beta, *ops.batch_norm(x, gamma, beta)[1:]))), {"x": data, **scale}, {})
    yield ("batch_norm_eval_relu", lambda x, gamma, beta: ops.batch_norm_eval_relu(x, gamma, beta, **given),
           lambda dy, x, gamma, beta: dict(zip(("x", "gamma", "beta"), ops.batch_norm_eval_backward(
               ops.relu_backward(dy, ops.batch_norm_eval(x, gamma, beta, **given)), x, gamma, **given))),
           {"x": rows, **scale}, {})
    yield "add", ops.add, lambda dy, a, b: {"a": dy, "b": dy}, {"a": rows, "b": normal(rows.shape)}, {}
    yield ("add_relu", ops.add_relu, lambda dy, a, b: dict.fromkeys("ab", ops.relu_backward(dy, ops.add(a, b))),
           {"a": rows, "b": normal(rows.shape)}, {})


def layer_cases(rng):
    """(layer, x_shape) for every layer and container."""
    images, rows = (3, 4, 5, 2), (4, 3)
    yield Conv2D(2, 4, kernel_size=(3, 2), stride=(2, 1), padding=(1, 0), rng=rng), images
    yield Conv2D(2, 3, kernel_size=(2, 3), stride=2, padding="same", bias=False, rng=rng), images
    yield Dense(3, 5, rng=rng), rows
    yield Dense(3, 5, bias=False, rng=rng), rows
    yield MaxPool2D((3, 2), stride=(2, 1), padding=(1, 0)), images
    yield AvgPool2D((3, 2), stride=(1, 2), padding=(1, 0)), images
    yield GlobalAvgPool2D(), images
    for activation in (ReLU(), LeakyReLU(0.2), Sigmoid(), Tanh(), LogSoftmax()):
        yield activation, rows
    yield Flatten(), images
    yield Dropout(0.4, rng=rng), images
    for shape in (images, rows):
        yield _trained(BatchNorm(shape[-1]), rng), shape
        yield _trained(BatchNorm(shape[-1]), rng).eval(), shape
    yield Sequential([Conv2D(2, 3, kernel_size=2, rng=rng), Tanh(), Flatten(), Dense(36, 3, rng=rng)]), images
    yield Residual([Conv2D(2, 2, kernel_size=3, padding=1, rng=rng), Tanh()]), images
    yield Residual([Conv2D(2, 4, kernel_size=3, stride=2, padding=1, rng=rng), Sigmoid()],
                   shortcut=Conv2D(2, 4, kernel_size=1, stride=2, rng=rng)), images
    yield Concat([Conv2D(2, 3, kernel_size=1, rng=rng), [Conv2D(2, 4, kernel_size=3, padding="same", rng=rng), Tanh()],
                  MaxPool2D(3, stride=1, padding=1)]), images
    yield Sequential([
        Conv2D(1, 3, kernel_size=3, padding=1, bias=False, rng=rng), BatchNorm(3), ReLU(), MaxPool2D(2),
        Residual([Conv2D(3, 3, kernel_size=3, padding=1, rng=rng), ReLU()]), Flatten(), Dropout(0.3, rng=rng),
        Dense(18, 5, rng=rng)]), (3, 4, 6, 1)
    yield Sequential([Residual([Conv2D(2, 2, kernel_size=3, padding=1, rng=rng), BatchNorm(2)]), ReLU()]), images


def loss_cases(rng):
    """(loss, logits, labels, settings) for every loss."""
    logits, labels = rng.standard_normal((5, 4)), np.array([0, 3, 1, 1, 2])
    weights = np.array([0.5, 2.0, 1.0, 3.0])
    yield softmax_cross_entropy, logits, labels, {}
    yield softmax_cross_entropy, logits, labels, {"class_weights": weights, "label_smoothing": 0.1}
    yield sigmoid_cross_entropy, logits, (logits > 0.3).astype(int), {}
    yield sigmoid_cross_entropy, logits[:, :1], labels % 2, {"class_weights": weights[:2], "label_smoothing": 0.1}


def networks(rng):
    """(name, network, x_shape) for every network of models.py, narrow, for the fast mode of the check."""
    narrow = {"two_conv": {"width": 4}, "vgg_like": {"width": 4, "hidden": 8}, "resnet": {"width": 4},
              "inception_like": {"width": 16}}
    for name, make in MODELS.items():
        yield name, make((28, 28, 1), rng=rng, **narrow.get(name, {})), (3, 28, 28, 1)


def network_reports(seed=0, what=""):
    """(kind, NetworkReport) for every network whose name contains `what`."""
    for k, (name, network, x_shape) in enumerate(networks(np.random.default_rng(seed))):
        if what.lower() in name:
            again = f"python -m minicnn gradcheck {name} --implementation {shlex.quote(ops.current())} --seed {seed}"
            yield "net", check_network(network, x_shape, np.random.default_rng([seed, k]))._replace(title=name, again=again)


def _trained(norm, rng):
    """A batch norm with other numbers than its initial ones, so that an exchange of two of them shows."""
    for array in (norm.gamma.value, norm.beta.value, norm.running_mean):
        array[...] = rng.standard_normal(array.shape)
    norm.running_var[...] = rng.uniform(0.5, 2, norm.running_var.shape)
    return norm


def reports(seed=0, what=""):
    """(kind, Report) for everything whose name contains `what`, one after the other; each report says how to see it again."""
    return ((kind, check(problem)) for kind, problem in problems(seed, lambda name: what.lower() in name.lower()))


def problems(seed=0, wanted=lambda name: True):
    """(kind, Problem) for everything whose name is wanted, one after the other."""
    def again(name):
        return f"python -m minicnn gradcheck {shlex.quote(name)} --implementation {shlex.quote(ops.current())} --seed {seed}"

    rng = np.random.default_rng(seed)                              # draws all data, wanted or not, so that `again` holds
    for k, (name, forward, backward, inputs, facts) in enumerate(op_cases(rng)):
        if wanted(name):
            yield "op", op_problem(forward, backward, inputs, np.random.default_rng([seed, k]), name,
                                   again=again(name), **facts)
    for k, (layer, x_shape) in enumerate(layer_cases(rng)):
        name = " ".join(repr(layer).split())
        if wanted(name):
            yield "layer", layer_problem(layer, x_shape, np.random.default_rng([seed, k]), again=again(name))
    for loss, logits, labels, settings in loss_cases(rng):
        if wanted(loss.__name__):
            yield "loss", loss_problem(loss, logits, labels, again=again(loss.__name__), **settings)
