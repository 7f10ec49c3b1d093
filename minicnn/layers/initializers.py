"""The first weights: random numbers, scaled so that the outputs neither shrink nor grow from layer to layer.

Every initializer is called as `initializer(shape, rng, dtype)`. The scale depends on two counts: fan_in, how many numbers one
output adds up, and fan_out, how many outputs one input reaches. For filters (KH, KW, C, F) they are KH * KW * C and
KH * KW * F, for a dense matrix (D, K) they are D and K.
"""

import math
from collections.abc import Callable

import numpy as np

from ..ops.checks import float_type, generator
from ..shapes import DtypeError, ShapeError, message, shape_text, shown

Initializer = Callable[..., np.ndarray]                             # called as initializer(shape, rng, dtype)
MOST_NUMBERS = 2**31                                               # of one array: 8 GB in float32


def fans(shape):
    """(fan_in, fan_out) of filters (KH, KW, C, F) or of a dense matrix (D, K).

    Raises: ShapeError for fewer than two axes: for a vector, such as a bias, they are not defined.
    """
    if not isinstance(shape, (tuple, list)) or len(shape) < 2:
        raise ShapeError(message("fans", "a shape (KH, KW, C, F) or (D, K)", shown(shape), "biases start at zeros"))
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def initial(who, initializer, shape, rng, dtype):
    """The first weights of a layer called `who`, drawn by its initializer.

    Raises: DtypeError, ShapeError for an initializer, rng or dtype that is none, and for more numbers than fit in memory.
    """
    dtype, rng = float_type(who, dtype), generator(who, rng)
    if not callable(initializer):
        raise DtypeError(message(who, "initializer, a function (shape, rng, dtype)", shown(initializer),
                                 "minicnn.layers.initializers has them"))
    if math.prod(shape) > MOST_NUMBERS:
        raise ShapeError(message(who, f"at most {MOST_NUMBERS:,} weights", f"w {shape_text(shape)}: {math.prod(shape):,}",
                                 "pooling or a larger stride before it leaves fewer inputs"))
    w = initializer(shape, rng, dtype)
    if not isinstance(w, np.ndarray) or w.shape != shape:
        raise ShapeError(message(who, f"an initializer that returns an array {shape_text(shape)}", shown(w)))
    if w.dtype != dtype:
        raise DtypeError(message(who, f"an initializer that returns {dtype}", w.dtype, "it gets dtype as its third argument"))
    return w


def _normal(shape, rng, dtype, std):
    return (std * generator("initializer", rng).standard_normal(shape)).astype(dtype)


def _uniform(shape, rng, dtype, std):
    bound = math.sqrt(3) * std                                     # the uniform on [-b, b] has variance b**2 / 3
    return generator("initializer", rng).uniform(-bound, bound, shape).astype(dtype)


def he_normal(shape, rng, dtype=np.float32):
    """Normal with std = sqrt(2 / fan_in): keeps the variance through ReLUs. Source: He et al., 2015, section 2.2."""
    return _normal(shape, rng, dtype, math.sqrt(2 / fans(shape)[0]))


def he_uniform(shape, rng, dtype=np.float32):
    """Uniform with the variance of he_normal. Source: He et al., 2015, section 2.2."""
    return _uniform(shape, rng, dtype, math.sqrt(2 / fans(shape)[0]))


def glorot_normal(shape, rng, dtype=np.float32):
    """Normal with std = sqrt(2 / (fan_in + fan_out)), for tanh and sigmoid. Source: Glorot, Bengio, 2010, eq. 16."""
    return _normal(shape, rng, dtype, math.sqrt(2 / sum(fans(shape))))


def glorot_uniform(shape, rng, dtype=np.float32):
    """Uniform with the variance of glorot_normal. Source: Glorot, Bengio, 2010, eq. 16."""
    return _uniform(shape, rng, dtype, math.sqrt(2 / sum(fans(shape))))


def lecun_normal(shape, rng, dtype=np.float32):
    """Normal with std = sqrt(1 / fan_in). Source: LeCun, Bottou, Orr, Müller, 'Efficient BackProp', 1998, 4.6."""
    return _normal(shape, rng, dtype, math.sqrt(1 / fans(shape)[0]))


def lecun_uniform(shape, rng, dtype=np.float32):
    """Uniform with the variance of lecun_normal. Source: as lecun_normal."""
    return _uniform(shape, rng, dtype, math.sqrt(1 / fans(shape)[0]))


def zeros(shape, rng=None, dtype=np.float32):
    """All 0: for biases. (Weights of 0 would get equal gradients, so all units of a layer would stay equal.)"""
    return np.zeros(shape, dtype)


def ones(shape, rng=None, dtype=np.float32):
    """All 1: for batch norm's gamma."""
    return np.ones(shape, dtype)
