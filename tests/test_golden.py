"""20 steps of Adam on the two-conv network end where PyTorch's end."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from minicnn import Adam, softmax_cross_entropy
from minicnn.models import two_conv

FOLDER = Path(__file__).parent / "golden"
sys.path.insert(0, str(FOLDER))
import two_conv_case as case  # noqa: E402


@pytest.mark.parametrize("dtype, tolerance", [("float64", 1e-9), ("float32", 1e-4)])
def test_losses_and_final_weights_are_those_of_pytorch(dtype, tolerance):
    golden = json.loads((FOLDER / "two_conv_adam.json").read_text())[dtype]
    model = two_conv((32, 32, 1), rng=0, dropout=0.0, dtype=dtype)
    assert {name: p.shape for name, p in model.parameters().items()} == case.SHAPES
    for name, value in case.weights().items():
        model.parameters()[name].value = value.astype(dtype)
    optimizer = Adam(model.parameters(), lr=1e-3)
    losses = []
    for images, labels in case.batches():
        loss, dlogits = softmax_cross_entropy(model.forward(images.astype(dtype)), labels)
        model.backward(dlogits)
        optimizer.step()
        losses.append(loss)
    np.testing.assert_allclose(losses, golden["losses"], rtol=tolerance)
    assert losses[-1] < 0.5 * losses[0]                           # it did learn: the steps were no small change
    for name, found in case.digest({name: p.value for name, p in model.parameters().items()}).items():
        expected = golden["final"][name]
        assert found["norm"] == pytest.approx(expected["norm"], rel=tolerance)
        difference = np.linalg.norm(np.subtract(found["entries"], expected["entries"]))
        assert difference <= tolerance * np.linalg.norm(expected["entries"]), name
        if dtype == "float64":                                    # in float32 Adam turns rounding of tiny gradients into
            largest = np.abs(expected["entries"]).max()           # steps: PyTorch's own entries are off by 2e-4 there
            np.testing.assert_allclose(found["entries"], expected["entries"], rtol=tolerance, atol=tolerance * largest)
