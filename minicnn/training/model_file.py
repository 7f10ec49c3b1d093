"""The model file: a checkpoint of the weights that says which network they belong to and what its answers mean.

    save_model("model.npz", model, "two_conv", {"dropout": 0.5}, preprocessing, classes)
    trained = load_model("model.npz")
    probabilities = trained.probabilities(trained.preprocessing.one_image(image))
"""

from typing import NamedTuple

from .. import models
from ..data.preprocessing import Preprocessing
from ..layers.sequential import Sequential
from ..metrics import softmax
from ..shapes import check_images, message
from .checkpoint import CheckpointError, load_checkpoint, save_checkpoint

FORMAT = 1
KEYS = ("format", "name", "settings", "preprocessing", "classes")


class TrainedModel(NamedTuple):
    """A network that has learned, with what using it takes: nothing has to be told twice."""

    model: Sequential
    preprocessing: Preprocessing
    classes: tuple
    name: str
    settings: dict

    def probabilities(self, x):
        """How likely each class is for prepared pictures.

        Shapes: x (N, H, W, C) float32 -> (N, K) float64, each row with the sum 1.
        Raises: ShapeError, DtypeError for an x that the network cannot take.
        """
        check_images(f"{self.name}", x.shape, self.preprocessing.x_shape[2])
        return softmax(self.model.predict(x))


def save_model(path, model, name, settings, preprocessing, classes):
    """Write a network called `name` in MODELS, made with these settings of its own, to one file.

    Raises: ValueError for another name; OSError where the file cannot be written (an older one stays as it was).
    """
    if name not in models.MODELS:
        raise ValueError(message("save_model", f"a network of models.MODELS: {', '.join(models.MODELS)}", repr(name),
                                 "save_checkpoint keeps the weights of any network"))
    notes = dict(zip(KEYS, (FORMAT, name, dict(settings), preprocessing.as_dict(), list(classes))))
    save_checkpoint(path, notes={"model_file": notes}, model=model)


def load_model(path):
    """The network of a model file, ready to predict.

    Raises: CheckpointError where the file is damaged, another version's, or a checkpoint that is no model file;
    OSError where it cannot be read.
    """
    who = f"load_model({path})"
    notes = load_checkpoint(path)
    notes = notes.get("model_file") if isinstance(notes, dict) else None
    if not isinstance(notes, dict) or "format" not in notes:
        raise CheckpointError(message(who, "a model file", "a checkpoint without the network's name and classes",
                                      "take the model.npz of a run folder; save_model writes it"))
    if notes["format"] != FORMAT:
        raise CheckpointError(message(who, f"a model file of format {FORMAT}", f"format {notes['format']!r}",
                                      "another version of minicnn wrote it: read it with that one, or train anew"))
    try:
        name, settings, preprocessing, classes = (notes[key] for key in KEYS[1:])
        preprocessing = Preprocessing.from_dict(preprocessing)
        if len(classes) < 2 or not all(isinstance(word, str) for word in classes):
            raise ValueError(f"classes {classes!r}")
        model = models.build(name, x_shape=preprocessing.x_shape, classes=len(classes), rng=0, **settings)
        model.output_shape((1, *preprocessing.x_shape))
    except (ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError, MemoryError, OverflowError) as problem:
        raise CheckpointError(message(who, "notes from which the network can be built", f"{type(problem).__name__}: {problem}",
                                      "the file is damaged, or another version of minicnn wrote it")) from None
    load_checkpoint(path, model=model)
    return TrainedModel(model.eval(), preprocessing, tuple(classes), name, settings)
