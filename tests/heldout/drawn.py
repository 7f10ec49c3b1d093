"""Correct random layers, hard ones included: no checker may accuse any of them.

Each generator takes a numpy Generator and returns a layer with an x_shape, or with an x of its own where a normal x would
leave the domain or miss what is hard: log at 1e-6, sin at 1e6, ties, exact zeros. `draw_one` picks a generator.
"""

import numpy as np

from minicnn import (
    Residual,
    Tanh,
)

from . import activations as act
from . import activations_of_positive_x as of_positive
from . import activations_smooth as smooth
from . import attention as att
from . import attention_variants as attv
from . import branches, losses, losses_of_classes, losses_pairwise, ops, ops_matrix, ops_of_rows, randomness
from . import convolution_of_rows as convrows
from . import convolution_variants as conv
from . import dense_and_structure as struct
from . import dense_variants as products
from . import lookup_layers as look
from . import normalization as norm
from . import normalization_by_length as lengths
from . import normalization_of_batches as batches
from . import padding_and_cropping as pad
from . import pooling as pool
from . import pooling_of_rows as poolrows
from . import recurrent_and_gates as rec
from . import scale as scales
from . import state_and_scale as state
from . import upsampling as up
from .drawn_layers import (
    Branches,
    Chain,
    DenselyConnected,
    Discount,
    EverySecond,
    Gain,
    Nested,
    Polynomial,
    Power,
    Reciprocal,
    SquarePlus,
    Standardize,
    TransformerBlock,
)
from .drawn_library import KINKED, LIBRARY, SMOOTH, activation, batch_norm, dense, image, one_of, positive, rows, scaled, size

POSITIVE = {
    "log": lambda rng: positive(rng, of_positive.Log()),
    "sqrt": lambda rng: positive(rng, of_positive.Sqrt()),
    "power": lambda rng: positive(rng, Power(rng.uniform(-2, 3))),
    "x log x": lambda rng: positive(rng, of_positive.XLogX()),
    "reciprocal": lambda rng: positive(rng, Reciprocal(), smallest=-3),
    "log of sqrt": lambda rng: positive(rng, Chain([of_positive.Sqrt(), of_positive.Log()])),
    "log, then standardized": lambda rng: positive(rng, Chain([of_positive.Log(), Standardize(0.1)])),
    "gain, then log": lambda rng: positive(rng, Chain([of_positive.Sqrt(), of_positive.XLogX(), smooth.Softsign()])),
    "discount": lambda rng: positive(rng, Discount(), largest=1),
    "stochastic pool": lambda rng: (pool.StochasticPoolEval(), 10.0 ** rng.uniform(-4, 2, size=(2, 2, 4, 2))),
}

SCALED = {
    "sine far away": lambda rng: scaled(rng, smooth.SineWrapped(), (3, 3), 3, 6),
    "fast sine": lambda rng: scaled(rng, smooth.Sine(), (3, 3), -3, 2),
    "smooth activation": lambda rng: scaled(rng, one_of(rng, SMOOTH)(), (3, 4), -3, 1),
    "kinked activation": lambda rng: scaled(rng, one_of(rng, KINKED)(), (3, 4), -4, 2),
    "smooth abs": lambda rng: scaled(rng, scales.SmoothAbs(), (3, 4), -4, 2),
    "cubic": lambda rng: scaled(rng, scales.Cubic(), (3, 4), -3, 3),
    "clamped norm": lambda rng: scaled(rng, scales.ClampedNorm(), (3, 4), -2, 3),
    "unequal features": lambda rng: (scales.Scale(10.0 ** rng.uniform(-5, 5, size=4)), (3, 4)),
    "unequal x": lambda rng: (dense(rng, 4, 3), rng.normal(size=(3, 4)) * [1e-4, 1.0, 1e4, 1.0]),
    "square plus, log": lambda rng: scaled(rng, Chain([SquarePlus(1e-3), of_positive.Log()]), (3, 3)),
    "square plus, sqrt": lambda rng: scaled(rng, Chain([SquarePlus(1e-4), of_positive.Sqrt()]), (3, 3)),
    "log-sum-exp pool": lambda rng: scaled(rng, pool.LogSumExpPool(), (1, 4, 4, 2), -3, 2),
    "batch norm of tiny": lambda rng: scaled(rng, batches.BatchNorm(3), (4, 3), -4, 3),
    "layer norm of tiny": lambda rng: scaled(rng, norm.LayerNorm(4), (3, 4), -4, 3),
    "noise": lambda rng: (randomness.Noise(), (4, 3)),
    "running scale": lambda rng: (state.RunningScale(), (4, 3)),
    "channel dropout": lambda rng: (randomness.ChannelDropout(), image(rng, 4)),
    "leaky relu on zeros": lambda rng: (act.LeakyReLU(), np.where(rng.random((3, 4)) < 0.4, 0, rng.normal(size=(3, 4)))),
    "one large shift": lambda rng: (Chain([dense(rng, 3, 3), Standardize(1e-3)]), 100 + rng.normal(size=(4, 3))),
}

NORMALIZED = {
    "layer norm": lambda rng: (norm.LayerNorm(D := size(rng)), rows(rng, D)),
    "instance norm": lambda rng: (norm.InstanceNorm(), image(rng, size(rng))),
    "group norm": lambda rng: (norm.GroupNorm(6, one_of(rng, (1, 2, 3, 6))), image(rng, 6)),
    "rms norm": lambda rng: (lengths.RMSNorm(D := size(rng)), rows(rng, D)),
    "weight norm": lambda rng: (lengths.WeightNormDense(4, 3), rows(rng, 4)),
    "l2 normalize": lambda rng: scaled(rng, lengths.L2Normalize(), (3, 4), -2, 2),
    "batch norm": lambda rng: (batches.BatchNorm(D := size(rng)), (size(rng, 2, 5), D)),
    "evaluated batch norm": lambda rng: (batches.EvaluatedBatchNorm(), rows(rng, 4)),
    "local response norm": lambda rng: (lengths.LocalResponseNorm(C := size(rng)), image(rng, C)),
    "dense, layer norm, dense": lambda rng: (
        Chain([dense(rng, 3, 5), norm.LayerNorm(5), activation(rng), dense(rng, 5, 2)]),
        rows(rng, 3),
    ),
    "dense, mean-only norm": lambda rng: (Chain([dense(rng, 3, 4), batches.MeanOnlyNorm()]), rows(rng, 3)),
}

SEQUENCES = {
    "attention": lambda rng: (att.SelfAttention(D := size(rng), causal=rng.random() < 0.5), (size(rng, 1, 2), size(rng), D)),
    "multi-head": lambda rng: (att.MultiHead(4, one_of(rng, (1, 2, 4))), (2, size(rng), 4)),
    "attention pool": lambda rng: (attv.AttentionPool(D := size(rng)), (2, size(rng), D)),
    "position bias": lambda rng: (attv.PositionBias(T := size(rng)), (2, T, 3)),
    "linear attention": lambda rng: (attv.LinearAttention(), (2, size(rng), 3)),
    "temperature": lambda rng: (attv.Temperature(), rows(rng, 4)),
    "transformer block": lambda rng: (TransformerBlock(rng), (2, 3, 4)),
    "rnn": lambda rng: (rec.RNN(D := size(rng)), (2, size(rng, 1, 6), D)),
    "gru": lambda rng: (rec.GRU(), rows(rng, 2)),
    "lstm cell": lambda rng: (rec.LSTMCell(), rows(rng, 10)),
    "smoothing": lambda rng: (rec.Smoothing(), (2, size(rng, 1, 8))),
    "highway": lambda rng: (rec.Highway(D := size(rng)), rows(rng, D)),
    "dilated, rnn": lambda rng: (Chain([conv.Dilated(3, 2, 3), rec.RNN(3)]), (2, size(rng, 6, 8), 2)),
    "causal": lambda rng: (convrows.Causal(), (2, size(rng, 3, 7))),
}

STRUCTURES = {
    "tied": lambda rng: (struct.TiedAutoencoder(D := size(rng)), rows(rng, D)),
    "same layer twice": lambda rng: (struct.TwiceTheSame(D := size(rng)), rows(rng, D)),
    "weights in a list": lambda rng: (struct.Deep(3), rows(rng, 3)),
    "weights in a dict": lambda rng: (struct.Named(D := size(rng)), rows(rng, D)),
    "experts": lambda rng: (struct.Experts(D := size(rng)), rows(rng, D)),
    "squeeze-excite": lambda rng: (branches.SqueezeExcite(C := size(rng)), image(rng, C)),
    "two branches": lambda rng: (branches.TwoBranches(D := size(rng)), rows(rng, D)),
    "factorization machine": lambda rng: (products.FactorizationMachine(D := size(rng)), rows(rng, D)),
    "radial basis": lambda rng: (products.RadialBasis(), rows(rng, 3)),
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
    "reflect padding": lambda rng: (pad.ReflectPad(), (2, size(rng, 3, 7))),
    "every second, as a view": lambda rng: (EverySecond(), (2, size(rng, 3, 7))),
    "crop, a view": lambda rng: (pad.CentreCrop(), image(rng, 2)),
    "shift": lambda rng: (look.Shift(), (2, size(rng, 3, 7))),
    "lp pool": lambda rng: (pool.LpPool(), (2, 4, 2, 2)),
    "median pool": lambda rng: (pool.MedianPool(), (2, 4, 2, 2)),
    "softpool": lambda rng: (pool.SoftPool(), (2, 4, 2, 2)),
    "adaptive average": lambda rng: (poolrows.AdaptiveAvg(), (2, size(rng, 3, 9))),
    "maxout": lambda rng: (Chain([dense(rng, 4, 6), poolrows.Maxout()]), rows(rng, 4)),
    "global max with ties": lambda rng: (pool.GlobalMax(), np.round(rng.normal(size=(2, 3, 4, 2)))),
    "depthwise": lambda rng: (conv.Depthwise(), (2, size(rng), 3)),
    "grouped": lambda rng: (conv.Grouped(), image(rng, 4)),
    "transposed": lambda rng: (conv.Transposed(), (2, size(rng), 2)),
    "padded": lambda rng: (one_of(rng, (convrows.Circular, convrows.Reflected, convrows.Replicated))(), (2, size(rng, 3, 6))),
    "locally connected": lambda rng: (convrows.LocallyConnected(T := size(rng, 3, 6)), (2, T)),
    "dynamic": lambda rng: (convrows.Dynamic(), (2, size(rng, 4, 7))),
}

GENERATORS = {draw.__name__: draw for draw in LIBRARY} | POSITIVE | SCALED | NORMALIZED | SEQUENCES | STRUCTURES | MOVED


def draw_one(rng):
    """A name, a correct layer, its x_shape, and an x of its own or None."""
    name = one_of(rng, sorted(GENERATORS))
    layer, shape = GENERATORS[name](rng)
    if isinstance(shape, np.ndarray):
        return name, layer, shape.shape, shape.astype(np.float64)
    return name, layer, shape, None


def draw_loss(rng):
    """A name, a correct loss, scores of some size, and their target."""
    case = one_of(rng, [case for theme in (losses, losses_of_classes, losses_pairwise) for case in theme.CASES])
    return case.name, case.right(), *case.inputs(rng, 10.0 ** rng.uniform(-2, 2))


def draw_op(rng):
    """A name, forward and backward of a correct op, and its inputs."""
    case = one_of(rng, [case for theme in (ops, ops_of_rows, ops_matrix) for case in theme.CASES])
    return case.name, *case.right(), case.inputs(rng, 10.0 ** rng.uniform(-1, 1))
