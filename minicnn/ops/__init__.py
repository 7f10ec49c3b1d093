"""The ops: pairs of pure functions, `name` and `name_backward`, on a ladder of rungs with the same signatures.

    definition    the equation as nested loops: what the words mean
    reference     a few lines of NumPy: the textbook
    fast          Numba, all cores: what users run

`ops.conv2d(...)` checks its arguments and hands them to the rung in use. Choose one with `use("definition")`, for a
while with `with use("definition"): ...`, or for a whole program with the environment variable MINICNN_OPS.
They take arrays and return arrays, never write to what they are given, keep no state, and keep the dtype they get.
"""

from .backend import current, op, rungs, set_num_threads, use

im2col, col2im = op("im2col"), op("col2im")
conv2d, conv2d_backward = op("conv2d"), op("conv2d_backward")
dense, dense_backward = op("dense"), op("dense_backward")
max_pool2d, max_pool2d_backward = op("max_pool2d"), op("max_pool2d_backward")
avg_pool2d, avg_pool2d_backward = op("avg_pool2d"), op("avg_pool2d_backward")
global_avg_pool2d, global_avg_pool2d_backward = op("global_avg_pool2d"), op("global_avg_pool2d_backward")
relu, relu_backward = op("relu"), op("relu_backward")
leaky_relu, leaky_relu_backward = op("leaky_relu"), op("leaky_relu_backward")
sigmoid, sigmoid_backward = op("sigmoid"), op("sigmoid_backward")
tanh, tanh_backward = op("tanh"), op("tanh_backward")
dropout, dropout_backward = op("dropout"), op("dropout_backward")
log_softmax, log_softmax_backward = op("log_softmax"), op("log_softmax_backward")
batch_norm, batch_norm_backward = op("batch_norm"), op("batch_norm_backward")
batch_norm_eval, batch_norm_eval_backward = op("batch_norm_eval"), op("batch_norm_eval_backward")
conv2d_relu, dense_relu = op("conv2d_relu"), op("dense_relu")
max_pool2d_relu_backward = op("max_pool2d_relu_backward")
affine = op("affine")
sgd, rmsprop, adam = (op(name, settings=False) for name in ("sgd", "rmsprop", "adam"))
