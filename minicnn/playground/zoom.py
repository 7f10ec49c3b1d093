"""One value inside the network: the numbers that it was computed from, and where in the image they come from."""

import copy

import numpy as np

from ..layers import AvgPool2D, BatchNorm, Conv2D, Dense, Dropout, Flatten, Layer, MaxPool2D
from ..layers.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from ..shapes import message, window
from ..visualize.features import layer_name
from ..visualize.receptive import receptive_field

MOST_TERMS = 12                                                    # terms of a dense layer's sum that are named
RULES = {ReLU: "y = max(x, 0)", LeakyReLU: "y = x if x > 0, else slope * x", Sigmoid: "y = 1 / (1 + exp(-x))",
         Tanh: "y = tanh(x)", Dropout: "y = x: dropout is off outside of training", Flatten: "y = x, in one row"}


def zoom(model: Layer, x: np.ndarray, path: str, channel: int, row: int = 0, column: int = 0) -> dict:
    """What the page shows of the value y[row, column, channel] of the layer at `path`, as a dict that JSON can hold.

    Shapes: x (1, H, W, C)
    Raises: ValueError if there is no such layer or no such value.
    """
    layer, x_in, y = _inside(model, x, path)
    spatial = y.ndim == 3
    row, column = (row, column) if spatial else (0, 0)
    index = (row, column, channel) if spatial else (channel,)
    if not all(0 <= i < size for i, size in zip(index, y.shape)):
        raise ValueError(message("zoom", f"a value inside {y.shape}", index))
    shown = {"layer": path, "kind": type(layer).__name__, "settings": layer_text(layer), "index": index, "spatial": spatial,
             "value": float(y[index]), "receptive": receptive_field(model, path, x.shape[1:], row, column)}
    if x_in is None:                                               # the sum of a Residual, the channels of a Concat
        return shown | {"rule": "the outputs of the branches together"}
    if isinstance(layer, Conv2D):
        return shown | _conv(layer, x_in, *index)
    if isinstance(layer, (MaxPool2D, AvgPool2D)):
        return shown | _pool(layer, x_in, *index)
    if isinstance(layer, Dense):
        return shown | _dense(layer, x_in, channel)
    if isinstance(layer, BatchNorm):
        names = {"gamma": layer.gamma.value, "beta": layer.beta.value, "mean": layer.running_mean, "var": layer.running_var}
        return shown | {"rule": "y = gamma * (x - mean) / sqrt(var + epsilon) + beta", "x": float(x_in[index]),
                        "numbers": {name: float(array[channel]) for name, array in names.items()}}
    if x_in.shape == y.shape:
        return shown | {"rule": RULES.get(type(layer), "pixel by pixel"), "x": float(x_in[index])}
    return shown | {"rule": RULES.get(type(layer), "from the whole input")}


def layer_text(layer):
    """A layer on one line, such as 'Conv2D(1, 16, kernel_size=3, padding=1)'; of a layer with branches its name alone."""
    return repr(layer).partition("\n")[0].rstrip("([")


def _inside(model, x, path):
    """The layer at `path`, its input (None for a layer with branches) and its output, both without the batch axis."""
    model, inputs = copy.deepcopy(model).eval(), {}
    for layer in model.all_layers():
        layer.forward = _recorded(layer.forward, inputs, id(layer))
    for place, layer, y in model.trace(x):
        if layer_name(place, layer).split(" ")[0] == path:
            return layer, inputs.get(id(layer), [None])[0], y[0]
    raise ValueError(message("zoom", "the path of a layer, such as 0 or 3.body.1", repr(path)))


def _recorded(forward, inputs, key):
    def recording(x):
        inputs[key] = x
        return forward(x)
    return recording


def _conv(layer, x, row, column, f):
    """The patch under the filter (KH, KW, C), the filter, and the sum of each channel's products."""
    patch, w = _patch(layer, x, row, column, 0.0), layer.w.value[..., f]
    b = 0.0 if layer.b is None else float(layer.b.value[f])
    sums = (patch * w).sum(axis=(0, 1), dtype=np.float64)
    return {"rule": "y = b + sum over u, v, c of x[u, v, c] * w[u, v, c, f]", "b": b, "patch": _nested(patch),
            "filter": _nested(w), "sums": sums.tolist(), "total": float(sums.sum())}


def _pool(layer, x, row, column, c):
    largest = isinstance(layer, MaxPool2D)
    patch = _patch(layer, x, row, column, np.nan if largest else 0.0)[..., c]
    first = np.unravel_index(np.nanargmax(patch), patch.shape) if largest else None
    return {"rule": "y = the largest of the window" if largest else "y = the mean of the window",
            "patch": [[[None if np.isnan(value) else float(value)] for value in line] for line in patch],
            "winner": [int(i) for i in first] if largest else None}


def _dense(layer, x, k):
    """The terms x[d] * w[d, k] that are farthest from 0."""
    terms = x.astype(np.float64) * layer.w.value[:, k]
    largest = np.argsort(-np.abs(terms), kind="stable")[:MOST_TERMS]
    b = 0.0 if layer.b is None else float(layer.b.value[k])
    named = [{"d": int(d), "x": float(x[d]), "w": float(layer.w.value[d, k]), "product": float(terms[d])} for d in largest]
    return {"rule": "y = b + sum over d of x[d] * w[d, k]", "b": b, "terms": named, "terms_count": len(terms),
            "rest": float(terms.sum() - terms[largest].sum())}


def _patch(layer, x, row, column, padding):
    """The window of x (H, W, C) under an output, (KH, KW, C); `padding` where it lies outside."""
    win = window(type(layer).__name__, (1, *x.shape), layer.kernel_size, layer.stride, layer.padding)
    padded = np.pad(x.astype(np.float64), ((win.top, win.bottom), (win.left, win.right), (0, 0)), constant_values=padding)
    top, left = row * win.stride_h, column * win.stride_w
    return padded[top:top + win.KH, left:left + win.KW]


def _nested(array):
    """(KH, KW, C) as nested lists."""
    return np.asarray(array, np.float64).tolist()
