"""Correct random layers, hard ones included: no checker may accuse any of them.

Each generator takes a numpy Generator and returns a layer with an x_shape, or with an x of its own where a normal x would
leave the domain or miss what is hard: log at 1e-6, sin at 1e6, ties, exact zeros. `draw_one` picks a generator.
"""

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
    Layer,
    LeakyReLU,
    MaxPool2D,
    Parameter,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Tanh,
)

from . import activations as act
from . import attention as att
from . import convolution_variants as conv
from . import dense_and_structure as struct
from . import embedding_and_lookup as look
from . import normalization as norm
from . import pooling as pool
from . import recurrent_and_gates as rec
from . import state_and_scale as state
from . import upsampling as up
from .drawn_layers import (
    Branches,
    Chain,
    DenselyConnected,
    Discount,
    Gain,
    Nested,
    Polynomial,
    Power,
    Reciprocal,
    SquarePlus,
    Standardize,
    TransformerBlock,
)

SMOOTH = (Tanh, Sigmoid, act.SiLU, act.GELUTanh, act.Softsign, act.Mish, act.TanhShrink)
KINKED = (ReLU, LeakyReLU, act.ReLU6, act.HardSigmoid, act.HardSwish, act.HardTanhLeaky, act.SoftShrink, act.ELU, act.CELU,
          act.SELU, act.Softplus)


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
    return layer, rng.normal(size=shape) * 10.0**rng.uniform(low, high)


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


# ---- layers and generators of the other files

LIBRARY = [dense_batch_norm, dense_batch_norm_deep, conv_batch_norm, conv_pool_dense, conv_global, mlp, residual_dense,
           residual_conv, residual_shortcut, concat_dense, concat_conv, dropout_dense, dropout_relu_zeros, evaluated_network,
           max_pool_ties, overlapping_pool]

POSITIVE = {
    "log": lambda rng: positive(rng, act.Log()),
    "sqrt": lambda rng: positive(rng, act.Sqrt()),
    "power": lambda rng: positive(rng, Power(rng.uniform(-2, 3))),
    "x log x": lambda rng: positive(rng, act.XLogX()),
    "reciprocal": lambda rng: positive(rng, Reciprocal(), smallest=-3),
    "log of sqrt": lambda rng: positive(rng, Chain([act.Sqrt(), act.Log()])),
    "log, then standardized": lambda rng: positive(rng, Chain([act.Log(), Standardize(0.1)])),
    "gain, then log": lambda rng: positive(rng, Chain([act.Sqrt(), act.XLogX(), act.Softsign()])),
    "discount": lambda rng: positive(rng, Discount(), largest=1),
    "stochastic pool": lambda rng: (pool.StochasticPoolEval(), 10.0**rng.uniform(-4, 2, size=(2, 2, 4, 2))),
}

SCALED = {
    "sine far away": lambda rng: scaled(rng, act.SineWrapped(), (3, 3), 3, 6),
    "fast sine": lambda rng: scaled(rng, act.Sine(), (3, 3), -3, 2),
    "smooth activation": lambda rng: scaled(rng, one_of(rng, SMOOTH)(), (3, 4), -4, 1),
    "kinked activation": lambda rng: scaled(rng, one_of(rng, KINKED)(), (3, 4), -4, 2),
    "smooth abs": lambda rng: scaled(rng, state.SmoothAbs(), (3, 4), -4, 2),
    "cubic": lambda rng: scaled(rng, state.Cubic(), (3, 4), -3, 3),
    "clamped norm": lambda rng: scaled(rng, state.ClampedNorm(), (3, 4), -2, 3),
    "unequal features": lambda rng: (state.Scale(10.0**rng.uniform(-5, 5, size=4)), (3, 4)),
    "unequal x": lambda rng: (dense(rng, 4, 3), rng.normal(size=(3, 4)) * [1e-4, 1.0, 1e4, 1.0]),
    "square plus, log": lambda rng: scaled(rng, Chain([SquarePlus(1e-3), act.Log()]), (3, 3)),
    "square plus, sqrt": lambda rng: scaled(rng, Chain([SquarePlus(1e-4), act.Sqrt()]), (3, 3)),
    "log-sum-exp pool": lambda rng: scaled(rng, pool.LogSumExpPool(), (1, 4, 4, 2), -3, 2),
    "batch norm of tiny": lambda rng: scaled(rng, norm.BatchNorm(3), (4, 3), -4, 3),
    "layer norm of tiny": lambda rng: scaled(rng, norm.LayerNorm(4), (3, 4), -4, 3),
    "noise": lambda rng: (state.Noise(), (4, 3)),
    "running scale": lambda rng: (state.RunningScale(), (4, 3)),
    "channel dropout": lambda rng: (state.ChannelDropout(), image(rng, 4)),
    "leaky relu on zeros": lambda rng: (act.LeakyReLU(), np.where(rng.random((3, 4)) < 0.4, 0, rng.normal(size=(3, 4)))),
    "one large shift": lambda rng: (Chain([dense(rng, 3, 3), Standardize(1e-3)]), 1e3 + rng.normal(size=(4, 3))),
}

NORMALIZED = {
    "layer norm": lambda rng: (norm.LayerNorm(D := size(rng)), rows(rng, D)),
    "instance norm": lambda rng: (norm.InstanceNorm(), image(rng, size(rng))),
    "group norm": lambda rng: (norm.GroupNorm(6, one_of(rng, (1, 2, 3, 6))), image(rng, 6)),
    "rms norm": lambda rng: (norm.RMSNorm(D := size(rng)), rows(rng, D)),
    "weight norm": lambda rng: (norm.WeightNormDense(4, 3), rows(rng, 4)),
    "l2 normalize": lambda rng: scaled(rng, norm.L2Normalize(), (3, 4), -2, 2),
    "batch norm": lambda rng: (norm.BatchNorm(D := size(rng)), (size(rng, 2, 5), D)),
    "evaluated batch norm": lambda rng: (norm.EvaluatedBatchNorm(), rows(rng, 4)),
    "local response norm": lambda rng: (norm.LocalResponseNorm(C := size(rng)), image(rng, C)),
    "dense, layer norm, dense": lambda rng: (Chain([dense(rng, 3, 5), norm.LayerNorm(5), activation(rng), dense(rng, 5, 2)]),
                                             rows(rng, 3)),
    "dense, mean-only norm": lambda rng: (Chain([dense(rng, 3, 4), norm.MeanOnlyNorm()]), rows(rng, 3)),
}

SEQUENCES = {
    "attention": lambda rng: (att.SelfAttention(D := size(rng), causal=rng.random() < 0.5), (size(rng, 1, 2), size(rng), D)),
    "multi-head": lambda rng: (att.MultiHead(4, one_of(rng, (1, 2, 4))), (2, size(rng), 4)),
    "attention pool": lambda rng: (att.AttentionPool(D := size(rng)), (2, size(rng), D)),
    "position bias": lambda rng: (att.PositionBias(T := size(rng)), (2, T, 3)),
    "linear attention": lambda rng: (att.LinearAttention(), (2, size(rng), 3)),
    "temperature": lambda rng: (att.Temperature(), rows(rng, 4)),
    "transformer block": lambda rng: (TransformerBlock(rng), (2, 3, 4)),
    "rnn": lambda rng: (rec.RNN(D := size(rng)), (2, size(rng, 1, 6), D)),
    "gru": lambda rng: (rec.GRU(), rows(rng, 2)),
    "lstm cell": lambda rng: (rec.LSTMCell(), rows(rng, 10)),
    "smoothing": lambda rng: (rec.Smoothing(), (2, size(rng, 1, 8))),
    "highway": lambda rng: (rec.Highway(D := size(rng)), rows(rng, D)),
    "dilated, rnn": lambda rng: (Chain([conv.Dilated(3, 2, 3), rec.RNN(3)]), (2, size(rng, 6, 8), 2)),
    "causal": lambda rng: (conv.Causal(), (2, size(rng, 3, 7))),
}

STRUCTURES = {
    "tied": lambda rng: (struct.TiedAutoencoder(D := size(rng)), rows(rng, D)),
    "same layer twice": lambda rng: (struct.TwiceTheSame(D := size(rng)), rows(rng, D)),
    "weights in a list": lambda rng: (struct.Deep(3), rows(rng, 3)),
    "weights in a dict": lambda rng: (struct.Named(D := size(rng)), rows(rng, D)),
    "experts": lambda rng: (struct.Experts(D := size(rng)), rows(rng, D)),
    "squeeze-excite": lambda rng: (struct.SqueezeExcite(C := size(rng)), image(rng, C)),
    "two branches": lambda rng: (struct.TwoBranches(D := size(rng)), rows(rng, D)),
    "factorization machine": lambda rng: (struct.FactorizationMachine(D := size(rng)), rows(rng, D)),
    "radial basis": lambda rng: (struct.RadialBasis(), rows(rng, 3)),
    "nested": lambda rng: (Nested(rng, D := size(rng)), rows(rng, D)),
    "densely connected": lambda rng: (DenselyConnected(rng, D := size(rng)), rows(rng, D)),
    "branches": lambda rng: (Branches([dense(rng, 3, 2), Chain([dense(rng, 3, 4), batch_norm(4), Tanh()]), Gain(3)]), (4, 3)),
    "polynomial": lambda rng: (Polynomial(size(rng, 1, 4)), rows(rng, 3)),
    "residual of a chain": lambda rng: (Residual(Chain([dense(rng, 3, 4), activation(rng), dense(rng, 4, 3)])), rows(rng, 3)),
    "chain of residuals": lambda rng: (Chain([Residual(dense(rng, 3, 3)), batch_norm(3), Residual(dense(rng, 3, 3))]), (5, 3)),
}

MOVED = {
    "gather": lambda rng: (look.Gather(tuple(rng.integers(0, 5, size=6))), (2, 5)),
    "permute": lambda rng: (look.Permute(), (2, 5)),
    "positions": lambda rng: (look.Positions(), (2, size(rng, 1, 5), 3)),
    "spline": lambda rng: scaled(rng, look.Spline(), (3, 4), -1, 1),
    "nearest": lambda rng: (up.Nearest(), image(rng, 2)),
    "bilinear": lambda rng: (up.Bilinear(), image(rng, 2)),
    "pixel shuffle": lambda rng: (up.PixelShuffle(), image(rng, 8)),
    "learned shift": lambda rng: (up.LearnedShift(), (2, size(rng, 3, 7))),
    "reflect padding": lambda rng: (up.ReflectPad(), (2, size(rng, 3, 7))),
    "shift": lambda rng: (look.Shift(), (2, size(rng, 3, 7))),
    "lp pool": lambda rng: (pool.LpPool(), (2, 4, 2, 2)),
    "median pool": lambda rng: (pool.MedianPool(), (2, 4, 2, 2)),
    "softpool": lambda rng: (pool.SoftPool(), (2, 4, 2, 2)),
    "adaptive average": lambda rng: (pool.AdaptiveAvg(), (2, size(rng, 3, 9))),
    "maxout": lambda rng: (Chain([dense(rng, 4, 6), pool.Maxout()]), rows(rng, 4)),
    "global max with ties": lambda rng: (pool.GlobalMax(), np.round(rng.normal(size=(2, 3, 4, 2)))),
    "depthwise": lambda rng: (conv.Depthwise(), (2, size(rng), 3)),
    "grouped": lambda rng: (conv.Grouped(), image(rng, 4)),
    "transposed": lambda rng: (conv.Transposed(), (2, size(rng), 2)),
    "padded": lambda rng: (one_of(rng, (conv.Circular, conv.Reflected, conv.Replicated))(), (2, size(rng, 3, 6))),
    "locally connected": lambda rng: (conv.LocallyConnected(T := size(rng, 3, 6)), (2, T)),
    "dynamic": lambda rng: (conv.Dynamic(), (2, size(rng, 4, 7))),
}

GENERATORS = {draw.__name__: draw for draw in LIBRARY} | POSITIVE | SCALED | NORMALIZED | SEQUENCES | STRUCTURES | MOVED


def draw_one(rng):
    """A name, a correct layer, its x_shape, and an x of its own or None."""
    name = one_of(rng, sorted(GENERATORS))
    layer, shape = GENERATORS[name](rng)
    if isinstance(shape, np.ndarray):
        return name, layer, shape.shape, shape.astype(np.float64)
    return name, layer, shape, None
