"""What is checked before any op computes: one function per op, with the op's own name and signature.

`ops/__init__.py` calls these in front of whichever rung is in use, so that the rungs hold mathematics alone and all
refuse the same things in the same words. They raise ShapeError or DtypeError (see shapes.py) and return nothing.
"""

import numbers

from ..shapes import (
    DtypeError,
    ShapeError,
    check_floats,
    check_images,
    check_shape,
    conv_window,
    message,
    pool_window,
    shape_text,
    window,
)

SHAPE_OF_Y = "dy has the shape of the forward pass's y"


# ------------------------------------------------------------------------------------------- windows and products

def im2col(x, kernel_size, stride=1, padding=0):
    check_floats("im2col", x=x)
    check_images("im2col", x.shape)
    window("im2col", x.shape, kernel_size, stride, padding)


def col2im(cols, x_shape, kernel_size, stride=1, padding=0):
    check_floats("col2im", cols=cols)
    check_images("col2im", x_shape)
    win = window("col2im", x_shape, kernel_size, stride, padding)
    check_shape("col2im", "cols", cols.shape, (x_shape[0] * win.OH * win.OW, win.KH * win.KW * x_shape[3]),
                "cols is (N*OH*OW, KH*KW*C)")


def conv2d(x, w, b=None, stride=1, padding=0):
    check_floats("conv2d", x=x, w=w)
    conv_window("conv2d", x.shape, w.shape, stride, padding)
    _vectors("conv2d", w.shape[3:], b=b)


def conv2d_backward(dy, x, w, stride=1, padding=0, input_gradient=True):
    who = "conv2d_backward"
    check_floats(who, dy=dy, x=x, w=w)
    win = conv_window(who, x.shape, w.shape, stride, padding)
    check_shape(who, "dy", dy.shape, (x.shape[0], win.OH, win.OW, w.shape[3]), SHAPE_OF_Y)


def conv2d_relu(x, w, b=None, stride=1, padding=0):
    conv2d(x, w, b, stride, padding)


def dense(x, w, b=None):
    _dense("dense", x, w)
    _vectors("dense", w.shape[1:], b=b)


def dense_relu(x, w, b=None):
    dense(x, w, b)


def dense_backward(dy, x, w, input_gradient=True):
    _dense("dense_backward", x, w)
    check_floats("dense_backward", dy=dy)
    check_shape("dense_backward", "dy", dy.shape, (x.shape[0], w.shape[1]), SHAPE_OF_Y)


def _dense(who, x, w):
    check_floats(who, x=x, w=w)
    check_shape(who, "w", w.shape, ("D", "K"))
    check_shape(who, "x", x.shape, ("N", w.shape[0]), "" if x.ndim == 2 else "Flatten makes (N, D) of images")


def _vectors(who, shape, **vectors):
    vectors = {name: vector for name, vector in vectors.items() if vector is not None}
    check_floats(who, **vectors)
    for name, vector in vectors.items():
        check_shape(who, name, vector.shape, shape, "one number per output channel")


def _pool(who, x_shape, kernel_size, stride, padding, dy=None):
    win = pool_window(who, x_shape, kernel_size, stride, padding)
    if dy is not None:
        check_floats(who, dy=dy)
        check_shape(who, "dy", dy.shape, (x_shape[0], win.OH, win.OW, x_shape[3]), SHAPE_OF_Y)


def max_pool2d(x, kernel_size, stride=None, padding=0):
    check_floats("max_pool2d", x=x)
    _pool("max_pool2d", x.shape, kernel_size, stride, padding)


def max_pool2d_backward(dy, x, kernel_size, stride=None, padding=0):
    check_floats("max_pool2d_backward", x=x)
    _pool("max_pool2d_backward", x.shape, kernel_size, stride, padding, dy)


def max_pool2d_relu_backward(dy, y, kernel_size, stride=None, padding=0):
    max_pool2d_backward(dy, y, kernel_size, stride, padding)


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    check_floats("avg_pool2d", x=x)
    _pool("avg_pool2d", x.shape, kernel_size, stride, padding)


def avg_pool2d_backward(dy, x_shape, kernel_size, stride=None, padding=0):
    _pool("avg_pool2d_backward", x_shape, kernel_size, stride, padding, dy)


def global_avg_pool2d(x):
    check_floats("global_avg_pool2d", x=x)
    check_images("global_avg_pool2d", x.shape)


def global_avg_pool2d_backward(dy, x_shape):
    check_floats("global_avg_pool2d_backward", dy=dy)
    check_images("global_avg_pool2d_backward", x_shape)
    check_shape("global_avg_pool2d_backward", "dy", dy.shape, (x_shape[0], x_shape[3]), SHAPE_OF_Y)


# ------------------------------------------------------------------------------------------------- entry by entry

def _alike(who, **arrays):
    """Floats of any one shape that has an entry; the first array sets the shape."""
    check_floats(who, **arrays)
    (_, first), *_ = arrays.items()
    for name, array in arrays.items():
        check_shape(who, name, array.shape, first.shape)


def relu(x):
    _alike("relu", x=x)


def relu_backward(dy, x):
    _alike("relu_backward", x=x, dy=dy)


def leaky_relu(x, slope=0.01):
    _alike("leaky_relu", x=x)


def leaky_relu_backward(dy, x, slope=0.01):
    _alike("leaky_relu_backward", x=x, dy=dy)


def sigmoid(x):
    _alike("sigmoid", x=x)


def sigmoid_backward(dy, y):
    _alike("sigmoid_backward", y=y, dy=dy)


def tanh(x):
    _alike("tanh", x=x)


def tanh_backward(dy, y):
    _alike("tanh_backward", y=y, dy=dy)


def log_softmax(x):
    _alike("log_softmax", x=x)


def log_softmax_backward(dy, y):
    _alike("log_softmax_backward", y=y, dy=dy)


def dropout(x, mask, rate):
    _dropout("dropout", "x", x, mask, rate)


def dropout_backward(dy, mask, rate):
    _dropout("dropout_backward", "dy", dy, mask, rate)


def _dropout(who, name, array, mask, rate):
    _alike(who, **{name: array})
    if isinstance(rate, bool) or not isinstance(rate, numbers.Real) or not 0 <= rate < 1:
        raise ShapeError(message(who, "rate in [0, 1)", repr(rate), "rate is the share that is dropped"))
    if str(getattr(mask, "dtype", "")) != "bool" or mask.shape != array.shape:
        raise ShapeError(message(who, f"mask: booleans {shape_text(array.shape)}",
                                 f"{getattr(mask, 'dtype', type(mask).__name__)} {getattr(mask, 'shape', '')}",
                                 f"mask has one entry for each of {name}"))


# --------------------------------------------------------------------------------------------- batch normalisation

def batch_norm(x, gamma, beta, epsilon=1e-5):
    _batch_norm("batch_norm", x, gamma=gamma, beta=beta)
    if x.size == x.shape[-1]:
        raise ShapeError(message("batch_norm", "more than one value per channel (N*H*W > 1)", shape_text(x.shape),
                                 "one value has no variance: take a larger batch, or eval mode"))


def batch_norm_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    _batch_norm("batch_norm_backward", x, gamma=gamma, mean=mean, var=var)
    _alike("batch_norm_backward", x=x, dy=dy)


def batch_norm_eval(x, gamma, beta, mean, var, epsilon=1e-5):
    _batch_norm("batch_norm_eval", x, gamma=gamma, beta=beta, mean=mean, var=var)


def batch_norm_eval_backward(dy, x, gamma, mean, var, epsilon=1e-5):
    _batch_norm("batch_norm_eval_backward", x, gamma=gamma, mean=mean, var=var)
    _alike("batch_norm_eval_backward", x=x, dy=dy)


def _batch_norm(who, x, **vectors):
    """x (N, C) or (N, H, W, C), and vectors (C,)."""
    check_floats(who, x=x)
    if x.ndim == 4:
        check_images(who, x.shape)
    else:
        check_shape(who, "x", x.shape, ("N", "C"), "batch norm takes (N, C) or (N, H, W, C)")
    _vectors(who, x.shape[-1:], **vectors)


# ------------------------------------------------------------------------------------------------------- resampling

def affine(x, matrices, fill=0.0):
    check_floats("affine", x=x, matrices=matrices)
    check_images("affine", x.shape)
    check_shape("affine", "matrices", matrices.shape, (x.shape[0], 2, 3), "one matrix per image: matrices[n] @ (i, j, 1)")
    if isinstance(fill, bool) or not isinstance(fill, numbers.Real):
        raise DtypeError(message("affine", "fill to be a number", repr(fill)))


# ------------------------------------------------------------------------------------------------------- optimizers

def sgd(w, g, u, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    _alike("sgd", w=w, g=g, u=u)


def rmsprop(w, g, v, lr, decay=0.99, epsilon=1e-8, weight_decay=0.0):
    _alike("rmsprop", w=w, g=g, v=v)


def adam(w, g, m, v, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0, decoupled=False):
    _alike("adam", w=w, g=g, m=m, v=v)
