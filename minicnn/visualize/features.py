"""What a network does inside, as numbers: feature maps, saliency, statistics per layer. `plots` makes pictures of them.

Everything works on a copy of the model in eval mode, so that looking changes nothing.
"""

import copy
import re

import numpy as np

from ..losses import sigmoid_cross_entropy, softmax_cross_entropy

SAMPLE = 200_000                                                   # numbers per layer that are sorted for percentiles


def feature_maps(model, x):
    """What every layer makes of one picture, in the order of the forward pass, inner layers included.

    Shapes: x (1, H, W, C) -> a list of (name, y), y without the batch axis; names such as '3.body.0 Conv2D'.
    """
    return [(_name(place, layer), y[0]) for place, layer, y in copy.deepcopy(model).eval().trace(x[:1])]


def saliency(model, x, k):
    """How each score moves with each input pixel:  dx[n] = d logits[n, k_n] / d x[n].

    It is the backward pass of the engine, started with a 1 at the one logit that is asked about. Of a single sigmoid
    output, k = 0 asks for what lowers it.

    Shapes: x (N, H, W, C), k (N,) integers -> dx like x.
    Source: Simonyan, Vedaldi, Zisserman, 'Deep Inside Convolutional Networks', 2013, section 3.
    """
    model, rows, k = copy.deepcopy(model).eval(cache=True), np.arange(len(x)), np.asarray(k)
    logits = model.forward(x)
    dlogits = np.zeros_like(logits)
    if logits.shape[1:] in ((), (1,)):
        dlogits[...] = np.where(k == 1, 1, -1).reshape(logits.shape)
    else:
        dlogits[rows, k] = 1
    return model.backward(dlogits)


def layer_statistics(model, x, labels):
    """How large the numbers of each layer are: its activations for x, its weights, and the gradients of the loss.

    Shapes: x (N, H, W, C), labels (N,) -> a list of dicts, one a layer: name; mean, deviation and the percentiles 5
    and 95 (low, high) of its activations; zeros, the share that is exactly 0; dead, the share of channels that are 0
    for every picture; weights and gradients, the root mean square of its largest parameter and of that one's gradient
    (None where it has none).
    """
    model = copy.deepcopy(model).eval(cache=True)
    logits = model.forward(x)
    loss = sigmoid_cross_entropy if logits.shape[1:] in ((), (1,)) else softmax_cross_entropy
    model.backward(loss(logits, labels)[1])
    sizes = {path: _sizes(parameters) for path, parameters in _own_parameters(model).items()}
    rows = []
    for place, layer, y in model.eval().trace(x):
        name = _name(place, layer)
        low, high = np.percentile(y.reshape(-1)[::-(-y.size // SAMPLE)], (5, 95))
        silent = (y == 0).reshape(-1, y.shape[-1])
        weights, gradients = sizes.get(name.split(" ")[0], (None, None))
        rows.append({"name": name, "mean": float(y.mean()), "deviation": float(y.std()), "low": float(low),
                     "high": float(high), "zeros": float(silent.mean()), "dead": float(silent.all(axis=0).mean()),
                     "weights": weights, "gradients": gradients})
    return rows


def first_filters(model, x_shape):
    """The weights that look at the picture itself, shaped as pictures; None for a model without such.

    Shapes: x_shape (H, W, C) -> (KH, KW, C, F) of the first convolution, or (H, W, C, K) of a first dense layer.
    """
    for parameter in model.parameters().values():
        w = parameter.value
        if w.ndim == 4 and w.shape[2] == x_shape[2]:
            return w
        if w.ndim == 2 and w.shape[0] == np.prod(x_shape):
            return w.reshape(*x_shape, -1)
    return None


def _own_parameters(model):
    """Path of a layer -> the parameters it holds itself: '3.body.0.w' belongs to '3.body.0'."""
    owners = {}
    for name, parameter in model.parameters().items():
        owners.setdefault(name.rpartition(".")[0], []).append(parameter)
    return owners


def _sizes(parameters):
    largest = max(parameters, key=lambda parameter: parameter.size)
    return tuple(float(np.sqrt(np.square(array, dtype=np.float64).mean())) for array in (largest.value, largest.grad))


def _name(place, layer):
    """'Sequential[3] Residual.body[0] Conv2D' -> '3.body.0 Conv2D': the path that the parameters' names begin with."""
    path = ".".join(index or name for index, name in re.findall(r"\[(\w+)\]|\.(\w+)", place))
    return f"{path} {type(layer).__name__}".strip()
