"""The model file: the weights of a network, and what is needed to use it: its layers, its preprocessing, its classes.

    save_model("model.npz", model, preprocessing, classes)
    trained = load_model("model.npz")
    probabilities = trained.probabilities(trained.preprocessing.one_image(image))
"""

import math
import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..data.checks import check_path
from ..data.preprocessing import Preprocessing
from ..layers.layer import Layer, check_is_layer
from ..layers.sequential import Sequential
from ..metrics import softmax
from ..shapes import check_images, message, shown
from .architecture import build, check_size, describe, parameter_count
from .checkpoint import CheckpointError, load_checkpoint, save_checkpoint, saved_shapes

FORMAT = 2


class TrainedModel(NamedTuple):
    """A trained network with its preprocessing and the names of its classes."""

    model: Sequential
    preprocessing: Preprocessing
    classes: tuple

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """The probability of each class, for images after preprocessing.

        Shapes: x (N, H, W, C) float32 -> (N, K) float64, each row with the sum 1.
        Raises: ShapeError, DtypeError for an x that the network cannot take.
        """
        check_images("TrainedModel", x.shape, self.preprocessing.x_shape[2])
        return class_probabilities(self.model.predict(x))


def class_probabilities(logits):
    """Logits as probabilities. A single logit z decides between two classes: its row becomes (1 - p, p) with p = sigmoid(z).

    Shapes: (N, K) -> (N, K), or (N, 1) -> (N, 2)
    """
    if logits.shape[1] > 1:
        return softmax(logits)
    p = 1 / (1 + np.exp(-logits.astype(np.float64)))
    return np.concatenate([1 - p, p], axis=1)


def save_model(path: str | os.PathLike, model: Layer, preprocessing: Preprocessing, classes: Sequence[str]) -> None:
    """Write a network to one file from which `load_model` and `minicnn predict` can use it.

    `preprocessing` says how an image becomes the network's x; `classes` names the outputs in order, and two classes may
    have a single output: the logit of the second class.

    Raises: TypeError for a layer that cannot be described (see architecture.py), ValueError for another number of classes;
    OSError if the file cannot be written (an older one then stays as it was).
    """
    check_path("save_model", "path, a string or a Path", path)
    save_checkpoint(path, notes={"model_file": describe_model(model, preprocessing, classes)}, model=model)


def describe_model(model, preprocessing, classes):
    """What a model file holds in addition to the weights, as a dict that JSON can hold. Raises: as save_model."""
    check_is_layer("save_model", model)
    if not isinstance(preprocessing, Preprocessing):
        raise TypeError(message("save_model", "a Preprocessing", shown(preprocessing), 'Preprocessing.of("0..1", x_shape)'))
    if not isinstance(classes, Sequence) or not all(isinstance(name, str) for name in classes):
        raise TypeError(message("save_model", "classes, a list of names", shown(classes)))
    outputs = model.output_shape((2, *preprocessing.x_shape))[-1]
    if len(classes) != max(2, outputs):
        raise ValueError(message("save_model", f"{max(2, outputs)} classes for {outputs} outputs", len(classes)))
    return {"format": FORMAT, "network": describe(model), "preprocessing": preprocessing.as_dict(), "classes": list(classes)}


def load_model(path: str | os.PathLike, layers: Sequence[type[Layer]] = ()) -> TrainedModel:
    """The network of a model file, ready to predict. `layers` are the layer classes of your own that it contains.

    Raises: CheckpointError if the file is damaged, has another version, or is a checkpoint but not a model file;
    OSError if it cannot be read.
    """
    check_path("load_model", "path, a string or a Path", path)
    who = f"load_model({path})"
    notes = load_checkpoint(path)
    notes = notes.get("model_file") if isinstance(notes, dict) else None
    if not isinstance(notes, dict) or "format" not in notes:
        raise CheckpointError(message(who, "a model file", "a checkpoint without layers and classes",
                                      "take the model.npz of a run folder; save_model writes it"))
    if notes["format"] != FORMAT:
        raise CheckpointError(message(who, f"a model file of format {FORMAT}", f"format {notes['format']!r}",
                                      "another version of minicnn wrote it: read it with that one, or train again"))
    saved = sum(math.prod(shape) for name, shape in saved_shapes(path, "model").items() if name.startswith("parameters/"))
    try:
        preprocessing, classes = Preprocessing.from_dict(notes["preprocessing"]), notes["classes"]
        needed = parameter_count(notes["network"])
        if needed > saved or (needed < saved and not layers):
            raise ValueError(message("the network", f"{needed:,} parameters", f"{saved:,} in the file"))
        model = build(notes["network"], layers)
        check_size(model, preprocessing.x_shape)
        outputs = model.output_shape((2, *preprocessing.x_shape))[-1]
        named = isinstance(classes, list) and all(isinstance(name, str) for name in classes)
        if not named or len(classes) != max(2, outputs):
            raise ValueError(message("the network", f"names of {max(2, outputs)} classes", repr(classes)[:80]))
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, MemoryError, RecursionError) as problem:
        raise CheckpointError(message(who, "the description of a network", f"{type(problem).__name__}: {str(problem)[:300]}",
                                      "" if "layers=[" in str(problem) else
                                      "the file is damaged, or another version of minicnn wrote it")) from None
    load_checkpoint(path, model=model)
    return TrainedModel(model.eval(), preprocessing, tuple(classes))
