"""The check of exercise 25."""

import numpy as np

from minicnn.learn import Fault, Named, advised, compare_forward
from minicnn.learn.small import IMAGE, drawn, whole

FLATTEN = {
    "the channels come first here. Put the channels of a pixel side by side: x.reshape(N, -1), without a transpose":
        lambda x: x.transpose(0, 3, 1, 2).reshape(len(x), -1),
    "the numbers are in column order. Go row by row: x.reshape(N, -1)": lambda x: x.reshape(len(x), -1, order="F"),
}
BACKWARD = {
    "the numbers are put back in another order than flatten took them: dy.reshape(x_shape), without `order`":
        lambda dy, x_shape: dy.reshape(x_shape, order="F"),
    "the numbers are put back in the order channels, rows, columns, another order than flatten took them": lambda dy, x_shape:
        dy.reshape(x_shape[0], x_shape[3], *x_shape[1:3]).transpose(0, 2, 3, 1),
}
RESIDUAL = {"`+ x` is missing: y = body(x) + x": lambda x, body: body(x),
            "the body is missing: y = body(x) + x": lambda x, body: x}
PATHS = {
    "the path through the shortcut is missing: x is also used in `+ x`, and dy comes back from there":
        lambda dy, body: body(dy),
    "the path through the body is missing: body_backward(dy) comes back from there": lambda dy, body: 1.0 * dy,
    "dy of the shortcut is added twice. There is one shortcut": lambda dy, body: body(dy) + 2 * dy,
    "the two paths are multiplied. Paths add": lambda dy, body: body(dy) * dy,
}


def check(task):
    with advised({"y of shape": "the batch stays: one row for each image, x.reshape(x.shape[0], -1)"}):
        for x in (IMAGE, whole(2, 3, 2, 2), drawn(3, 4, 5, 2)):
            compare_forward(task, "flatten", {"x": x}, lambda x: x.reshape(len(x), -1), mistakes=FLATTEN)
    with advised({"dx of shape": "dx has the shape x_shape"}):
        for shape in ((1, 2, 3, 1), (2, 3, 2, 2)):
            arguments = {"dy": whole(shape[0], np.prod(shape[1:])), "x_shape": shape}
            compare_forward(task, "flatten_backward", arguments, lambda dy, x_shape: dy.reshape(x_shape), mistakes=BACKWARD)
    square = Named("x -> x ** 2", lambda x: x**2)
    arguments = {"x": np.array([1.0, -2.0, 3.0]), "body": square}
    compare_forward(task, "residual", arguments, lambda x, body: body(x) + x, mistakes=RESIDUAL)
    triple = Named("dy -> 3 * dy", lambda dy: 3 * dy)
    arguments = {"dy": np.array([1.0, -2.0, 4.0]), "body_backward": triple}
    compare_forward(task, "residual_backward", arguments, lambda dy, body_backward: body_backward(dy) + dy,
                    mistakes={text: _with_body(wrong) for text, wrong in PATHS.items()})
    _check_calls(task.function("residual_backward"))


def _with_body(wrong):
    return lambda dy, body_backward: wrong(dy, body_backward)


def _check_calls(learned):
    calls = []
    learned(np.ones(3), Named("dy -> dy", lambda dy: calls.append(1) or 1.0 * dy))
    if len(calls) != 1:
        raise Fault(f"{learned.where} calls body_backward {len(calls)} times. Call it once: a second call costs as much again, "
                    "and changes the gradients of a body that keeps them")
