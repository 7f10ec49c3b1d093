"""A network as JSON and back: for every layer the name of its class and the arguments of its constructor.

    description = describe(model)       {"layer": "Sequential", "arguments": {"layers": [{"layer": "Conv2D", ...}, ...]}}
    model = build(description)          the same layers with weights of 0

Only classes of a fixed list are built, so a description from someone else cannot run code. A layer class of your own has to
be passed: build(description, layers=[MyLayer]). It needs no extra code if it keeps each argument of its constructor as an
attribute of the same name.
"""

import inspect
import math

import numpy as np

from .. import layers as engine
from ..layers import initializers
from ..layers.branches import Concat, Residual
from ..layers.layer import Layer
from ..layers.parameter import Parameter
from ..layers.sequential import Sequential
from ..shapes import message, pair

OURS = {kind.__name__: kind for kind in (*vars(engine).values(), Sequential, Residual, Concat)
        if isinstance(kind, type) and issubclass(kind, Layer) and kind is not Layer}
NOT_SAVED = ("rng", "initializer")                                 # they only draw the first weights
DTYPES = ("float32", "float64")
LARGEST = 2**26                                                    # numbers that one layer may compute for one image

# Arguments that no attribute of the same name keeps.
READ = {
    ("Conv2D", "bias"): lambda layer: layer.b is not None,
    ("Dense", "bias"): lambda layer: layer.b is not None,
    ("Dense", "in_features"): lambda layer: layer.w.shape[0],
    ("Dense", "out_features"): lambda layer: layer.w.shape[1],
    ("BatchNorm", "channels"): lambda layer: layer.gamma.shape[0],
}


def describe(layer):
    """The description of a layer and of all layers inside it, as JSON can hold it.

    Raises: TypeError if an argument of a constructor is not kept as an attribute, or is of a type that JSON does not know.
    """
    kind, arguments = type(layer).__name__, {}
    for name, parameter in inspect.signature(type(layer)).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) or name in NOT_SAVED:
            continue
        if (kind, name) in READ:
            value = READ[kind, name](layer)
        elif name == "dtype":
            value = _dtype(layer)
        elif hasattr(layer, name):
            value = getattr(layer, name)
        elif parameter.default is not parameter.empty:
            continue                                               # the default will do
        else:
            raise TypeError(message("save_model", f"{kind} to keep the argument {name!r} of its constructor as an attribute",
                                    "none of that name", f"self.{name} = {name} in its __init__"))
        arguments[name] = _encode(f"{kind}.{name}", value)
    return {"layer": kind, "arguments": arguments}


def _dtype(layer):
    return str(next((p.value.dtype for p in vars(layer).values() if isinstance(p, Parameter)), np.dtype(np.float32)))


def _encode(where, value):
    if isinstance(value, Layer):
        return describe(value)
    if isinstance(value, (list, tuple)):
        return [_encode(where, item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(message("save_model", f"{where} to be a number, a text, None, a layer, or a list of these",
                            type(value).__name__, "save_checkpoint saves the weights of any network"))


def parameter_count(description):
    """How many numbers the parameters of the described network have, computed without making it; classes of yours count 0.

    Raises: ValueError, TypeError, KeyError for a description that no network has.
    """
    if isinstance(description, list):
        return sum(map(parameter_count, description))
    if not isinstance(description, dict):
        return 0
    kind, given = description["layer"], description["arguments"]
    inside = sum(map(parameter_count, given.values()))
    if kind == "Conv2D":
        window = math.prod(pair(kind, "kernel_size", given["kernel_size"], 1))
        return window * given["channels"] * given["filters"] + given["bias"] * given["filters"]
    if kind == "Dense":
        return (given["in_features"] + bool(given["bias"])) * given["out_features"]
    return 2 * given["channels"] if kind == "BatchNorm" else inside


def build(description, layers=()):
    """The network that was described. Its weights are zeros.

    Raises: ValueError, TypeError, KeyError for a description that no network has.
    """
    if isinstance(description, list):
        return tuple(build(item, layers) for item in description)
    if not isinstance(description, dict):
        return description
    known = OURS | {kind.__name__: kind for kind in layers}
    name, given = description["layer"], description["arguments"]
    if name not in known:
        raise ValueError(message("load_model", "layers of minicnn", repr(name),
                                 f"pass the class of a layer of your own: load_model(path, layers=[{name}])"))
    arguments = {key: build(value, layers) for key, value in given.items() if key not in NOT_SAVED}
    if arguments.get("dtype", "float32") not in DTYPES:
        raise ValueError(message(name, f"dtype {' or '.join(DTYPES)}", repr(arguments["dtype"])))
    if name in ("Conv2D", "Dense"):
        arguments["initializer"] = initializers.zeros
    return known[name](**arguments)


def check_size(model, x_shape):
    """Raise ValueError if one layer would need absurdly much memory for one image of this shape.

    Shapes: x_shape (H, W, C)
    """
    def walk(layer, shape, where):
        out = layer.output_shape(shape)
        padding = getattr(layer, "padding", 0)
        rows, columns = (0, 0) if padding == "same" else pair(where, "padding", padding, 0)
        H, W = (shape[1] + 2 * rows, shape[2] + 2 * columns) if len(shape) == 4 else (1, 1)
        if max(math.prod(out), H * W * shape[-1]) > 2 * LARGEST:
            raise ValueError(message(where, f"at most {LARGEST:,} numbers for one image", f"{math.prod(out) // 2:,}"))
        for name, inner, inner_shape in layer.child_inputs(shape):
            walk(inner, inner_shape, f"{where}[{name}]")
    walk(model, (2, *x_shape), type(model).__name__)               # 2: batch norm in training needs more than one value
