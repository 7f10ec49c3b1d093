"""Famous networks, each a plain function that returns a Sequential, small enough to train on a CPU.

Every function takes the shape (H, W, C) of one image, the number of classes, the Generator that draws the weights, and the
dtype. Settings of the network follow, with defaults. All networks end in logits: the loss contains softmax or sigmoid.
"""

import difflib
import math

import numpy as np

from .layers import AvgPool2D, BatchNorm, Conv2D, Dense, Dropout, Flatten, GlobalAvgPool2D, MaxPool2D, ReLU, Tanh
from .layers.branches import Concat, Residual
from .layers.initializers import glorot_uniform, he_normal
from .layers.sequential import Sequential
from .shapes import DtypeError, check_shape, message, shown, whole


def lenet5(x_shape=(28, 28, 1), classes=10, rng=None, dtype=np.float32) -> Sequential:
    """LeNet-5, with tanh and average pooling. In the 1990s banks read cheques with networks of this kind.

    Images below 32 pixels get a border of 2: so the paper's 28 x 28 digits became 32 x 32.

    Shapes: x (N, H, W, C) -> logits (N, classes).
    Source: LeCun, Bottou, Bengio, Haffner, 'Gradient-Based Learning Applied to Document Recognition', 1998, figure 2;
    without the learned scale of its averages, and with logits instead of radial basis functions.
    """
    H, W, C = _image("lenet5", x_shape)
    settings = {"rng": rng, "dtype": dtype, "initializer": glorot_uniform}
    features = [
        Conv2D(C, 6, kernel_size=5, padding=2 if min(H, W) < 32 else 0, **settings), Tanh(), AvgPool2D(2),
        Conv2D(6, 16, kernel_size=5, **settings), Tanh(), AvgPool2D(2),                  # (N, 5, 5, 16)
    ]
    return Sequential([
        *features, Flatten(), Dense(_outputs(features, x_shape), 120, **settings), Tanh(),
        Dense(120, 84, **settings), Tanh(), Dense(84, classes, **settings),
    ])


def two_conv(x_shape=(28, 28, 1), classes=10, rng=None, dtype=np.float32, dropout=0.5, width=32,
             initializer=he_normal) -> Sequential:
    """Convolution, ReLU and pooling, twice; then two dense layers: the smallest typical CNN.

    Shapes: x (N, H, W, C) -> logits (N, classes); `width` filters, then twice as many.
    """
    H, W, C = _image("two_conv", x_shape)
    whole("two_conv", "width", width, 1)
    settings = {"rng": rng, "dtype": dtype, "initializer": initializer}
    return Sequential([
        Conv2D(C, width, kernel_size=3, padding=1, **settings), ReLU(), MaxPool2D(2),            # (N, H/2, W/2, 32)
        Conv2D(width, 2 * width, kernel_size=3, padding=1, **settings), ReLU(), MaxPool2D(2),    # (N, H/4, W/4, 64)
        Flatten(),                                                                               # (N, H/4 * W/4 * 64)
        Dense((H // 4) * (W // 4) * 2 * width, 128, **settings), ReLU(), Dropout(dropout, rng=rng),
        Dense(128, classes, **settings),                                                         # (N, classes)
    ])


def vgg_like(x_shape=(32, 32, 3), classes=10, rng=None, dtype=np.float32, width=32, blocks=(2, 2), hidden=128,
             batch_norm=False, dropout=0.5) -> Sequential:
    """Blocks of 3 x 3 convolutions. Each block ends with pooling, and has twice as many filters as the block before.

    `blocks` says how many convolutions each block has. With hidden=0 the mean of each channel goes directly into the last
    layer. The paper has no batch norm, which was published a year later; deep networks of this kind need it.

    Shapes: x (N, H, W, C) -> logits (N, classes).
    Source: Simonyan, Zisserman, 'Very Deep Convolutional Networks for Large-Scale Image Recognition', 2014, table 1.
    """
    (_, _, C), settings, features = _image("vgg_like", x_shape), {"rng": rng, "dtype": dtype}, []
    whole("vgg_like", "width", width, 1)
    whole("vgg_like", "hidden", hidden, 0)
    for b, convolutions in enumerate(_blocks("vgg_like", blocks)):
        for _ in range(convolutions):
            features += _conv(C, C := width << b, batch_norm=batch_norm, **settings)
        features.append(MaxPool2D(2))
    if not hidden:
        return Sequential([*features[:-1], GlobalAvgPool2D(), Dropout(dropout, rng=rng), Dense(C, classes, **settings)])
    return Sequential([*features, Flatten(), Dense(_outputs(features, x_shape), hidden, **settings), ReLU(),
                       Dropout(dropout, rng=rng), Dense(hidden, classes, **settings)])


def resnet(x_shape=(32, 32, 3), classes=10, rng=None, dtype=np.float32, width=16, blocks=(1, 1, 1)) -> Sequential:
    """Residual blocks: y = body(x) + x, so a gradient also flows around the body. The paper's network for small images.

    `blocks` says how many blocks each stage has; (n, n, n) makes the paper's ResNet of 6n + 2 layers. Every stage but the
    first halves the image and doubles the number of filters. Its first shortcut is a 1 x 1 convolution.

    Shapes: x (N, H, W, C) -> logits (N, classes).
    Source: He, Zhang, Ren, Sun, 'Deep Residual Learning for Image Recognition', 2015, section 4.2, shortcut B.
    """
    (_, _, C), settings = _image("resnet", x_shape), {"rng": rng, "dtype": dtype}
    layers = _conv(C, C := width, **settings)
    for s, count in enumerate(_blocks("resnet", blocks)):
        for b in range(count):
            layers += _residual_block(C, C := width << s, stride=2 if s and not b else 1, **settings)
    return Sequential([*layers, GlobalAvgPool2D(), Dense(C, classes, **settings)])


def inception_like(x_shape=(32, 32, 3), classes=10, rng=None, dtype=np.float32, width=64, batch_norm=False,
                   dropout=0.4) -> Sequential:
    """Convolutions of 1 x 1, 3 x 3 and 5 x 5 pixels side by side, in three modules; the last is twice as wide.

    Shapes: x (N, H, W, C) -> logits (N, classes); `width`, a multiple of 16, counts the channels of a module.
    Source: Szegedy et al., 'Going Deeper with Convolutions', 2014, figure 2b; the branches are as wide as in module 3a.
    """
    if whole("inception_like", "width", width, 16) % 16:
        raise ValueError(message("inception_like", "width, a multiple of 16", width, "the branches take sixteenths of it"))
    (_, _, C), settings = _image("inception_like", x_shape), {"rng": rng, "dtype": dtype, "batch_norm": batch_norm}
    return Sequential([
        *_conv(C, width // 2, **settings), MaxPool2D(2),                        # (N, H/2, W/2, 32)
        _inception(width // 2, width, **settings), _inception(width, width, **settings), MaxPool2D(2),
        _inception(width, 2 * width, **settings),                                        # (N, H/4, W/4, 128)
        GlobalAvgPool2D(), Dropout(dropout, rng=rng), Dense(2 * width, classes, rng=rng, dtype=dtype),
    ])


def _image(who, x_shape):
    """The (H, W, C) of an image, or an error."""
    check_shape(who, "x_shape", x_shape, ("H", "W", "C"), "one image, without the batch axis: (28, 28, 1)")
    return x_shape


def _blocks(who, blocks):
    """How many convolutions or residual blocks each part of a network has, or an error."""
    if not isinstance(blocks, (tuple, list)) or not blocks:
        raise DtypeError(message(who, "blocks, a tuple such as (2, 2)", shown(blocks)))
    return [whole(who, f"blocks[{b}]", count, 1) for b, count in enumerate(blocks)]


def _conv(C, F, kernel_size=3, stride=1, batch_norm=True, dtype=np.float32, rng=None):
    """A convolution that keeps the size (at stride 1), batch norm or a bias, ReLU."""
    conv = Conv2D(C, F, kernel_size, stride, kernel_size // 2, bias=not batch_norm, rng=rng, dtype=dtype)
    return [conv, BatchNorm(F, dtype=dtype), ReLU()] if batch_norm else [conv, ReLU()]


def _residual_block(C, F, stride, dtype, rng):
    """Two convolutions with a shortcut around them; the last ReLU comes after the sum."""
    settings = {"dtype": dtype, "rng": rng}
    body = [*_conv(C, F, stride=stride, **settings), *_conv(F, F, **settings)[:-1]]
    shortcut = None if (stride, C) == (1, F) else _conv(C, F, kernel_size=1, stride=stride, **settings)[:-1]
    return [Residual(body, shortcut), ReLU()]


def _inception(C, width, **settings):
    """Four branches; 1 x 1 convolutions reduce the channels before the expensive 3 x 3 and 5 x 5 convolutions."""
    part = width // 16
    return Concat([
        _conv(C, 4 * part, kernel_size=1, **settings),
        [*_conv(C, 6 * part, kernel_size=1, **settings), *_conv(6 * part, 8 * part, **settings)],
        [*_conv(C, part, kernel_size=1, **settings), *_conv(part, 2 * part, kernel_size=5, **settings)],
        [MaxPool2D(3, stride=1, padding=1), *_conv(C, 2 * part, kernel_size=1, **settings)],
    ])


def _outputs(layers, x_shape):
    """How many numbers these layers compute from one image."""
    return math.prod(Sequential(layers).output_shape((2, *x_shape))[1:])


MODELS = {make.__name__: make for make in (lenet5, two_conv, vgg_like, resnet, inception_like)}


def build(name, **settings):
    """The network called `name`, one of MODELS, with these settings.

    Raises: ValueError for an unknown name, TypeError for an unknown setting, ShapeError if the image is too small.
    """
    if name not in MODELS:
        near = difflib.get_close_matches(str(name).lower().replace("-", "_"), MODELS, n=1, cutoff=0.0)[0]
        raise ValueError(message("build", f"one of {', '.join(MODELS)}", repr(name), f"did you mean {near!r}?"))
    return MODELS[name](**settings)
