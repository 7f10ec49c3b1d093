"""The page of a whole small network: one image through convolution, ReLU, pooling, dense layer and loss, and back."""

import numpy as np

from ... import losses
from ...ops import definition
from . import given
from .flipped import PLACE
from .pooling import PLACE as POOLED
from .pooling import winner
from .recorder import Recorder
from .scene import Scene, View

ROLES = {"x": "input", "w": "parameter", "b": "parameter", "z": "output", "a": "output", "p": "output", "logits": "output",
         "log_p": "output", "target": "middle", "loss": "output"}


def network(wanted) -> Scene:
    """Every number of one training step, forward and backward. `wanted` has nothing that this page could change."""
    recorder = Recorder()
    view = View("network", "The network", "conv 3 x 3 with two filters → ReLU → max-pool 2 x 2 → dense → softmax and "
                "cross-entropy. The buttons below jump to the parts; the down arrow jumps to the next window.", recorder,
                _run(recorder))
    return Scene("network", "A whole small network", "One image goes forward to a loss, and the gradient of the loss goes back "
                 "to every weight and every pixel.", [view])


def _run(recorder):
    """The training step, op by op, as a network of these layers does it."""
    x = recorder.array("x", given.DIGIT, "input", axes="nijc", note="a small 7")
    w1 = recorder.array("w1", given.EDGES, "parameter", axes="uvcf")
    b1 = recorder.array("b1", given.EDGES_B, "parameter", axes="f")
    z, a = (_show(recorder, name, (1, 4, 4, 2), "nijf", 1) for name in "za")
    p = _show(recorder, "p", (1, 2, 2, 2), "nijf", 2)
    w2 = recorder.array("w2", given.OUT_W, "parameter", axes="dk", line=2)
    b2 = recorder.array("b2", given.OUT_B, "parameter", axes="k", line=2)
    logits, log_p, target = (_show(recorder, name, (1, 3), "nk", 3) for name in ("logits", "log_p", "target"))
    loss = _show(recorder, "loss", (1,), "n", 3)
    dx = _gradient(recorder, x, "x", "nijc", 0)
    dw1, db1 = _gradient(recorder, w1, "w1", "uvcf", 0), _gradient(recorder, b1, "b1", "f", 0)
    dz, da, dp = (_gradient(recorder, shown, shown.name, "nijf", line) for shown, line in ((z, 1), (a, 1), (p, 2)))
    dw2, db2 = _gradient(recorder, w2, "w2", "dk", 2), _gradient(recorder, b2, "b2", "k", 2)
    dlogits = _gradient(recorder, logits, "logits", "nk", 3)
    shown_x, shown_a = recorder.shown[0], a

    call, labels = recorder.call, np.array([given.DIGIT_LABEL])
    z = call(definition.conv2d, x, w1, b1, created={"x": shown_x, "y": z}, window=PLACE,
             stage="conv2d: z = conv2d(x, w1, b1)")
    a = call(definition.relu, z, created={"y": a}, window=("index",), stage="relu: a = relu(z)")
    p = call(definition.max_pool2d, a, 2, created={"x": shown_a, "y": p}, window=POOLED, mark=winner,
             stage="max_pool2d: p = max_pool2d(a, 2)")
    flat = p.reshape(1, -1)
    scores = call(definition.dense, flat, w2, b2, created={"y": logits}, window=("n", "k"),
                  stage="dense: logits = dense(p, w2, b2), with p as one row")
    call(definition.log_softmax, scores, created={"y": log_p}, window=("row",),
         stage="log_softmax: log_p = log_softmax(logits)")
    value, dscores = call(losses.softmax_cross_entropy, scores, labels,
                          stage="loss: the loss, and its gradient, with which backward starts",
                          created={"log_p": log_p, "target": target, "loss": loss, "dlogits": dlogits})
    recorder.link(dscores, dlogits, dlogits.ids)                   # the loss returns a copy

    dflat, dw2, db2 = call(definition.dense_backward, dscores, flat, w2, window=("n", "k"),
                           created={"dx": (dp, dp.ids.reshape(1, -1)), "dw": dw2, "db": db2},
                           stage="dense, back: dp, dw2 and db2 from dlogits")
    da_values = call(definition.max_pool2d_backward, dflat.reshape(p.shape), a, 2, window=POOLED, mark=winner,
                     created={"x": shown_a, "dx": da}, stage="max_pool2d, back: each winner gets its dp")
    dz_values = call(definition.relu_backward, da_values, z, created={"y": dz}, window=("index",),
                     stage="relu, back: the gradient passes where z was positive")
    dx_values, dw1, db1 = call(definition.conv2d_backward, dz_values, x, w1, window=PLACE,
                               created={"x": shown_x, "dx": dx, "dw": dw1, "db": db1},
                               stage="conv2d, back: dx, dw1 and db1 from dz")
    return {"logits": scores, "loss": np.array([value]), "dw2": dw2, "db2": db2, "dw1": dw1, "db1": db1, "dx": dx_values}


def _show(recorder, name, shape, axes, line):
    return recorder.show(name, shape, ROLES[name.rstrip("12")], axes=axes, line=line)


def _gradient(recorder, of, name, axes, line):
    """Show the gradient of an array in the second column, beside it."""
    return recorder.show("d" + name, of.shape, ROLES[name.rstrip("12")], axes=axes, line=line, side=1)
