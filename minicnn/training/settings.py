"""What a training can be told: every setting with its flag, its kind, its default, and what it does.

The same table makes the flags of `minicnn train`, checks a dict of settings that a program passes, and says what a
training that goes on may be told anew.
"""

import argparse
import difflib
import inspect
import re
from typing import NamedTuple

from ..cli.console import at_least, between, one_of, positive
from ..models import MODELS
from ..shapes import message


class Setting(NamedTuple):
    kind: object                                                   # text -> value, or bool
    default: object
    help: str
    metavar: str = None
    anew: bool = False                                             # whether --resume may be told another value


def blocks(text):
    """An argparse type: 2,2 -> [2, 2]."""
    if not re.fullmatch(r"\[?\s*[1-9]\d?(\s*,\s*[1-9]\d?)*\s*\]?", text):
        raise argparse.ArgumentTypeError(f"expected integers from 1 to 99 such as 2,2, got {text!r}")
    return [int(number) for number in re.findall(r"\d+", text)]


GROUPS = {
    "data": {
        "data": Setting(str, None, "mnist, fashion-mnist, digits (drawn, needs no file), or a folder that has a folder of "
                                   "pictures for each class", "NAME", True),
        "data_dir": Setting(str, None, "where the files of mnist and fashion-mnist are (default: $MINICNN_DATA, the user's "
                                       "cache, or a download)", "FOLDER", True),
        "size": Setting(at_least(1), None, "make pictures SIZE x SIZE pixels (default: as they are; a folder's 64)", "SIZE"),
        "range": Setting(one_of("0..1", "-1..1", "standard"), None, "what pixels become: 0..1, -1..1 (write "
                         "--range=-1..1) or standard: mean 0 and std 1 of each channel (default: 0..1, for a folder "
                         "standard)", "RANGE"),
        "validation": Setting(between(0, 1, open=True), 0.1, "share of the training pictures that chooses the best epoch and "
                                                             "is not learned from", "SHARE"),
        "limit": Setting(at_least(1), None, "use N of the training pictures, of every class its share, and test on N", "N"),
        "strict": Setting(bool, False, "stop at a broken picture in a folder; otherwise it is left out and named"),
    },
    "network": {
        "model": Setting(one_of(*MODELS), "two_conv", ", ".join(MODELS), "NAME"),
        "width": Setting(at_least(1), None, "channels of its first layers, where the model has such a setting", "N"),
        "blocks": Setting(blocks, None, "layers in each block, such as 2,2, where the model has blocks", "N,N"),
        "dropout": Setting(between(0, 1), None, "share of numbers dropped in training, where the model has dropout", "RATE"),
        "batch_norm": Setting(bool, None, "batch norm after each convolution, where the model leaves the choice"),
    },
    "training": {
        "epochs": Setting(at_least(1), 5, "how often each training picture is seen", "N"),
        "batch_size": Setting(at_least(1), 64, "pictures per step", "N"),
        "optimizer": Setting(one_of("adam", "adamw", "sgd", "rmsprop"), "adam", "adam, adamw, sgd (Nesterov, momentum 0.9) or "
                                                                                "rmsprop", "NAME"),
        "lr": Setting(positive, None, "learning rate at its highest (default: adam and adamw 0.002, rmsprop 0.001, sgd "
                                    "0.05)", "LR"),
        "weight_decay": Setting(between(0, 1), None, "pull of the weights to 0 (default: 0, adamw 0.01)", "DECAY"),
        "schedule": Setting(one_of("onecycle", "cosine", "step", "constant"), "onecycle", "how the rate goes: onecycle (up, "
                            "then down), cosine (down), step (a tenth after each third) or constant", "NAME"),
        "label_smoothing": Setting(between(0, 1), 0.0, "share of each label that is spread over all classes", "SHARE"),
        "class_weights": Setting(one_of("balanced", "none"), "none", "balanced: all pictures of a class together count as "
                                                                     "much as those of another; or none", "HOW"),
        "average": Setting(between(0, 1), None, "validate and keep an average of the weights, such as 0.999 of the old with "
                                                "each step", "DECAY"),
        "patience": Setting(at_least(1), None, "stop when validation has not become better for N epochs (default: never)",
                            "N", True),
        "seed": Setting(at_least(0), 0, "fixes weights, order, dropout and augmentation: same seed, same bits", "N"),
    },
    "augmentation": {
        "augment": Setting(one_of("none", "light", "full"), "none", "a preset that suits the data; the flags below override "
                                                                    "parts of it", "PRESET"),
        "flip": Setting(bool, None, "mirror every second picture left to right"),
        "rotation": Setting(between(0, 180), None, "up to so many degrees either way", "DEGREES"),
        "zoom": Setting(between(0, 4), None, "up to so much larger or smaller, such as 0.1", "SHARE"),
        "shift": Setting(between(0, 1), None, "up to so much of the size, in each direction", "SHARE"),
        "shear": Setting(between(0, 60), None, "up to so many degrees either way", "DEGREES"),
        "crop": Setting(at_least(0), None, "a random place within a border of so many pixels", "PIXELS"),
        "erase": Setting(between(0, 1), None, "probability that a random rectangle is blanked", "SHARE"),
        "brightness": Setting(between(0, 1), None, "up to so much of black to white added or taken", "SHARE"),
    },
    "run": {
        "run": Setting(str, None, "the run folder (default: a fresh one, runs/DATA-MODEL)", "FOLDER", True),
        "threads": Setting(at_least(1), None, "compute on N threads; no result depends on it (default: one a core)", "N", True),
        "pictures": Setting(bool, True, "draw curves, filters, mistakes and more at the end", None, True),
        "show": Setting(bool, False, "open the learning curves at the end, where there is a display", None, True),
    },
}
SETTINGS = {name: setting for group in GROUPS.values() for name, setting in group.items()}
OWN = ("width", "blocks", "dropout", "batch_norm")                 # settings that belong to some of the models


def add_flags(parser):
    """Add the flag of every setting, by groups. What is not given does not appear among the parsed options."""
    for title, group in GROUPS.items():
        flags = parser.add_argument_group(title)
        for name, (kind, default, text, metavar, _) in group.items():
            action = {"action": argparse.BooleanOptionalAction} if kind is bool else {"type": kind, "metavar": metavar}
            shown = "" if default is None or kind is bool else f" (default: {default})"
            flags.add_argument(flag(name), default=argparse.SUPPRESS, help=text.replace("%", "%%") + shown, **action)


def flag(name):
    return "--" + name.replace("_", "-")


def complete(given):
    """All settings: those given, checked, and the defaults of the others.

    Raises: ValueError for an unknown name or a value that its flag would not take.
    """
    for name in given:
        if name not in SETTINGS:
            near = difflib.get_close_matches(name, SETTINGS, 1)
            raise ValueError(message("train", "a setting that it knows", repr(name), f"did you mean {near[0]}?" if near else
                                     "minicnn train --help lists them"))
    settings = {name: setting.default for name, setting in SETTINGS.items()}
    settings |= {name: _checked(name, value) for name, value in given.items()}
    if not settings["data"]:
        raise ValueError(message("train", "--data", "none", "such as --data digits, which needs no file; --resume RUN goes on"))
    return settings


def _checked(name, value):
    kind = SETTINGS[name].kind
    if (value is None and SETTINGS[name].default is None) or (kind is bool and isinstance(value, bool)):
        return value
    if kind is bool or isinstance(value, bool):
        raise ValueError(message("train", f"{flag(name)} to be {'true or false' if kind is bool else 'no truth value'}", value))
    try:
        return kind(str(value))
    except argparse.ArgumentTypeError as problem:
        raise ValueError(f"{flag(name)}: {problem}") from None


def resumed(before, given):
    """The settings of a run that goes on: as it began, but for those that change no bit of what is learned.

    Raises: ValueError where another one is given anew.
    """
    before = complete(before)
    for name, value in given.items():
        more_epochs = name == "epochs" and before["schedule"] == "constant"
        if _checked(name, value) != before[name] and not (SETTINGS[name].anew or more_epochs):
            raise ValueError(message("--resume", f"{flag(name)} {before[name]} as the run began", value,
                                     "only a constant schedule can be made longer" if name == "epochs" else
                                     "leave it out, or begin a new run with it"))
    return before | {name: _checked(name, value) for name, value in given.items()}


def own(settings):
    """The settings of the model itself, by the names of its function.

    Raises: ValueError for one that this model does not have.
    """
    model, asked = settings["model"], {name: settings[name] for name in OWN if settings[name] is not None}
    known = inspect.signature(MODELS[model]).parameters
    for name in asked:
        if name not in known:
            has = [flag(other) for other in OWN if other in known]
            raise ValueError(message(model, " or ".join(has) or "no settings of its own", flag(name), "leave it out"))
    return asked
