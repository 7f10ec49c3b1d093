"""What a check reports, and every threshold of the doctor, each with its reason."""

import json
import math
import textwrap
from typing import NamedTuple

STATUSES = ("ok", "warning", "problem")


class Finding(NamedTuple):
    """The result of one check: `found` is what was measured, `value` the same as numbers that JSON can hold."""

    check: str
    status: str                                                    # one of STATUSES
    found: str
    meaning: str                                                   # one sentence
    advice: str                                                    # one sentence
    value: object = None

    def __str__(self):
        lines = [f"{self.status:<8} {self.check}: {self.found}"]
        for sentence in (self.meaning, self.advice):
            lines += textwrap.wrap(sentence, 110, initial_indent=" " * 9, subsequent_indent=" " * 9)
        return "\n".join(lines)

    def as_dict(self):
        """The finding as a dict that JSON can hold."""
        return json_ready(self._asdict())


class Findings(tuple):
    """Findings in the order of the checks. `status` is the worst of them; `ok` says whether none is a problem."""

    @property
    def status(self):
        """The worst status of all findings."""
        return worst(*(finding.status for finding in self))

    @property
    def ok(self):
        """Whether no finding is a problem."""
        return self.status != "problem"

    def __getitem__(self, key):
        """A finding by its index or by the name of its check."""
        if isinstance(key, str):
            return next(finding for finding in self if finding.check == key)
        return super().__getitem__(key)

    def __str__(self):
        return "\n".join(map(str, self))

    def as_json(self):
        """All findings as JSON text."""
        return json.dumps({"status": self.status, "findings": [f.as_dict() for f in self]}, indent=2, allow_nan=False)


def json_ready(value):
    """The same value, with NaN and infinity as text: JSON has no numbers for them."""
    if isinstance(value, dict):
        return {str(name): json_ready(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_ready(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def worst(*statuses):
    """The worst of these statuses; "ok" without any."""
    return max(statuses, key=STATUSES.index, default="ok")


class Bounds(NamedTuple):
    """The values below or above which a measurement is a warning or a problem."""

    problem_below: float
    warning_below: float
    warning_above: float
    problem_above: float
    reason: str

    def status(self, *values):
        """The status of the worst of these values. NaN and infinity are problems."""
        statuses = []
        for value in values:
            if not math.isfinite(value) or not self.problem_below <= value <= self.problem_above:
                statuses.append("problem")
            elif not self.warning_below <= value <= self.warning_above:
                statuses.append("warning")
        return worst(*statuses)


NONE = math.inf
BOUNDS = {
    "input range": Bounds(
        0.01, 0.05, 5, 20,
        "Root mean square of x. Initial weights are scaled for inputs near 1. Pixels in 0..1 have 0.2 to 0.6, standardised "
        "pixels 1, pixels in 0..255 about 80, pixels divided by 255 twice about 0.001."),
    "initial loss": Bounds(
        -NONE, -0.3, 5, 10,
        "Loss minus ln K. Random logits with std s cost about s**2 / 2 more than guessing: 0 to 4 for he_normal and "
        "standardised pixels. Above 5 the softmax is saturated before anything was learned. Below 0 the network already "
        "knows something about the labels."),
    "activations": Bounds(
        1e-3, 1e-2, 1e2, 1e3,
        "Std of a layer's output over the images, divided by that of x. The initializers keep it within 0.1 and 10 through "
        "ten layers. If it shrinks or grows a hundredfold on the way forward, the gradients do the same on the way back."),
    "gradients": Bounds(
        0, 1e-4, NONE, NONE,
        "Root mean square of a weight's gradient, divided by that of the largest. It is within 0.01 and 1 in our networks "
        "before training. Below 0.0001 one learning rate cannot serve both. Exactly 0 is a problem: that weight never "
        "learns."),
    "dead ReLUs": Bounds(
        -NONE, -NONE, 0.4, 0.8,
        "Fraction of a layer's ReLUs that are 0 for every image. It is up to 0.31 in our networks before training. At 0.8 "
        "only a fifth of the layer's units are in use."),
    "dead ReLUs after 30 steps": Bounds(
        -NONE, -NONE, 0.85, 0.97,
        "The same fraction after 30 steps. With Adam at 1e-3 it is 0.5 to 0.81 for the hidden dense units of two_conv and "
        "vgg_like, and both still learn well. At 1e-2 it is 0.92 for the channels of a convolution, at 3e-2 it is 1."),
    "update ratios": Bounds(
        2e-6, 2e-5, 0.15, 0.5,
        "Size of a step divided by the size of the weights that it changes. Adam's first steps at 1e-3 have 0.0008 to 0.011 in "
        "our networks; 0.001 is the usual advice. At 0.5 two steps replace the weights. At 0.000002 a thousand steps change "
        "them by less than a hundredth."),
    "overfitting": Bounds(
        -NONE, -NONE, 0.1, 0.5,
        "Loss on 20 images after at most 300 steps. A network with a thousand weights or more can memorise 20 images; our "
        "networks need 8 to 47 steps. A loss of 0.1 means that the right answers have a probability of 90%."),
    "label shuffle": Bounds(
        -NONE, -NONE, 4, 4,
        "Accuracy on held-out images minus that of always guessing the most frequent label, in standard errors of that guess. "
        "By chance alone it is above 4 in three of 100,000 tests."),
}


def measured(check, found, meanings, advice, *values, value=None, at_least="ok"):
    """A Finding whose status follows from BOUNDS[check] for `values`, and is at least as bad as `at_least`."""
    return finding(check, worst(BOUNDS[check].status(*values), at_least), found, meanings, advice, value)


def finding(check, status, found, meanings, advice, value=None):
    """A Finding with this status. `meanings` has two sentences: one for the status ok, one for the others."""
    good = status == "ok"
    return Finding(check, status, found, meanings[not good], "Nothing to do." if good else advice, value)
