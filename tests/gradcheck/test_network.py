"""The fast mode: right networks pass, and of a wrong one the layer, the array and the entries are named."""

import numpy as np
import pytest

from minicnn import BatchNorm, Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU, Residual, Sequential, check_network
from minicnn.gradcheck import step_errors
from minicnn.gradcheck.cases import network_reports
from minicnn.gradcheck.checks import layer_problem
from minicnn.museum import EXHIBITS, broken


def network():
    return Sequential([
        Conv2D(1, 4, kernel_size=3, padding=1, bias=False, rng=0), BatchNorm(4), ReLU(), MaxPool2D(2),
        Residual([Conv2D(4, 4, kernel_size=3, padding=1, rng=1), ReLU()]), Flatten(), Dropout(0.3, rng=2), Dense(64, 5, rng=3)])


def test_every_network_of_the_project_passes():
    found = {report.title: report for _, report in network_reports()}
    assert set(found) == {"lenet5", "two_conv", "vgg_like", "resnet", "inception_like"}
    assert all(report.ok for report in found.values()), found


def test_a_whole_network_costs_a_few_passes(monkeypatch):
    model = network()
    calls = []
    original = Conv2D.forward
    monkeypatch.setattr(Conv2D, "forward", lambda self, x: calls.append(1) or original(self, x))
    assert check_network(model, (3, 8, 8, 1)).ok
    assert 10 < len(calls) < 75                                    # entry by entry: 4 passes for each of 665 numbers


@pytest.mark.parametrize("bug, culprit", [
    ("kernel-gradient-flipped", "Sequential[4][body][0] Conv2D(4, 4, kernel_size=3, padding=1): dw is wrong at dw[u="),
    ("one-image-of-the-batch", "Sequential[7] Dense(64, 5): dw is wrong at dw[d="),
    ("shortcut-forgotten", "Sequential[4] Residual("),
    ("dropout-backward-unscaled", "Sequential[6] Dropout(0.3): dx is wrong"),
    ("variance-path-forgotten", "Sequential[1] BatchNorm(4): dx is wrong"),
])
def test_the_culprit_is_found(bug, culprit):
    with broken(EXHIBITS[bug]):
        report = check_network(network(), (3, 8, 8, 1))
    assert not report.ok
    assert report.culprits[0].startswith(culprit), report
    assert "entry by entry: check_layer(" in report.culprits[1]


def test_a_single_entry_is_found_by_halving():
    class OneEntry(Dense):
        def backward(self, dy):
            dx = super().backward(dy)
            self.w.grad[37, 3] *= 2
            return dx

    report = check_network(Sequential([Flatten(), OneEntry(64, 5, rng=0)]), (3, 8, 8, 1))
    assert "dw is wrong at dw[d=37, k=3];" in report.culprits[0]


def test_a_layer_that_sends_the_wrong_shape_is_a_failure_not_a_crash():
    class Cut(ReLU):
        def backward(self, dy):
            return super().backward(dy)[:1]

    report = check_network(Sequential([Dense(3, 4, rng=0), Cut()]), (5, 3))
    assert not report.ok
    assert "backward stops: Dense.backward expected dy (5, 4), got (1, 4)" in str(report)


def test_a_dead_network_is_no_success():
    model = Sequential([Dense(3, 4, rng=0), ReLU(), Dense(4, 2, rng=1)])
    model[0].b.value = np.full(4, -100.0)
    model[2].b = None
    report = check_network(model, (3, 3))
    assert not report.ok
    assert "all gradients are zero, so nothing was checked" in str(report)


def test_the_error_against_the_step_is_a_v():
    found = step_errors(layer_problem(Dense(3, 2, rng=0), (2, 3)), "w")
    assert found.name == "w"
    curve = step_errors(layer_problem(Sequential([Dense(3, 4, rng=0), BatchNorm(4)]), (5, 3)))
    best = curve.once.argmin()
    assert 1e-8 < curve.steps[best] < 1e-3
    assert curve.once[0] > 100 * curve.once[best]                  # rounding
    assert curve.once[-1] > 1e4 * curve.once[best]                 # truncation
    assert curve.twice.min() < curve.once.min()
