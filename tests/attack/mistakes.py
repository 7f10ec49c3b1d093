"""Mistakes that learners make, and odd calls that work: mistakes.txt has them as a learner would write them."""

from pathlib import Path

import numpy as np

import minicnn
from tests.attack.misuse_targets import numbers, optimizer, small_model


class Square(minicnn.Layer):
    def forward(self, x):
        self.saved = x
        return x * x

    def backward(self, dy):
        return 2 * self.saved * dy


class NoBackward(minicnn.Layer):
    def forward(self, x):
        return x


class NoForward(minicnn.Layer):
    def backward(self, dy):
        return dy


class NoInit(minicnn.Layer):
    """Reads an attribute that nothing set."""

    def forward(self, x):
        return x * self.scale


def gives(name, y=None, dx=None):
    """A layer class that returns y forward and dx backward; what is None there is what a learner forgot to return."""
    return type(name, (minicnn.Layer,), {"forward": lambda self, x: y(x), "backward": lambda self, dy: dx(dy)})


OWN = {layer.__name__: layer for layer in (
    Square, NoBackward, NoForward, NoInit,
    gives("ReturnsNone", lambda x: None, lambda dy: dy), gives("ReturnsFloat", lambda x: float(x.sum()), lambda dy: dy),
    gives("ReturnsList", lambda x: x.tolist(), lambda dy: dy), gives("BackNone", lambda x: x, lambda dy: None),
    gives("BackFloat", lambda x: x, lambda dy: float(dy.sum())), gives("BackWrong", lambda x: x, lambda dy: dy[:1]))}


def changed(thing, **attributes):
    for name, value in attributes.items():
        setattr(thing, name, value)
    return thing


def names():
    """The names that the expressions use, all new."""
    from minicnn.optim import Optimizer, Schedule
    model = small_model()
    return vars(minicnn) | OWN | {
        "np": np, "numbers": numbers, "changed": changed, "model": model, "optimizer": optimizer(), "relu": minicnn.ReLU(),
        "fresh": minicnn.Sequential([minicnn.Dense(12, 3, rng=0)]), "x": numbers(2, 2, 2, 3), "rows": numbers(2, 12),
        "labels": np.array([0, 1]), "dlogits": numbers(2, 3), "images": np.zeros((2, 2, 2, 3), np.uint8), "path": "/dev/null",
        "preprocessing": minicnn.Preprocessing.of("0..1", (2, 2, 3)), "Optimizer": Optimizer, "Schedule": Schedule}


def _make(expression):
    code = compile(expression, __file__, "eval")

    def make():
        space = names()
        return (lambda: eval(code, space)), {}
    return make


def _read():
    """(expression, a function that makes its call, must it be refused?) for each line of mistakes.txt."""
    for line in Path(__file__).with_suffix(".txt").read_text().splitlines():
        if line.startswith("# "):
            refused = line == "# refused"
        else:
            yield line, _make(line), refused


MISTAKES = list(_read())
