"""What the tests of the step-through pages share: replay a recording, and read its equations again."""

import functools
import math
import re

import numpy as np

from minicnn.visualize.steps.pages import scene
from minicnn.visualize.steps.wanted import Wanted

# Every page as `minicnn step` writes it, and a few with other options: non-square, with stride, padding, channels, filters.
BOTH_WAYS = ("conv2d", "max_pool2d", "avg_pool2d", "dense", "relu", "softmax_cross_entropy", "batch_norm", "dropout")
DEFAULTS = [(op, {"backward": backward}) for op in BOTH_WAYS for backward in (False, True)]
DEFAULTS += [(op, {}) for op in ("im2col", "col2im", "network", "optimizers")]
OTHERS = [(op, {"backward": backward, **options}) for backward in (False, True) for op, options in (
    ("conv2d", {"size": (5, 6), "stride": 2, "padding": 1, "channels": 2, "filters": 2}),
    ("conv2d", {"size": (3, 5), "padding": "same", "kernel_size": 2}),
    ("conv2d", {"size": (5, 6), "stride": 3, "padding": 2, "kernel_size": 2}),       # a stride that leaves pixels out
    ("max_pool2d", {"size": (5, 6), "kernel_size": 3, "stride": 2, "padding": 1, "channels": 2}),
    ("avg_pool2d", {"size": (5, 6), "kernel_size": 3, "stride": 2, "padding": 1, "channels": 2}),
    *((op, {"size": (3, 4)}) for op in ("dense", "relu", "softmax_cross_entropy", "batch_norm", "dropout")))]
OTHERS += [("im2col", {"size": (4, 5), "padding": 1, "stride": 2}), ("col2im", {"size": (4, 5), "padding": 1, "stride": 2})]


def views(op, options):
    """The views of a page, recorded once."""
    return _views(op, tuple(options.items()))


@functools.cache
def _views(op, options):
    return scene(op, Wanted(**dict(options))).views


def name_of(case):
    """A case as the name of a test."""
    op, options = case
    return " ".join([op, *(f"{name}={value}" for name, value in options.items() if value)])


class Replay:
    """The arrays of a view, changed step by step as the page changes them."""

    def __init__(self, view):
        self.recording = view.recorder.page()
        self.numbers = [float(exact) for exact, *_ in self.recording["numbers"]]
        self.state = [list(array["start"]) for array in self.recording["arrays"]]

    def __iter__(self):
        """Each step after it has changed the arrays. Every number that it names must be the one that its cell holds."""
        for step in self.recording["steps"]:
            for array, cell, number in step.get("sets", []):
                self.state[array][cell] = number
            for array, cell, number in step["reads"]:
                assert self.state[array][cell] == number, step
            if "before" in step:
                assert self.state[step["write"][0]][step["write"][1]] == step["before"], step
            if "write" in step:
                array, cell, number = step["write"]
                self.state[array][cell] = number
            yield step

    def array(self, name):
        """An array of the page as NumPy array, without its frame of padding; NaN where there is no number yet."""
        shown = next(shown for shown in self.recording["arrays"] if shown["name"] == name)
        frame, cells = set(shown["frame"]), self.state[self.recording["arrays"].index(shown)]
        inside = [math.nan if number is None else self.numbers[number] for k, number in enumerate(cells) if k not in frame]
        return np.array(inside).reshape(shown["shape"])

    def written(self, step):
        """(name of the array, index in it, value) of the cell that a step writes, or None."""
        if "write" not in step:
            return None
        array, cell, number = step["write"]
        shown = self.recording["arrays"][array]
        return shown["name"], tuple(map(int, shown["labels"][cell].split(", "))), self.numbers[number]

    def evaluate(self, step):
        """What the equation on the page comes to. It is calculated from its text and from the numbers of the cells."""
        text = "".join(token if isinstance(token, str) else f"({self.numbers[step['reads'][token][2]]!r})"
                       for token in step["equation"])
        for sign, python in (("\u2212", "-"), ("\u00d7", "*"), ("\u00b2", "**2"), ("\u221a", "sqrt"), ("\u221e", "inf"),
                             ("\u2264", "<=")):
            text = text.replace(sign, python)
        text = re.sub(r"\^(\d)", r"**\1", text)
        return eval(text, {"sqrt": math.sqrt, "exp": math.exp, "log": math.log, "max": max, "inf": math.inf})
