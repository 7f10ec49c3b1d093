"""The ops: the mathematics of a CNN as pairs of pure functions, `name` and `name_backward`.

The files here hold the docstring of each op, with its equation and its checks. The arithmetic exists three times, with one
signature and in files of the same names:

    definition    the equation as nested loops
    reference     a few lines of NumPy: the textbook
    fast          compiled by Numba, on all cores: the default

`ops.conv2d(...)` checks its arguments and calls the implementation in use. Choose one with `use("definition")`, for one
block with `with use("definition"): ...`, or for a whole program with the environment variable MINICNN_OPS. In the place of
a name, the path of a file or folder loads your own ops: own.py says how.

Ops take arrays and return new arrays. They never write to their arguments, keep no state, and keep the dtype they get.
"""

from .activations import leaky_relu, leaky_relu_backward, relu, relu_backward, sigmoid, sigmoid_backward, tanh, tanh_backward
from .addition import add, add_relu
from .backend import current, implementations, set_num_threads, sources, use
from .batchnorm import (
    batch_norm,
    batch_norm_backward,
    batch_norm_eval,
    batch_norm_eval_backward,
    batch_norm_eval_relu,
    batch_norm_relu,
    batch_norm_relu_backward,
)
from .conv import col2im, conv2d, conv2d_backward, conv2d_relu, im2col
from .dense import dense, dense_backward, dense_relu
from .dropout import dropout, dropout_backward
from .pool import (
    avg_pool2d,
    avg_pool2d_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
    max_pool2d_relu_backward,
)
from .resample import affine
from .softmax import log_softmax, log_softmax_backward
from .updates import adam, rmsprop, sgd

__all__ = [
    "adam", "add", "add_relu", "affine", "avg_pool2d", "avg_pool2d_backward", "batch_norm", "batch_norm_backward",
    "batch_norm_eval", "batch_norm_eval_backward", "batch_norm_eval_relu", "batch_norm_relu", "batch_norm_relu_backward",
    "col2im", "conv2d", "conv2d_backward", "conv2d_relu", "current", "dense", "dense_backward", "dense_relu", "dropout",
    "dropout_backward", "global_avg_pool2d", "global_avg_pool2d_backward", "im2col",
    "implementations", "leaky_relu", "leaky_relu_backward", "log_softmax", "log_softmax_backward", "max_pool2d",
    "max_pool2d_backward", "max_pool2d_relu_backward", "relu", "relu_backward", "rmsprop", "set_num_threads", "sgd",
    "sigmoid", "sigmoid_backward", "sources", "tanh", "tanh_backward", "use",
]
