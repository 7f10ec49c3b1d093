"""The page of the optimizers: four paths from one start in the valley of chapter 1, and the arithmetic of each step."""

import math

import numpy as np

from ...layers.parameter import Parameter
from ...optim import SGD, Adam, RMSprop
from .recorder import Recorder
from .scene import Scene, View

STEPS = 40
START, LOWEST = (0.0, 0.0), (2.0, -1.0)
OPTIMIZERS = {
    "sgd": ("SGD", lambda p: SGD(p, lr=0.1), "Each step goes against the gradient. It falls into the valley quickly and then "
            "creeps along its bottom, where the gradient is small."),
    "momentum": ("Momentum", lambda p: SGD(p, lr=0.1, momentum=0.9), "u remembers earlier gradients. Along the valley they "
                 "agree and add up; across it they change sign and cancel."),
    "rmsprop": ("RMSprop", lambda p: RMSprop(p, lr=0.1), "Each gradient is divided by its usual size, so both weights move "
                "about equally fast."),
    "adam": ("Adam", lambda p: Adam(p, lr=0.1), "Momentum and RMSprop together. The first step has the length lr in each "
             "weight."),
}
WIDE, HIGH = 560, 400                                              # of the map, in its own pixels
X, Y = (-0.6, 3.6), (-2.6, 1.4)                                    # what it shows of w and b


def loss(p):
    """The mean square error of the line w * x + b at the points (1, 1) and (2, 3)."""
    return ((p[0] + p[1] - 1) ** 2 + (2 * p[0] + p[1] - 3) ** 2) / 2


def gradient(p):
    """Its derivatives with respect to w and b."""
    e = np.array([p[0] + p[1] - 1, 2 * p[0] + p[1] - 3])
    return np.array([e[0] + 2 * e[1], e[0] + e[1]])


def optimizers(wanted) -> Scene:
    """SGD, momentum, RMSprop and Adam from one start. `wanted` has nothing that this page could change."""
    views, paths = [], {}
    for name, (title, make, text) in OPTIMIZERS.items():
        recorder = Recorder()
        paths[name] = _descend(recorder, make)
        views.append(View(name, title, text, recorder, {"w": paths[name][-1]}))
    return Scene("optimizers", "Four optimizers in one valley", f"All start at w = 0, b = 0 with lr = 0.1 and take {STEPS} "
                 "steps. The lowest point is w = 2, b = -1. The lines join places of equal loss.", views, _map(paths))


def _descend(recorder, make):
    """Record the steps of an optimizer. Returns its places, the start first."""
    parameters = {"p": Parameter(np.array(START))}
    optimizer = make(parameters)
    g = recorder.show("g", (2,), "input", note="gradient at this place")
    created = {"w": recorder.show("w", (2,), "parameter", note="the place: w and b")}
    created |= {slot: recorder.show(slot, (2,), "middle", note="remembered") for slot in optimizer.slots}
    recorder.link(parameters["p"].value, created["w"], created["w"].ids)
    for slot in optimizer.slots:
        recorder.link(optimizer.memory[slot]["p"], created[slot], created[slot].ids)
    places = [parameters["p"].value.copy()]
    for t in range(1, STEPS + 1):
        parameters["p"].grad = gradient(parameters["p"].value)
        recorder.link(parameters["p"].grad, g, g.ids)
        recorder.call(optimizer.step, created=created, window=("i",),
                      stage=f"Step {t} of {STEPS}. The loss before it is {loss(places[-1]):.4g}")
        places.append(parameters["p"].value.copy())
    return places


def _map(paths):
    """What the page draws: contour lines and paths as points of the map."""
    values, axes = np.linalg.eigh([[2.5, 1.5], [1.5, 1.0]])        # loss = offset @ this matrix @ offset, an ellipse per level
    angles = np.linspace(0, 2 * math.pi, 121)
    contours = []
    for level in (0.01, 0.05, 0.2, 0.6, 1.5, 3.5, 8):
        ellipse = axes @ (np.sqrt(level / values)[:, None] * [np.cos(angles), np.sin(angles)])
        contours.append([_place(point) for point in (ellipse.T + LOWEST)])
    ticks = [[*_place((value, Y[0])), f"{value}".replace("-", "\u2212"), "w"] for value in range(4)]
    ticks += [[*_place((X[0], value)), f"{value}".replace("-", "\u2212"), "b"] for value in range(-2, 2)]
    return {"size": [WIDE, HIGH], "contours": contours, "lowest": _place(LOWEST), "ticks": ticks,
            "paths": [{"name": name, "title": OPTIMIZERS[name][0], "places": [_place(place) for place in places]}
                      for name, places in paths.items()]}


def _place(point):
    """A point (w, b) in pixels of the map."""
    across, up = ((value - low) / (high - low) for value, (low, high) in zip(point, (X, Y)))
    return [round(float(across) * WIDE, 1), round(float(1 - up) * HIGH, 1)]
