"""The public functions and layers with one valid call of each.

TARGETS: name -> a function that makes (function, {argument: (kind, valid value)}), all new."""

import functools
import inspect
import tempfile
from pathlib import Path

import numpy as np

import minicnn
from minicnn import ops

KERNEL = {"kernel_size": ("size", 2), "stride": ("pool stride", 1), "padding": ("padding", 1)}
LAYER_SETTINGS = {"rng": ("rng", 0), "dtype": ("dtype", np.float32)}
FOLDER = tempfile.TemporaryDirectory()


def numbers(*shape, dtype=np.float32):
    return np.random.default_rng(0).standard_normal(shape).astype(dtype)


def small_model():
    """A network, ready for a step of an optimizer."""
    model = minicnn.Sequential([minicnn.Flatten(), minicnn.Dense(12, 3, rng=0)])
    with ops.use("reference"):                                     # compiles no kernel while pytest collects the tests
        model.backward(np.ones_like(model.forward(numbers(2, 2, 2, 3))))
    return model


def optimizer():
    return minicnn.SGD(small_model().parameters(), lr=0.1)


def labels(*values):
    return np.array(values)


def path(name):
    return str(Path(FOLDER.name) / name)


@functools.cache
def saved():
    """Write a checkpoint and a model file for the functions that read one."""
    minicnn.save_checkpoint(path("c.npz"), model=small_model())
    minicnn.save_model(path("m.npz"), small_model(), minicnn.Preprocessing.of("0..1", (2, 2, 3)), ["a", "b", "c"])


def ops_targets():
    x, dy, w, b = numbers(2, 4, 5, 3), numbers(2, 4, 5, 6), numbers(3, 3, 3, 6), numbers(6)
    conv = {"stride": ("stride", 1), "padding": ("padding", 1)}
    rows, matrix, vector = numbers(4, 5), numbers(5, 6), numbers(6)
    channels = {name: ("floats", np.abs(numbers(3))) for name in ("gamma", "beta", "mean", "var")}
    one, any_x = {"epsilon": ("positive", 1e-5)}, {"x": ("any floats", rows)}
    backward = {"dy": ("floats", rows)}
    update = {"w": ("floats", rows), "g": ("floats", rows), "lr": ("positive", 0.1), "weight_decay": ("positive", 0.0)}
    pooled = numbers(2, 5, 6, 3)
    return {
        "conv2d": {"x": ("floats", x), "w": ("floats", w), "b": ("bias", b), **conv},
        "conv2d_relu": {"x": ("floats", x), "w": ("floats", w), "b": ("bias", b), **conv},
        "conv2d_backward": {"dy": ("floats", dy), "x": ("floats", x), "w": ("floats", w), **conv},
        "im2col": {"x": ("floats", x), **KERNEL, "stride": ("stride", 1)},
        "col2im": {"cols": ("floats", numbers(2 * 5 * 6, 12)), "x_shape": ("shape", (2, 4, 5, 3)), **KERNEL,
                   "stride": ("stride", 1)},
        "dense": {"x": ("floats", rows), "w": ("floats", matrix), "b": ("bias", vector)},
        "dense_relu": {"x": ("floats", rows), "w": ("floats", matrix), "b": ("bias", vector)},
        "dense_backward": {"dy": ("floats", numbers(4, 6)), "x": ("floats", rows), "w": ("floats", matrix)},
        **{name: any_x for name in ("relu", "sigmoid", "tanh", "log_softmax")},
        **{name: {**backward, "y": ("floats", rows)} for name in ("sigmoid_backward", "tanh_backward", "log_softmax_backward")},
        "relu_backward": {**backward, "x": ("floats", rows)},
        "leaky_relu": {**any_x, "slope": ("number", 0.1)},
        "leaky_relu_backward": {**backward, "x": ("floats", rows), "slope": ("number", 0.1)},
        "dropout": {"x": ("floats", rows), "mask": ("mask", rows > 0), "rate": ("rate", 0.5)},
        "dropout_backward": {"dy": ("floats", rows), "mask": ("mask", rows > 0), "rate": ("rate", 0.5)},
        "max_pool2d": {"x": ("floats", x), **KERNEL},
        "avg_pool2d": {"x": ("floats", x), **KERNEL},
        "max_pool2d_backward": {"dy": ("floats", pooled), "x": ("floats", x), **KERNEL},
        "max_pool2d_relu_backward": {"dy": ("floats", pooled), "y": ("floats", x), **KERNEL},
        "avg_pool2d_backward": {"dy": ("floats", pooled), "x_shape": ("shape", (2, 4, 5, 3)), **KERNEL},
        "global_avg_pool2d": {"x": ("floats", x)},
        "global_avg_pool2d_backward": {"dy": ("floats", numbers(2, 3)), "x_shape": ("shape", (2, 4, 5, 3))},
        "batch_norm": {"x": ("floats", x), **{name: channels[name] for name in ("gamma", "beta")}, **one},
        "batch_norm_eval": {"x": ("floats", x), **channels, **one},
        "batch_norm_backward": {"dy": ("floats", x), "x": ("floats", x), **channels, **one, "beta": None},
        "batch_norm_eval_backward": {"dy": ("floats", x), "x": ("floats", x), **channels, **one, "beta": None},
        "batch_norm_relu": {"x": ("floats", x), **{name: channels[name] for name in ("gamma", "beta")}, **one},
        "batch_norm_eval_relu": {"x": ("floats", x), **channels, **one},
        "batch_norm_relu_backward": {"dy": ("floats", x), "x": ("floats", x), **channels, **one},
        **{name: {"a": ("floats", rows), "b": ("floats", rows)} for name in ("add", "add_relu")},
        "affine": {"x": ("floats", x), "matrices": ("floats", numbers(2, 2, 3)), "fill": ("number", 0.0)},
        "sgd": {**update, "u": ("floats", rows), "momentum": ("rate", 0.9)},
        "rmsprop": {**update, "v": ("floats", abs(rows)), "decay": ("rate", 0.9), **one},
        "adam": {**update, "m": ("floats", rows), "v": ("floats", abs(rows)), "t": ("count", 1), "beta1": ("rate", 0.9),
                 "beta2": ("rate", 0.99), **one},
        "set_num_threads": {"n": ("count", 2)},
        "use": {"name": ("text", "fast")},
    }


def layer_targets():
    settings = {"rng": ("rng", 0), "dtype": ("dtype", np.float32), "initializer": ("initializer", None)}
    conv = {"channels": ("count", 3), "filters": ("count", 2), "kernel_size": ("size", 3), "stride": ("stride", 1),
            "padding": ("padding", 1)}
    pool = {"kernel_size": ("size", 2), "stride": ("pool stride", 2), "padding": ("padding", 0)}
    relu, dense = minicnn.ReLU(), minicnn.Dense(3, 3, rng=0)
    net = {"x_shape": ("shape", (32, 32, 3)), "classes": ("count", 10), **LAYER_SETTINGS}
    narrow = {**net, "width": ("count", 16), "blocks": ("blocks", (1, 1))}
    return {
        "Conv2D": {**conv, **settings}, "Dense": {"in_features": ("count", 3), "out_features": ("count", 4), **settings},
        "MaxPool2D": pool, "AvgPool2D": pool, "LeakyReLU": {"slope": ("number", 0.1)},
        "Dropout": {"rate": ("rate", 0.5), "rng": ("rng", 0)},
        "BatchNorm": {"channels": ("count", 3), "momentum": ("rate", 0.1), "epsilon": ("positive", 1e-5),
                      "dtype": ("dtype", np.float32)},
        "Sequential": {"layers": ("layers", [dense, relu])}, "Concat": {"branches": ("branches", [dense, relu])},
        "Residual": {"body": ("layer", dense)}, "Parameter": {"value": ("any floats", numbers(2, 3))},
        "lenet5": net, "resnet": narrow, "vgg_like": {**narrow, "dropout": ("rate", 0.5), "hidden": ("whole", 8)},
        "two_conv": {**net, "width": ("count", 4), "dropout": ("rate", 0.5)},
        "inception_like": {**net, "width": ("count", 16), "dropout": ("rate", 0.5)},
    }


def other_targets():
    model, logits, binary = small_model(), numbers(4, 3), numbers(4)
    loss = {"logits": ("floats", logits), "labels": ("labels", labels(0, 1, 2, 1)),
            "class_weights": ("weights", [1.0, 2.0, 1.0]), "label_smoothing": ("rate", 0.1)}
    binary_loss = {"logits": ("any floats", binary), "labels": ("labels", labels(0, 1, 0, 1)),
                   "class_weights": ("weights", [1.0, 2.0]), "label_smoothing": ("rate", 0.1)}
    step = {"parameters": ("parameters", model.parameters()), "lr": ("positive", 0.1), "weight_decay": ("positive", 0.0)}
    adam = {**step, "betas": ("betas", (0.9, 0.99)), "epsilon": ("positive", 1e-8)}
    pixels = np.zeros((10, 4, 4, 1), np.uint8)
    rows = {"images": ("array", pixels), "labels": ("array", np.arange(10) % 2), "rng": ("rng", 0)}
    preprocessing = minicnn.Preprocessing.of("0..1", (2, 2, 3))
    saved()
    return {
        "softmax_cross_entropy": loss, "sigmoid_cross_entropy": binary_loss,
        "SGD": {**step, "momentum": ("rate", 0.5)}, "Adam": adam, "AdamW": adam,
        "RMSprop": {**step, "decay": ("rate", 0.9), "epsilon": ("positive", 1e-8)},
        "clip_gradients": {"parameters": ("parameters", model.parameters()), "max_norm": ("clip", 1.0)},
        "AveragedWeights": {"model": ("model", model), "decay": ("rate", 0.9)},
        "StepDecay": {"optimizer": ("optimizer", optimizer()), "every": ("count", 3), "factor": ("rate", 0.5)},
        "Cosine": {"optimizer": ("optimizer", optimizer()), "total_steps": ("count", 3), "low": ("rate", 0.0)},
        "OneCycle": {"optimizer": ("optimizer", optimizer()), "total_steps": ("count", 3), "warm_up": ("rate", 0.3)},
        "accuracy": {"labels": ("labels pair", labels(0, 1, 2)), "predicted": ("labels pair", labels(0, 1, 1))},
        "confusion_matrix": {"labels": ("labels", labels(0, 1, 2)), "predicted": ("labels", labels(0, 1, 1)),
                             "classes": ("count", 3)},
        "softmax": {"logits": ("logits", logits)},
        "batches": {**rows, "batch_size": ("count", 4), "transform": ("transform", None)},
        "split": {**rows, "fraction": ("rate", 0.3)}, "as_float": {"images": ("pixels", pixels)},
        "class_weights": {"labels": ("labels pair", labels(0, 1, 2)), "classes": ("count", 3)},
        "first_nonfinite": {"model": ("model", model), "x": ("floats", numbers(2, 2, 2, 3))},
        "save_checkpoint": {"path": ("path", path("c.npz")), "model": ("model", model)},
        "load_checkpoint": {"path": ("path", path("c.npz")), "model": ("model", model)},
        "save_model": {"path": ("path", path("m.npz")), "model": ("model", model), "preprocessing": ("record", preprocessing),
                       "classes": ("names", ["a", "b", "c"])},
        "load_model": {"path": ("path", path("m.npz"))},
        "check_layer": {"layer": ("layer", minicnn.Dense(3, 2, rng=0)), "x_shape": ("shape", (2, 3)), "rng": ("rng", 0)},
        "check_network": {"model": ("model", model), "x_shape": ("any shape", (2, 2, 2, 3)), "rng": ("rng", 0)},
        "check_loss": {"loss": ("function", minicnn.softmax_cross_entropy), "logits": ("floats", numbers(4, 3, dtype=float)),
                       "labels": ("labels", labels(0, 1, 2, 1))},
        "Augment": {"rotation": ("angle", 5), "rng": ("rng", 0)},
    }


def method_targets():
    """Functions of arrays that are made each time: (function, arguments)."""
    x, dy = numbers(2, 4, 5, 3), numbers(2, 4, 5, 2)
    conv = minicnn.Conv2D(3, 2, kernel_size=3, padding=1, rng=0)
    norm, pool = minicnn.BatchNorm(3), minicnn.MaxPool2D(2)
    model = minicnn.Sequential([minicnn.Conv2D(3, 2, kernel_size=3, padding=1, rng=0), minicnn.ReLU()])
    made = {"Conv2D": conv, "BatchNorm": norm, "MaxPool2D": pool, "Sequential": model,
            "GlobalAvgPool2D": minicnn.GlobalAvgPool2D()}
    calls = {f"{name}.forward": (layer.forward, {"x": ("floats", x)}) for name, layer in made.items()}
    calls["Flatten.forward"] = minicnn.Flatten().forward, {"x": ("any floats", x)}
    calls["Dropout.forward"] = minicnn.Dropout(rng=0).forward, {"x": ("any floats", x)}
    calls["Conv2D.backward"] = (lambda dy: (conv.forward(x), conv.backward(dy)), {"dy": ("floats", dy)})
    calls["Sequential.backward"] = (lambda dy: (model.forward(x), model.backward(dy)), {"dy": ("floats", dy)})
    calls["Sequential.predict"] = (model.predict, {"x": ("floats", x), "batch_size": ("count", 2)})
    calls["Sequential.summary"] = (model.summary, {"x_shape": ("shape", (4, 5, 3))})
    calls["Sequential.output_shape"] = (model.output_shape, {"x_shape": ("shape", (2, 4, 5, 3))})
    calls["Dense.output_shape"] = (minicnn.Dense(3, 2, rng=0).output_shape, {"x_shape": ("shape", (2, 3))})
    calls["Conv2D.multiply_adds"] = (conv.multiply_adds, {"x_shape": ("shape", (2, 4, 5, 3))})
    weight = minicnn.Parameter(numbers(2, 3))
    for name in ("value", "grad"):
        calls[f"Parameter.{name}"] = (lambda array, name=name: setattr(weight, name, array),
                                      {"array": ("floats" if name == "value" else "bias", numbers(2, 3))})
    return calls


def _targets():
    targets = {}
    for make in (ops_targets, layer_targets, other_targets):
        for name in make():
            def one(make=make, name=name):
                kinds = {each: value for each, value in make()[name].items() if value is not None}
                function = getattr(ops if make is ops_targets else minicnn, name)
                if "initializer" in kinds:
                    kinds["initializer"] = "initializer", inspect.signature(function).parameters["initializer"].default
                return function, kinds
            targets[name] = one
    for name in method_targets():
        targets[name] = lambda name=name: method_targets()[name]
    return targets


TARGETS = _targets()
