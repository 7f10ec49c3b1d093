"""The check of exercise 24."""

import numpy as np

from minicnn.learn import advised, check_backward, check_value, compare_forward
from minicnn.learn.small import drawn, whole

LOGITS = np.log([[1.0, 2.0, 5.0], [4.0, 2.0, 2.0]])


def log_softmax(x):
    shifted = x - x.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def of_the_columns(x):
    shifted = x - x.max(axis=0)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def not_shifted(x):
    return x - np.log(np.exp(x - x.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))


LOG_SOFTMAX = {
    "the largest number of each column is subtracted. Subtract each row's own: x.max(axis=1, keepdims=True)": of_the_columns,
    "the logarithm belongs to the shifted numbers: return shifted - np.log(...)": not_shifted,
}
POOLING = {"this is a sum. The average is the sum divided by H * W": lambda x: x.sum(axis=(1, 2))}


def scaled(factor):
    def wrong(dy, x_shape):
        return np.broadcast_to(dy[:, None, None, :] * factor(*x_shape), x_shape)
    return wrong


POOLING_BACKWARD = {
    "dy is not divided by H * W. Forward is a mean of H * W pixels now, so each pixel gets dy / (H * W)": scaled(
        lambda N, H, W, C: 1),
    "dy is also divided by N. The mean is over the pixels of one image, not over the batch": scaled(
        lambda N, H, W, C: 1 / (N * H * W)),
    "dy is divided by H only. The mean is over H * W pixels": scaled(lambda N, H, W, C: 1 / H),
}


def check(task):
    compare_forward(task, "log_softmax", {"x": LOGITS}, log_softmax, mistakes=LOG_SOFTMAX)
    compare_forward(task, "log_softmax", {"x": drawn(4, 5)}, log_softmax, mistakes=LOG_SOFTMAX)
    overflow = "exp of a large number overflows: subtract the largest number of the row first"
    with advised({"infinity": overflow, "NaN": overflow}):
        compare_forward(task, "log_softmax", {"x": np.array([[10000.0, 9999.0, 0.0]])}, log_softmax)
    apart = "one row is far above the other, so all exp of the lower row are 0. Subtract each row's own largest number"
    with advised({"infinity": apart, "NaN": apart}):
        compare_forward(task, "log_softmax", {"x": np.array([[10000.0, 9999.0], [1.0, 2.0]])}, log_softmax)
    image = np.array([[1.0, 2.0], [3.0, 6.0]]).reshape(1, 2, 2, 1)
    for x in (image, whole(2, 3, 4, 2)):
        compare_forward(task, "global_avg_pool2d", {"x": x}, mistakes=POOLING)
    small = {"dy": np.array([[8.0]]), "x_shape": image.shape}
    check_backward(task, "global_avg_pool2d_backward", small, [({"x": drawn(3, 2, 4, 2)}, {})], mistakes=POOLING_BACKWARD)
    check_value(task, "log_softmax_is_found_by", "C", {
        "A": "Other random numbers are as near to each other as the first ones. The bug shows only if one row is far above "
             "another",
        "B": "On random numbers the function agrees with its definition. The bug shows only if one row is far above another",
        "D": "A network learns with it, until its logits are far apart one day. Choose a test that makes them so",
        None: "Choose one of the letters A to D"})
    check_value(task, "global_avg_pool2d_is_found_by", "B", {
        "A": "Backward is the right gradient of the sum, for all numbers: no gradient check sees a forward pass that is wrong",
        "C": "These are no logits. The numbers are wrong for every image that has more than one pixel",
        "D": "A network learns as well with a sum as with a mean: the next weights become smaller",
        None: "Choose one of the letters A to D"})
