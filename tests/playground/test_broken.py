"""The bugs of the tab 'Break it': each of them is in a network that uses the changed line, so it changes what is learned."""

import pytest

from minicnn.data.digits import digits
from minicnn.museum import EXHIBITS
from minicnn.playground import broken

# Bugs that change no training here: of eval mode, of losses that the page's network does not have, of extreme logits.
LEFT_OUT = {"largest-of-the-batch", "softmax-over-the-batch", "batch-statistics-at-test", "epsilon-outside-the-root",
            "sigmoid-derivative-twice"}
QUICK = ["col2im-assigns", "adam-corrected-upside-down", "statistics-as-constants", "last-branch-only"]


class Reports:
    """Takes the place of the pipe."""

    paused = False

    def __init__(self):
        self.reports = []

    def send(self, kind, **facts):
        self.reports.append({"kind": kind, **facts})

    def losses(self, series):
        return [report["loss"] for report in self.reports if report.get("series") == series]


@pytest.fixture(autouse=True)
def few_images(monkeypatch):
    data = digits(train=96, test=20)
    monkeypatch.setattr(broken, "digits", lambda train, test: data)
    monkeypatch.setattr(broken, "MEASURE_EVERY", 1)


def test_every_bug_is_offered_or_left_out_for_a_reason():
    assert set(broken.SETUPS) == set(EXHIBITS) - LEFT_OUT
    assert all(card["patch"] and card["symptom"] and card["fix"] for card in broken.cards())


@pytest.mark.parametrize("bug", [pytest.param(bug, marks=[] if bug in QUICK else pytest.mark.long) for bug in broken.SETUPS])
def test_a_bug_changes_what_is_learned(bug):
    pipe = Reports()
    broken.compare(pipe, bug, steps=6)
    healthy, wrong = pipe.losses("healthy"), pipe.losses("broken")
    assert len(healthy) == 6 and all(loss > 0 for loss in healthy)
    assert healthy != wrong
    assert pipe.reports[-1]["finished"] and pipe.reports[-2]["text"]
