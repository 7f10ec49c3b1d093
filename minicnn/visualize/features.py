"""What a network computes inside: feature maps, saliency, statistics of each layer. `plots` draws them.

Every function works on a copy of the model in eval mode. The model stays as it is.
"""

import copy
import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..layers import Conv2D, Dense, Layer, Parameter, Sequential
from ..losses import sigmoid_cross_entropy, softmax_cross_entropy

SAMPLE = 200_000                                                   # percentiles sort at most this many numbers of a layer


def feature_maps(model: Layer, x: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """The output of every layer for one image, in the order of the forward pass, inner layers included.

    Shapes: x (1, H, W, C) -> a list of (name, y), y without the batch axis; names such as '3.body.0 Conv2D'.
    """
    return [(layer_name(place, layer), y[0]) for place, layer, y in copy.deepcopy(model).eval().trace(x[:1])]


def saliency(model: Layer, x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """How much each input pixel changes a score:  dx[n] = d logits[n, k[n]] / d x[n].

    This is the backward pass that training uses. It starts with dlogits = 1 at the chosen logit and 0 elsewhere. If the
    network has a single sigmoid output, k = 0 gives the gradient of minus the logit.

    Shapes: x (N, H, W, C), k (N,) integers -> dx like x.
    Source: Simonyan, Vedaldi, Zisserman, 'Deep Inside Convolutional Networks', 2013, section 3.
    """
    model, k = copy_with_dx(model).eval(cache=True), np.asarray(k)
    logits = model.forward(x)
    dlogits = np.zeros_like(logits)
    if _single_output(logits):
        dlogits[...] = np.where(k == 1, 1, -1).reshape(logits.shape)
    else:
        dlogits[np.arange(len(x)), k] = 1
    return model.backward(dlogits)


class Backward(NamedTuple):
    """A backward pass, looked at: the loss, dL/dx, and for every layer and every parameter its gradient, by name."""

    loss: float
    dx: np.ndarray
    layers: dict[str, np.ndarray]
    parameters: dict[str, np.ndarray]


def gradient_maps(model: Layer, x: np.ndarray, labels: np.ndarray) -> Backward:
    """The gradient of the loss with respect to the output of every layer, as the backward pass computes them.

    Shapes: x (N, H, W, C), labels (N,) -> dx like x; layers name -> dy like the layer's output, in the order of the forward
    pass, inner layers included, with the names of `feature_maps`; parameters name -> dw like w.
    """
    model, found = copy_with_dx(model).eval(), {}
    for place, layer, _ in model.trace(x[:1]):
        found[layer_name(place, layer)] = None
        layer.backward = _recorded(layer.backward, found, layer_name(place, layer))
    for layer in all_layers(model):
        if isinstance(layer, Sequential):
            layer.blocks = layer.layers                            # a fused layer never computes the gradients inside it
    logits = model.eval(cache=True).forward(x)
    loss, dlogits = (sigmoid_cross_entropy if _single_output(logits) else softmax_cross_entropy)(logits, labels)
    dx = model.backward(dlogits)
    return Backward(loss, dx, found, {name: p.grad for name, p in model.parameters().items()})


def _recorded(backward, found, name):
    """The method `backward`, which also writes down its dy."""
    def recording(dy):
        found[name] = dy
        return backward(dy)
    return recording


def layer_statistics(model: Layer, x: np.ndarray, labels: np.ndarray) -> list[dict]:
    """How large the numbers of each layer are: its activations for x, its weights, and the gradients of the loss.

    Shapes: x (N, H, W, C), labels (N,) -> a list of dicts, one for each layer:
        name
        mean, std, low, high    of the activations; low and high are the percentiles 5 and 95
        zeros                   the fraction of the activations that is exactly 0
        dead                    the fraction of the channels that is 0 for every image
        weights, gradients      root mean square of the layer's largest parameter and of its gradient, or None
    """
    model = copy.deepcopy(model).eval(cache=True)
    logits = model.forward(x)
    loss = sigmoid_cross_entropy if _single_output(logits) else softmax_cross_entropy
    model.backward(loss(logits, labels)[1])
    largest: dict[str, Parameter] = {}                             # '3.body.0', a layer's path: its largest parameter
    for name, parameter in model.parameters().items():
        path = name.rpartition(".")[0]
        largest[path] = max(largest.get(path, parameter), parameter, key=lambda p: p.value.size)
    rows = []
    for place, layer, y in model.eval().trace(x):
        name = layer_name(place, layer)
        low, high = np.percentile(y.reshape(-1)[::-(-y.size // SAMPLE)], (5, 95))
        zero = (y == 0).reshape(-1, y.shape[-1])
        p = largest.get(name.split(" ")[0])
        weights, gradients = (None, None) if p is None else (rms(p.value), rms(p.grad))
        rows.append({"name": name, "mean": float(y.mean()), "std": float(y.std()), "low": float(low), "high": float(high),
                     "zeros": float(zero.mean()), "dead": float(zero.all(axis=0).mean()),
                     "weights": weights, "gradients": gradients})
    return rows


def first_filters(model: Layer, x_shape: tuple[int, int, int]) -> np.ndarray | None:
    """The weights that are applied to the image itself, shaped as images; None if the model has no such weights.

    Shapes: x_shape (H, W, C) -> (KH, KW, C, F) of the first convolution, or (H, W, C, K) of a first dense layer.
    """
    for parameter in model.parameters().values():
        w = parameter.value
        if w.ndim == 4 and w.shape[2] == x_shape[2]:
            return w
        if w.ndim == 2 and w.shape[0] == np.prod(x_shape):
            return w.reshape(*x_shape, -1)
    return None


def copy_with_dx(model: Layer) -> Layer:
    """A copy of the model whose backward returns dx, even if the first layer has input_gradient = False."""
    model = copy.deepcopy(model)
    for layer in all_layers(model):
        if isinstance(layer, (Conv2D, Dense)):
            layer.input_gradient = True
    return model


def all_layers(model: Layer) -> Iterator[Layer]:
    """The model itself and every layer inside it."""
    yield model
    for child in model.children().values():
        yield from all_layers(child)


def rms(array: np.ndarray) -> float:
    """The root mean square: sqrt(mean(array ** 2))."""
    return float(np.sqrt(np.square(array, dtype=np.float64).mean()))


def _single_output(logits):
    """Whether the logits are those of one sigmoid output: (N,) or (N, 1)."""
    return logits.shape[1:] in ((), (1,))


def layer_name(place, layer):
    """'Sequential[3] Residual.body[0] Conv2D' -> '3.body.0 Conv2D': the path with which the parameters' names begin."""
    path = ".".join(index or name for index, name in re.findall(r"\[(\w+)\]|\.(\w+)", place))
    return f"{path} {type(layer).__name__}".strip()
