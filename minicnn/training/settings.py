"""The settings of `minicnn train`: every setting with its flag, its type, its default, and what it does.

The same table makes the flags, checks a dict of settings that a program passes, and says which settings may change when a
training is resumed.
"""

import argparse
import inspect
import re
from typing import NamedTuple

from ..models import MODELS
from ..shapes import message
from ..support.flags import at_least, between, did_you_mean, one_of, path, positive


class Setting(NamedTuple):
    """One setting: how its text becomes a value, its default, and its help."""

    kind: object                                                   # text -> value, or bool
    default: object
    help: str
    metavar: str = None
    may_change: bool = False                                       # whether another value is allowed with --resume


def blocks(text):
    """An argparse type: 2,2 -> [2, 2]."""
    if not re.fullmatch(r"\[?\s*[1-9]\d?(\s*,\s*[1-9]\d?)*\s*\]?", text):
        raise argparse.ArgumentTypeError(f"expected integers from 1 to 99 such as 2,2, got {text!r}")
    return [int(number) for number in re.findall(r"\d+", text)]


GROUPS = {
    "data": {
        "data": Setting(path, None, "mnist, fashion-mnist, digits (drawn by the program: no file is needed), or a folder with "
                                    "a folder of images for each class", "NAME", True),
        "data_dir": Setting(path, None, "where the files of mnist and fashion-mnist are (default: $MINICNN_DATA, the user's "
                                       "cache, or a download)", "FOLDER", True),
        "size": Setting(at_least(1), None, "resize images to SIZE x SIZE pixels (default: no; a folder's: 64)", "SIZE"),
        "range": Setting(one_of("0..1", "-1..1", "standard"), None, "the range of x: 0..1, -1..1 or standard, "
                         "which is mean 0 and std 1 of each channel (default: 0..1; standard for a folder)", "RANGE"),
        "validation": Setting(between(0, 1, open=True), 0.1, "the fraction of the training images that is set apart to "
                                                             "choose the best epoch", "FRACTION"),
        "limit": Setting(at_least(1), None, "use N of the training images, evenly from all classes, and test on N", "N"),
        "strict": Setting(bool, False, "stop at a broken image in a folder; otherwise it is left out and named"),
    },
    "network": {
        "model": Setting(one_of(*MODELS), "two_conv", ", ".join(MODELS), "NAME"),
        "width": Setting(at_least(1), None, "channels of the first layers, if the model has this setting", "N"),
        "blocks": Setting(blocks, None, "layers in each block, such as 2,2, if the model has blocks", "N,N"),
        "dropout": Setting(between(0, 1), None, "the probability that dropout sets a number to 0, if the model has it", "RATE"),
        "batch_norm": Setting(bool, None, "batch norm after each convolution, if the model has the choice"),
    },
    "training": {
        "epochs": Setting(at_least(1), 5, "how often each training image is seen", "N"),
        "batch_size": Setting(at_least(1), 64, "images per step", "N"),
        "optimizer": Setting(one_of("adam", "adamw", "sgd", "rmsprop"), "adam", "adam, adamw, sgd (Nesterov, momentum 0.9) or "
                                                                                "rmsprop", "NAME"),
        "lr": Setting(positive, None, "the highest learning rate (default: adam, adamw 0.002, rmsprop 0.001, sgd 0.05)", "LR"),
        "weight_decay": Setting(between(0, 1), None, "weight decay (default: 0, adamw 0.01)", "DECAY"),
        "schedule": Setting(one_of("onecycle", "cosine", "step", "constant"), "onecycle", "the learning rate over time: "
                            "onecycle (up, then down), cosine (down), step (a tenth after each third) or constant", "NAME"),
        "label_smoothing": Setting(between(0, 1), 0.0, "the probability of each label that is spread over all classes", "S"),
        "class_weights": Setting(one_of("balanced", "none"), "none", "balanced: all images of a class together count as "
                                                                     "much as those of another; or none", "HOW"),
        "average": Setting(between(0, 1), None, "validate and keep averaged weights; DECAY, such as 0.999, is how much of the "
                                                "average stays at each step", "DECAY"),
        "patience": Setting(at_least(1), None, "stop if the validation was no better for N epochs (default: never)",
                            "N", True),
        "seed": Setting(at_least(0), 0, "fixes weights, order, dropout and augmentation: same seed, same bits", "N"),
    },
    "augmentation": {
        "augment": Setting(one_of("none", "light", "full"), "none", "a preset that suits the data; the flags below change "
                                                                    "parts of it", "PRESET"),
        "flip": Setting(bool, None, "mirror each image left to right with probability 1/2"),
        "rotation": Setting(between(0, 180), None, "rotate by up to so many degrees either way", "DEGREES"),
        "zoom": Setting(between(0, 4), None, "up to so much larger or smaller, such as 0.1", "FRACTION"),
        "shift": Setting(between(0, 1), None, "shift by up to this fraction of the size, in each direction", "FRACTION"),
        "shear": Setting(between(0, 60), None, "shear by up to so many degrees either way", "DEGREES"),
        "crop": Setting(at_least(0), None, "pad by so many pixels and cut out a random window of the old size", "PIXELS"),
        "erase": Setting(between(0, 1), None, "probability that a random rectangle is blanked", "P"),
        "brightness": Setting(between(0, 1), None, "add or subtract up to this fraction of white", "FRACTION"),
    },
    "run": {
        "run": Setting(path, None, "the run folder (default: a fresh one, runs/DATA-MODEL)", "FOLDER", True),
        "threads": Setting(at_least(1), None, "compute with N threads; results do not depend on it (default: all)", "N", True),
        "pictures": Setting(bool, True, "draw learning curves, filters, mistakes and more at the end", None, True),
        "show": Setting(bool, False, "open the learning curves at the end, if there is a display", None, True),
    },
}
SETTINGS = {name: setting for group in GROUPS.values() for name, setting in group.items()}
OF_MODEL = ("width", "blocks", "dropout", "batch_norm")            # settings that only some of the models have


def add_flags(parser):
    """Add the flag of every setting, in groups. A flag that is not given does not appear among the parsed options."""
    for title, group in GROUPS.items():
        flags = parser.add_argument_group(title)
        for name, (kind, default, text, metavar, _) in group.items():
            action = {"action": argparse.BooleanOptionalAction} if kind is bool else {"type": kind, "metavar": metavar}
            shown = "" if default is None or kind is bool else f" (default: {default})"
            flags.add_argument(flag(name), default=argparse.SUPPRESS, help=text.replace("%", "%%") + shown, **action)


def flag(name):
    """The flag of a setting: batch_size -> --batch-size."""
    return "--" + name.replace("_", "-")


def as_words(settings):
    """Settings as words of a command line, without those that have their default."""
    for name, value in settings.items():
        if isinstance(value, bool) and value != SETTINGS[name].default:
            yield flag(name if value else "no_" + name)
        elif value != SETTINGS[name].default:
            text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
            yield from [f"{flag(name)}={text}"] if text.startswith("-") else [flag(name), text]


def complete(given):
    """All settings: those given, checked, and the defaults of the others.

    Raises: ValueError for an unknown name or a value that its flag would not take.
    """
    for name in given:
        if name not in SETTINGS:
            raise ValueError(message("train", "a setting that it knows", repr(name))
                             + (did_you_mean(name, SETTINGS) or "; minicnn train --help lists them"))
    settings = {name: setting.default for name, setting in SETTINGS.items()}
    settings |= {name: _checked(name, value) for name, value in given.items()}
    if not settings["data"]:
        raise ValueError(message("train", "--data", "none", "such as --data digits, which needs no file; --resume RUN resumes "
                                 "a run"))
    return settings


def _checked(name, value):
    kind = SETTINGS[name].kind
    if (value is None and SETTINGS[name].default is None) or (kind is bool and isinstance(value, bool)):
        return value
    if kind is bool or isinstance(value, bool):
        raise ValueError(message("train", f"{flag(name)} to be {'true or false' if kind is bool else 'a value'}", value))
    try:
        return kind(str(value))
    except argparse.ArgumentTypeError as problem:
        raise ValueError(f"{flag(name)}: {problem}") from None


def may_change(settings):
    """The settings that may have another value when the training is resumed: those that change no bit of what is learned."""
    names = {name for name, setting in SETTINGS.items() if setting.may_change}
    return names | {"epochs"} if settings["schedule"] == "constant" else names


def resumed(before, given):
    """The settings of a resumed run: as it began, with the new values of those that may change.

    Raises: ValueError if another setting is given a new value.
    """
    before = complete(before)
    for name, value in given.items():
        if _checked(name, value) != before[name] and name not in may_change(before):
            raise ValueError(message("--resume", f"{flag(name)} {before[name]} as the run began", value,
                                     "only a training with a constant schedule can be made longer" if name == "epochs" else
                                     "leave it out, or start a new run with it"))
    return before | {name: _checked(name, value) for name, value in given.items()}


def model_settings(settings):
    """The settings of the model itself, by the names of its function's arguments.

    Raises: ValueError for one that this model does not have.
    """
    model, asked = settings["model"], {name: settings[name] for name in OF_MODEL if settings[name] is not None}
    known = inspect.signature(MODELS[model]).parameters
    for name in asked:
        if name not in known:
            has = [flag(other) for other in OF_MODEL if other in known]
            raise ValueError(message(model, " or ".join(has) or "no settings of its own", flag(name), "leave it out"))
    return asked
