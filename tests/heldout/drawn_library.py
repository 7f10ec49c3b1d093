"""Random sizes and inputs, and random networks of the library's own layers."""

import numpy as np

from minicnn import (
    AvgPool2D,
    BatchNorm,
    Concat,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2D,
    LeakyReLU,
    MaxPool2D,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Tanh,
)

from . import activations as act
from . import activations_smooth as smooth

SMOOTH = (Tanh, Sigmoid, smooth.SiLU, smooth.GELUTanh, smooth.Softsign, smooth.Mish, smooth.TanhShrink)
KINKED = (
    ReLU,
    LeakyReLU,
    act.ReLU6,
    act.HardSigmoid,
    act.HardSwish,
    act.HardTanhLeaky,
    act.SoftShrink,
    act.ELU,
    act.CELU,
    act.SELU,
    act.Softplus,
)


def one_of(rng, things):
    return things[rng.integers(len(things))]


def size(rng, low=2, high=5):
    return int(rng.integers(low, high + 1))


def dense(rng, D, K):
    layer = Dense(D, K, rng=rng, dtype=np.float64)
    layer.b.value = rng.normal(size=K)
    return layer


def conv2d(rng, C, F, kernel=None):
    kernel = kernel or (size(rng, 1, 3), size(rng, 1, 3))
    return Conv2D(C, F, kernel_size=kernel, padding=size(rng, 0, 1), rng=rng, dtype=np.float64)


def batch_norm(C):
    return BatchNorm(C, dtype=np.float64)


def activation(rng):
    return one_of(rng, SMOOTH + KINKED)()


def rows(rng, D):
    return size(rng, 2, 4), D


def image(rng, C):
    return size(rng, 1, 3), size(rng, 3, 5), size(rng, 3, 5), C


def positive(rng, layer, smallest=-6, largest=3):
    """The layer, and x > 0 of all sizes from 1e-6 to 1e3, or all of one size."""
    shape = size(rng, 2, 3), size(rng, 2, 4)
    exponents = rng.uniform(smallest, largest, size=shape if rng.random() < 0.5 else ())
    return layer, 10.0**exponents * (0.5 + rng.random(shape))


def scaled(rng, layer, shape, low=-3, high=3):
    """The layer, and normal numbers of one size between 10**low and 10**high."""
    return layer, rng.normal(size=shape) * 10.0 ** rng.uniform(low, high)


# ---- the library's own layers


def dense_batch_norm(rng):
    D, K = size(rng), size(rng)
    return Sequential([dense(rng, D, K), batch_norm(K)]), (size(rng, 3, 6), D)


def dense_batch_norm_deep(rng):
    D, K, M = size(rng), size(rng), size(rng)
    layers = [dense(rng, D, K), batch_norm(K), one_of(rng, (ReLU, Tanh, Sigmoid))(), dense(rng, K, M), batch_norm(M)]
    return Sequential(layers), (size(rng, 3, 6), D)


def conv_batch_norm(rng):
    C, F = size(rng, 1, 3), size(rng, 1, 3)
    return Sequential([conv2d(rng, C, F), batch_norm(F), ReLU()]), image(rng, C)


def conv_pool_dense(rng):
    C, F = size(rng, 1, 2), size(rng, 1, 3)
    layers = [Conv2D(C, F, 3, padding=1, rng=rng, dtype=np.float64), ReLU(), one_of(rng, (MaxPool2D, AvgPool2D))(2), Flatten()]
    return Sequential([*layers, dense(rng, 4 * F, 3)]), (size(rng, 1, 2), 4, 4, C)


def conv_global(rng):
    C, F = size(rng, 1, 2), size(rng, 2, 3)
    return Sequential([conv2d(rng, C, F), Tanh(), GlobalAvgPool2D(), dense(rng, F, 2)]), image(rng, C)


def mlp(rng):
    D, K = size(rng), size(rng)
    return Sequential([dense(rng, D, K), activation(rng), dense(rng, K, 2)]), rows(rng, D)


def residual_dense(rng):
    D = size(rng)
    return Residual(Sequential([dense(rng, D, D), activation(rng)])), rows(rng, D)


def residual_conv(rng):
    C = size(rng, 1, 3)
    body = [Conv2D(C, C, 3, padding=1, rng=rng, dtype=np.float64), batch_norm(C), ReLU()]
    return Residual(Sequential(body)), image(rng, C)


def residual_shortcut(rng):
    C, F = size(rng, 1, 3), size(rng, 1, 3)
    body = [Conv2D(C, F, 3, padding=1, rng=rng, dtype=np.float64), batch_norm(F), ReLU()]
    return Sequential([Residual(body, Conv2D(C, F, 1, rng=rng, dtype=np.float64)), ReLU()]), image(rng, C)


def concat_dense(rng):
    D = size(rng)
    return Concat([dense(rng, D, size(rng)), Sequential([dense(rng, D, 3), batch_norm(3)])]), (size(rng, 3, 5), D)


def concat_conv(rng):
    C = size(rng, 1, 2)
    branches = [Conv2D(C, size(rng, 1, 2), k, padding=k // 2, rng=rng, dtype=np.float64) for k in (1, 3)]
    return Sequential([Concat(branches), ReLU()]), image(rng, C)


def dropout_dense(rng):
    D = size(rng)
    return Sequential([Dropout(rng.uniform(0.1, 0.8), rng=rng), dense(rng, D, 3), Dropout(0.3, rng=rng)]), rows(rng, D)


def dropout_relu_zeros(rng):
    D = size(rng)
    x = np.where(rng.random((3, D)) < 0.4, 0.0, rng.normal(size=(3, D)))
    return Sequential([ReLU(), Dropout(0.5, rng=rng), dense(rng, D, 2)]), x


def evaluated_network(rng):
    D, K = size(rng), size(rng)
    model = Sequential([dense(rng, D, K), batch_norm(K), Dropout(0.5, rng=rng), Tanh()])
    model.forward(rng.normal(size=(6, D)))
    return model.eval(), rows(rng, D)


def max_pool_ties(rng):
    x = np.round(rng.normal(size=(size(rng, 1, 2), 4, 6, size(rng, 1, 2))))
    return MaxPool2D(2), x


def overlapping_pool(rng):
    return one_of(rng, (MaxPool2D, AvgPool2D))(3, stride=size(rng, 1, 2)), (size(rng, 1, 2), 5, 6, 2)


LIBRARY = [
    dense_batch_norm,
    dense_batch_norm_deep,
    conv_batch_norm,
    conv_pool_dense,
    conv_global,
    mlp,
    residual_dense,
    residual_conv,
    residual_shortcut,
    concat_dense,
    concat_conv,
    dropout_dense,
    dropout_relu_zeros,
    evaluated_network,
    max_pool_ties,
    overlapping_pool,
]
