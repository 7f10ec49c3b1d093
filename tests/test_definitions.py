"""Where frameworks define things differently, PyTorch's definition holds: figures recorded from PyTorch."""

import json
from pathlib import Path

import numpy as np
import pytest

import minicnn
from minicnn import BatchNorm, Parameter

GOLDEN = json.loads((Path(__file__).parent / "golden" / "definitions.json").read_text())


def parsed(setting):
    """'Adam lr=0.01 epsilon=0.1' -> the class and its keywords."""
    name, *words = setting.split()
    pairs = (word.split("=") for word in words)
    return getattr(minicnn, name), {key: int(value) if value.isdigit() else float(value) for key, value in pairs}


@pytest.mark.parametrize("setting", GOLDEN["optimizers"]["values"])
def test_optimizer(setting):
    golden = GOLDEN["optimizers"]
    make, keywords = parsed(setting)
    p = Parameter(np.array(golden["w"]))
    optimizer = make({"w": p}, **keywords)
    for g, expected in zip(golden["gradients"], golden["values"][setting], strict=True):
        p.grad = np.array(g)
        optimizer.step()
        np.testing.assert_allclose(p.value, expected, rtol=1e-12)


@pytest.mark.parametrize("case", GOLDEN["losses"], ids=lambda c: f"{c['loss']}-{c['class_weights']}-{c['label_smoothing']}")
def test_loss(case):
    loss, dlogits = getattr(minicnn, case["loss"])(
        np.array(case["logits"]), np.array(case["labels"]), case["class_weights"], case["label_smoothing"])
    assert loss == pytest.approx(case["value"], rel=1e-12)
    np.testing.assert_allclose(dlogits, case["dlogits"], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("setting", GOLDEN["schedules"])
def test_schedule(setting):
    make, keywords = parsed(setting)
    optimizer = minicnn.SGD({"w": Parameter(np.zeros(1))}, lr=0.1)
    schedule = make(optimizer, **keywords)
    rates = []
    for _ in range(20):
        rates.append(optimizer.lr)
        schedule.step()
    np.testing.assert_allclose(rates, GOLDEN["schedules"][setting], rtol=1e-12)


def test_batch_norm():
    golden = GOLDEN["batch_norm"]
    layer = BatchNorm(3, dtype="float64")
    layer.gamma.value, layer.beta.value = np.array(golden["gamma"]), np.array(golden["beta"])
    for batch, expected in zip(golden["batches"], golden["outputs"], strict=True):
        np.testing.assert_allclose(layer.forward(np.array(batch)), expected, rtol=1e-9)
    np.testing.assert_allclose(layer.running_mean, golden["running_mean"], rtol=1e-12)
    np.testing.assert_allclose(layer.running_var, golden["running_var"], rtol=1e-12)
    np.testing.assert_allclose(layer.eval().forward(np.array(golden["batches"][0])), golden["eval"], rtol=1e-9)
