"""From settings to the parts of a training: optimizer, schedule, augmentation."""

import sys

import numpy as np

from ..data.augment import Augment
from ..optim.optimizers import SGD, Adam, AdamW, RMSprop
from ..optim.schedules import Cosine, OneCycle, StepDecay

RATES = {"adam": 2e-3, "adamw": 2e-3, "rmsprop": 1e-3, "sgd": 0.05}
DECAYS = {"adam": 0.0, "adamw": 0.01, "rmsprop": 0.0, "sgd": 0.0}

# What leaves a picture in its class: a digit must not be mirrored, a garment stands upright, a photo bears most.
PRESETS = {
    ("light", "digit"): {"rotation": 8, "zoom": 0.08, "shift": 0.06},
    ("full", "digit"): {"rotation": 12, "zoom": 0.12, "shift": 0.08, "shear": 10, "erase": 0.1},
    ("light", "garment"): {"flip": True, "shift": 0.05},
    ("full", "garment"): {"flip": True, "shift": 0.07, "zoom": 0.08, "rotation": 4, "erase": 0.25},
    ("light", "photo"): {"flip": True, "shift": 0.08},
    ("full", "photo"): {"flip": True, "shift": 0.1, "zoom": 0.15, "rotation": 10, "erase": 0.25, "brightness": 0.1},
}
NONE = {"flip": False, "rotation": 0, "zoom": 0, "shift": 0, "shear": 0, "crop": 0, "erase": 0, "brightness": 0}


def settle(settings, kind):
    """The settings with every default filled in that depends on other settings or on the kind of picture."""
    augmentation = NONE | PRESETS.get((settings["augment"], kind), {})
    filled = {"lr": RATES[settings["optimizer"]], "weight_decay": DECAYS[settings["optimizer"]],
              "range": "standard" if kind == "photo" else "0..1", **augmentation}
    settled = settings | {name: value for name, value in filled.items() if settings[name] is None}
    if settled["flip"] and kind == "digit":
        print("warning: --flip shows the network digits that nobody writes: a mirrored 2 or 7", file=sys.stderr)
    return settled


def optimizer(settings, parameters):
    """The optimizer that the settings ask for."""
    name, rest = settings["optimizer"], {"lr": settings["lr"], "weight_decay": settings["weight_decay"]}
    if name == "sgd":
        return SGD(parameters, momentum=0.9, nesterov=True, **rest)
    return {"adam": Adam, "adamw": AdamW, "rmsprop": RMSprop}[name](parameters, **rest)


def schedule(settings, optimizer, total_steps):
    """The schedule that the settings ask for; a rate that falls by a factor of 1 is constant."""
    name = settings["schedule"]
    if name == "onecycle":
        return OneCycle(optimizer, max(2, total_steps))
    if name == "cosine":
        return Cosine(optimizer, total_steps)
    if name == "step":
        return StepDecay(optimizer, every=max(1, -(-total_steps // 3)))
    return StepDecay(optimizer, every=1, factor=1.0)


def augment(settings, prepare, rng):
    """What is done to each batch of training pictures, or None.

    Room that opens at the edges is black, as around a digit; for photos grey.
    """
    asked = {name: settings[name] for name in NONE if settings[name]}
    if not asked:
        return None
    mean, std = np.mean(prepare.mean), np.mean(prepare.std)
    if "brightness" in asked:
        asked["brightness"] /= float(std)                    # from shares of black to white into units of x
    grey = 0.5 if prepare.kind == "photo" else 0.0
    return Augment(**asked, fill=float((grey - mean) / std), rng=rng)
