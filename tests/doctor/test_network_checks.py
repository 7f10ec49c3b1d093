"""Every check of a network reports the fault it is for, and nothing for a healthy network."""

import json
from pathlib import Path

import numpy as np
import pytest

from minicnn import (
    SGD,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool2D,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    doctor,
)
from minicnn.doctor import BOUNDS, Finding, Findings, examine

RNG = np.random.default_rng(0)
LABELS = RNG.permutation(np.arange(240) % 3)
X = 0.3 * RNG.random((240, 8, 8, 1), np.float32)
for n, k in enumerate(LABELS):                                     # class k has a bright square in corner k
    X[n, 4 * (k // 2):4 * (k // 2) + 4, 4 * (k % 2):4 * (k % 2) + 4] += 0.6


def network(*extra, seed=0):
    rng = np.random.default_rng(seed)
    return Sequential([Conv2D(1, 8, kernel_size=3, padding=1, rng=rng), ReLU(), MaxPool2D(2), *extra, Flatten(),
                       Dense(128, 16, rng=rng), ReLU(), Dropout(0.2, rng=rng), Dense(16, 3, rng=rng)])


def residual(seed=0):
    rng = np.random.default_rng(seed)
    return Sequential([Conv2D(1, 8, 3, padding=1, bias=False, rng=rng), BatchNorm(8), ReLU(),
                       Residual([Conv2D(8, 8, 3, padding=1, bias=False, rng=rng), BatchNorm(8)]), ReLU(),
                       Flatten(), Dense(512, 3, rng=rng)])


def change(model, name, to):
    parameter = model.parameters()[name]
    parameter.value = to(parameter.value).astype(np.float32)
    return model


class Blocks(Layer):
    """forward returns x, backward returns zeros."""

    def forward(self, x):
        return x.copy()

    def backward(self, dy):
        return np.zeros_like(dy)


class Wrong(Layer):
    """Square whose derivative lacks a 2."""

    def forward(self, x):
        self.saved = x
        return x * x

    def backward(self, dy):
        return dy * self.saved


@pytest.mark.parametrize("make", [network, residual])
def test_a_healthy_network_is_healthy_and_untouched(make):
    model = make()
    before = {name: p.value.copy() for name, p in model.parameters().items()}
    drawn = {name: rng.bit_generator.state for name, rng in model.generators().items()}
    found = examine(model, X, LABELS)
    assert [f.status for f in found] == ["ok"] * 9, str(found)
    assert {f.check for f in found} == set(BOUNDS) - {"dead ReLUs after 30 steps"} | {"derivatives"}
    assert all(f.advice == "Nothing to do." and f.meaning.endswith(".") for f in found)
    assert all((p.value == before[name]).all() and p.grad is None for name, p in model.parameters().items())
    assert {name: rng.bit_generator.state for name, rng in model.generators().items()} == drawn
    assert found["label shuffle"].value["true"] > 0.9


def finding_of(check, make=network, x=X, labels=LABELS, **settings):
    found = check(make if isinstance(make, Sequential) else make(), x, labels, **settings)
    assert found.advice != "Nothing to do." or found.status == "ok"
    return found.status, f"{found.found} {found.meaning} {found.advice}"


@pytest.mark.parametrize("x, status, word", [
    (X * 255, "problem", "Divide bytes by 255"), (X / 255, "problem", "Divide bytes by 255"), (X * 15, "warning", "near 1"),
    (np.ones_like(X), "problem", "all images are the same")])
def test_input_range(x, status, word):
    got, text = finding_of(doctor.input_range, x=x)
    assert got == status and word in text


def test_initial_loss():
    assert finding_of(doctor.initial_loss, x=X * 255)[0] == "problem"
    status, text = finding_of(doctor.initial_loss, change(network(), "7.w", lambda w: 100 * w))
    assert status == "problem" and "scale of the initial weights" in text and "ln 3 = 1.1" in text
    told = np.eye(3, dtype=np.float32)[LABELS].reshape(-1, 1, 1, 3)
    leak = Sequential([Flatten(), Dense(3, 3)])
    leak[1].w.value = 5 * np.eye(3, dtype=np.float32)
    status, text = finding_of(doctor.initial_loss, leak, x=told)
    assert status == "warning" and "already knows the answers" in text


@pytest.mark.parametrize("scale", [0.01, 100])
def test_wrong_initial_scale(scale):
    model = network()
    for name in ("0.w", "4.w", "7.w"):
        change(model, name, lambda w: scale * w)
    status, text = finding_of(doctor.activations, model)
    assert status == "problem" and "Sequential[7] Dense" in text
    assert not examine(model, X, LABELS).ok


def test_gradients_blocked_and_vanishing():
    status, text = finding_of(doctor.gradients, network(Blocks()))
    assert status == "problem" and "0 for 0.w" in text and "9.w" not in text
    rng = np.random.default_rng(0)
    deep = [layer for _ in range(8) for layer in (Dense(16, 16, rng=rng), Sigmoid())]
    model = Sequential([Flatten(), Dense(64, 16, rng=rng), Sigmoid(), *deep, Dense(16, 3, rng=rng)])
    status, text = finding_of(doctor.gradients, model)
    assert status == "warning" and "1.w" in text and "Residual" in text


def test_derivatives():
    for layer, name in ((Blocks(), "Blocks"), (Wrong(), "Wrong")):
        status, text = finding_of(doctor.derivatives, network(layer))
        assert status == "problem" and f"Sequential[3] {name}(): dx is wrong" in text
        assert f"check_layer({name}(), (2, 4, 4, 8))" in text
    model = network()
    model[0].input_gradient = False                                # a first layer that computes no dx is not a fault
    assert finding_of(doctor.derivatives, model)[0] == "ok"


def test_dead_relus():
    model = change(network(), "4.b", lambda b: b - 1000)
    status, text = finding_of(doctor.dead_relus, model)
    assert status == "problem" and "100% at the start" in text and "Sequential[5] ReLU" in text
    status, text = finding_of(doctor.dead_relus, lr=1.0)
    assert status == "problem" and "lower the learning rate" in text
    assert finding_of(doctor.dead_relus, Sequential([Flatten(), Dense(64, 3)]))[0] == "ok"


@pytest.mark.parametrize("lr, status, word", [(1.0, "problem", "overwrite"), (0.1, "warning", "overwrite"),
                                              (1e-5, "warning", "thousands"), (1e-8, "problem", "thousands")])
def test_update_ratios(lr, status, word):
    got, text = finding_of(doctor.update_ratios, lr=lr)
    assert got == status and word in text
    better = float(text.split("about ")[-1].rstrip("."))
    assert finding_of(doctor.update_ratios, lr=better)[0] == "ok"


def test_update_ratios_of_what_diverges():
    status, text = finding_of(doctor.update_ratios, optimizer=SGD, lr=1e4)
    assert status == "problem" and "overwrite" in text


def test_overfitting():
    rng = np.random.default_rng(0)                                 # dropout is no excuse: it is left out
    dropping = Sequential([Flatten(), Dense(64, 64, rng=rng), ReLU(), Dropout(0.95, rng=rng), Dense(64, 3, rng=rng)])
    assert finding_of(doctor.overfitting, dropping)[0] == "ok"
    assert finding_of(doctor.overfitting, network(Blocks()), most=10)[0] == "problem"
    status, text = finding_of(doctor.overfitting, x=np.concatenate([X[:1]] * 30), labels=LABELS[:30], most=60)
    assert status == "problem" and "different labels" in text


def test_label_shuffle_finds_shuffled_labels():
    status, text = finding_of(doctor.label_shuffle, labels=np.random.default_rng(5).permutation(LABELS))
    assert status == "problem" and "were they shuffled apart?" in text


def test_label_shuffle_finds_a_wrong_evaluation():
    status, text = finding_of(doctor.label_shuffle, evaluate=lambda model, x, labels: 1.0)
    assert status == "problem" and "the evaluation uses what it must not" in text


def test_label_shuffle_finds_held_out_images_that_were_trained_on():
    status, text = finding_of(doctor.label_shuffle, held_out=(X[:30], LABELS[:30]))
    assert status != "ok" and "30 training images are also held out" in text
    assert finding_of(doctor.label_shuffle, x=X[:200], labels=LABELS[:200], held_out=(X[200:], LABELS[200:]))[0] == "ok"


def test_label_shuffle_finds_copies_that_were_memorised():
    rng = np.random.default_rng(0)
    wide = Sequential([Flatten(), Dense(64, 256, rng=rng), ReLU(), Dense(256, 3, rng=rng)])
    found = doctor.label_shuffle(wide, X[:60], LABELS[:60], held_out=(X[:60].copy(), LABELS[:60]))
    assert found.status == "problem" and found.value["shuffled"] > 0.7


def test_too_few_images_for_label_shuffle():
    assert finding_of(doctor.label_shuffle, x=X[:30], labels=LABELS[:30])[0] == "warning"


def test_numbers_that_are_not_finite_end_the_examination():
    x = X.copy()
    x[7, 0, 0, 0] = np.nan
    for found in (examine(network(), x, LABELS), examine(change(network(), "4.w", lambda w: w * np.inf), X, LABELS)):
        assert [(f.check, f.status) for f in found] == [("finite numbers", "problem")]


def test_a_layer_that_fails_is_a_finding():
    class Fails(Layer):
        def forward(self, x):
            return x

        def backward(self, dy):
            raise TypeError("no backward yet")

    found = examine(network(Fails()), X[:30], LABELS[:30])
    assert found["gradients"].status == "problem" and "TypeError: no backward yet" in found["gradients"].found


@pytest.mark.parametrize("x, labels, error", [
    ((255 * X).astype(np.uint8), LABELS, "astype"), (X, LABELS[:-1], "a label for each"), (X, LABELS + 1, "labels in 0..2"),
    (X.transpose(0, 3, 1, 2), LABELS, "NCHW"), (X[:0], LABELS[:0], "at least one")])
def test_bad_input_is_an_error_not_a_finding(x, labels, error):
    with pytest.raises((ValueError, TypeError), match=error):
        examine(network(), x, labels)


def test_findings_as_text_and_json():
    found = Findings([Finding("a", "ok", "f", "M.", "Nothing to do.", 1.0),
                      Finding("b", "warning", "g", "M.", "A.", {"x": float("nan")})])
    assert found.ok and found.status == "warning" and found["b"].found == "g" and found[0].check == "a"
    assert str(found).splitlines()[3] == "warning  b: g"
    assert json.loads(found.as_json())["findings"][1]["value"] == {"x": "nan"}
    assert Findings().status == "ok" and not Findings([found[0]._replace(status="problem")]).ok


def test_every_bound_has_its_reason_and_its_order():
    for name, bounds in BOUNDS.items():
        assert bounds.problem_below <= bounds.warning_below < bounds.warning_above <= bounds.problem_above, name
        assert len(bounds.reason) > 60
        assert bounds.status(float("nan")) == "problem"


def test_the_page_states_every_bound():
    page = (Path(__file__).parent.parent.parent / "docs" / "doctor.md").read_text()
    for name, bounds in BOUNDS.items():
        numbers = " | ".join("" if abs(bound) == np.inf else f"{bound:g}" for bound in bounds[:4])
        assert f"| {name} | {numbers} | {bounds.reason} |" in page, name
