"""What a check says, and every threshold of the doctor, each with its reason."""

import json
import math
import textwrap
from typing import NamedTuple

STATUSES = ("ok", "warning", "problem")


class Finding(NamedTuple):
    """One answer: `check` is what was asked, `found` what was measured, `value` the same as numbers (JSON-ready)."""

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
        return json_ready(self._asdict())


class Findings(tuple):
    """Findings in the order of the checks; `status` is the worst of them, `ok` says that none is a problem."""

    @property
    def status(self):
        return max((finding.status for finding in self), key=STATUSES.index, default="ok")

    @property
    def ok(self):
        return self.status != "problem"

    def __getitem__(self, key):
        """A finding by its place or by the name of its check."""
        if isinstance(key, str):
            return next(finding for finding in self if finding.check == key)
        return super().__getitem__(key)

    def __str__(self):
        return "\n".join(map(str, self))

    def as_json(self):
        return json.dumps({"status": self.status, "findings": [f.as_dict() for f in self]}, indent=2, allow_nan=False)


def json_ready(value):
    """The same with numbers that JSON has no word for as text."""
    if isinstance(value, dict):
        return {str(name): json_ready(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_ready(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


class Bounds(NamedTuple):
    """Below or above which a figure is a warning, and where it becomes a problem."""

    problem_below: float
    warning_below: float
    warning_above: float
    problem_above: float
    reason: str

    def judge(self, *values):
        """The status of the worst of these values; what is no finite number is a problem."""
        statuses = ["ok"]
        for value in values:
            if not math.isfinite(value) or not self.problem_below <= value <= self.problem_above:
                statuses.append("problem")
            elif not self.warning_below <= value <= self.warning_above:
                statuses.append("warning")
        return max(statuses, key=STATUSES.index)


NONE = math.inf
BOUNDS = {
    "input range": Bounds(
        0.01, 0.05, 5, 20,
        "Root mean square of x. Initial weights are scaled for inputs near 1; pixels in 0..1 have 0.2 to 0.6, "
        "standardised ones 1, pixels in 0..255 about 80, pixels divided by 255 twice about 0.001."),
    "initial loss": Bounds(
        -NONE, -0.3, 5, 10,
        "Loss minus ln K, in nats. Random logits of spread s cost about s**2 / 2 more than guessing: 0 to 4 for he_normal "
        "and standardised pixels; above 5 the softmax is saturated before anything was learned. Below 0, something knows."),
    "activations": Bounds(
        1e-3, 1e-2, 1e2, 1e3,
        "Spread between pictures of a layer's output over that of x. The initializers keep it within 0.1 and 10 through "
        "ten layers; what shrinks or grows a hundredfold on its way in drags the gradients along on their way back."),
    "gradients": Bounds(
        0, 1e-4, NONE, NONE,
        "Root mean square of a weight's gradient over that of the largest. Within 0.01 and 1 in our networks at their "
        "start; below 0.0001 one learning rate cannot serve both. Exactly 0 is a problem: that weight never learns."),
    "derivatives": Bounds(
        -NONE, -NONE, 1e-4, 1e-2,
        "Relative difference to the numeric derivative along a random direction in float64: below 1e-6 where backward is "
        "right, 1e-4 where a kink of a ReLU or of a maximum lies close by; a wrong formula costs 0.1 and more."),
    "dead ReLUs": Bounds(
        -NONE, -NONE, 0.4, 0.8,
        "Share of a layer's ReLUs that are 0 for every picture. Up to 0.31 are so in our networks at their start; "
        "at 0.8 the layer is five times narrower than it was written."),
    "dead ReLUs after 30 steps": Bounds(
        -NONE, -NONE, 0.85, 0.97,
        "The same share later on. Adam at 1e-3 kills 0.5 to 0.81 of the hidden dense units of two_conv and vgg_like, which "
        "do well with the rest; at 1e-2 it kills 0.92 of a convolution's channels, at 3e-2 all."),
    "update ratios": Bounds(
        2e-6, 2e-5, 0.15, 0.5,
        "Size of a step over the size of the weights it changes. Adam's first steps at 1e-3 take 0.0008 to 0.011 in our "
        "networks, and 0.001 is the usual advice. At 0.5 two steps replace the weights; at 0.000002 a thousand steps move them "
        "by less than a hundredth."),
    "overfitting": Bounds(
        -NONE, -NONE, 0.1, 0.5,
        "Loss on 20 pictures after up to 300 steps. A network with a thousand weights or more can learn 20 pictures by "
        "heart, which takes ours 8 to 47 steps; 0.1 means probabilities of 90% for the right answers."),
    "label shuffle": Bounds(
        -NONE, -NONE, 4, 4,
        "Accuracy on held-out pictures beyond guessing the most frequent label, in standard errors of that guess: chance "
        "alone comes past 4 in three of 100,000 tests."),
}


def finding(check, found, meanings, advice, *values, value=None, at_least="ok"):
    """A Finding judged by BOUNDS[check] on `values`; `meanings` are the sentences for ok and for trouble."""
    return told(check, max(BOUNDS[check].judge(*values), at_least, key=STATUSES.index), found, meanings, advice, value)


def told(check, status, found, meanings, advice, value=None):
    """A Finding whose status is known."""
    good = status == "ok"
    return Finding(check, status, found, meanings[not good], "Nothing to do." if good else advice, value)
