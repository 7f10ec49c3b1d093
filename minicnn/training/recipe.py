"""From settings to the parts of a training: network, optimizer, schedule, augmentation."""

import sys

import numpy as np

from ..data.augment import Augment
from ..models import build
from ..optim.optimizers import SGD, Adam, AdamW, RMSprop
from ..optim.schedules import Cosine, OneCycle, StepDecay
from ..shapes import ShapeError
from .settings import model_settings

RATES = {"adam": 2e-3, "adamw": 2e-3, "rmsprop": 1e-3, "sgd": 0.05}
DECAYS = {"adam": 0.0, "adamw": 0.01, "rmsprop": 0.0, "sgd": 0.0}

# Augmentations that do not change the label: a digit must not be mirrored, a garment stands upright, photos tolerate the most.
PRESETS = {
    ("light", "digit"): {"rotation": 8, "zoom": 0.08, "shift": 0.06},
    ("full", "digit"): {"rotation": 12, "zoom": 0.12, "shift": 0.08, "shear": 10, "erase": 0.1},
    ("light", "garment"): {"flip": True, "shift": 0.05},
    ("full", "garment"): {"flip": True, "shift": 0.07, "zoom": 0.08, "rotation": 4, "erase": 0.25},
    ("light", "photo"): {"flip": True, "shift": 0.08},
    ("full", "photo"): {"flip": True, "shift": 0.1, "zoom": 0.15, "rotation": 10, "erase": 0.25, "brightness": 0.1},
}
NONE = {"flip": False, "rotation": 0, "zoom": 0, "shift": 0, "shear": 0, "crop": 0, "erase": 0, "brightness": 0}


def resolve_defaults(settings, kind):
    """The settings with every default filled in that depends on other settings or on the kind of image."""
    augmentation = NONE | PRESETS.get((settings["augment"], kind), {})
    defaults = {"lr": RATES[settings["optimizer"]], "weight_decay": DECAYS[settings["optimizer"]],
                "range": "standard" if kind == "photo" else "0..1", **augmentation}
    resolved = settings | {name: value for name, value in defaults.items() if settings[name] is None}
    if resolved["flip"] and kind == "digit":
        print("warning: --flip trains on digits that nobody writes, such as a mirrored 2 or 7", file=sys.stderr)
    return resolved


def network(settings, x_shape, classes, N, rng):
    """The network, checked to take batches of these images, also the last and smallest batch of N images."""
    try:
        model = build(settings["model"], x_shape=x_shape, classes=classes, rng=rng, **model_settings(settings))
        for batch in {min(settings["batch_size"], N), N % settings["batch_size"] or N}:
            model.output_shape((batch, *x_shape))
    except ShapeError as problem:
        H, W = x_shape[:2]
        raise ShapeError(f"{settings['model']} cannot take images of {H} x {W} in batches of {settings['batch_size']} "
                         f"({problem}); another --size or --batch-size") from None
    return model


def optimizer(settings, parameters):
    """The optimizer that the settings ask for."""
    name, rest = settings["optimizer"], {"lr": settings["lr"], "weight_decay": settings["weight_decay"]}
    if name == "sgd":
        return SGD(parameters, momentum=0.9, nesterov=True, **rest)
    return {"adam": Adam, "adamw": AdamW, "rmsprop": RMSprop}[name](parameters, **rest)


def schedule(settings, optimizer, total_steps):
    """The schedule that the settings ask for. StepDecay with the factor 1 is constant."""
    name = settings["schedule"]
    if name == "onecycle":
        return OneCycle(optimizer, max(2, total_steps))
    if name == "cosine":
        return Cosine(optimizer, total_steps)
    if name == "step":
        return StepDecay(optimizer, every=max(1, -(-total_steps // 3)))
    return StepDecay(optimizer, every=1, factor=1.0)


def augment(settings, prepare, rng):
    """The augmentation of training batches, or None.

    New pixels at the edges are black, as around a digit; for photos grey.
    """
    asked = {name: settings[name] for name in NONE if settings[name]}
    if not asked:
        return None
    mean, std = np.mean(prepare.mean), np.mean(prepare.std)
    if "brightness" in asked:
        asked["brightness"] /= float(std)                          # from a fraction of black to white to units of x
    grey = 0.5 if prepare.kind == "photo" else 0.0
    return Augment(**asked, fill=float((grey - mean) / std), rng=rng)
