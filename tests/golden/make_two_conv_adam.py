"""Make two_conv_adam.json with PyTorch:  pip install -e '.[bench]'  then  python tests/golden/make_two_conv_adam.py

PyTorch's images are NCHW and its filters (F, C, KH, KW); its Flatten runs over channels first. So weights are
transposed on the way in, and back on the way out, where they are recorded in minicnn's layout.
"""

import json
from pathlib import Path

import torch
import two_conv_case as case


def to_torch(name, value):
    """From minicnn's layout to PyTorch's."""
    if value.ndim == 4:
        return value.transpose(3, 2, 0, 1)                         # (KH, KW, C, F) -> (F, C, KH, KW)
    if name == "7.w":                                              # rows ordered by (h, w, c) -> by (c, h, w)
        return value.reshape(8, 8, 64, 128).transpose(2, 0, 1, 3).reshape(4096, 128).T
    return value.T


def from_torch(name, value):
    """From PyTorch's layout to minicnn's."""
    if value.ndim == 4:
        return value.transpose(2, 3, 1, 0)
    if name == "7.w":
        return value.T.reshape(64, 8, 8, 128).transpose(1, 2, 0, 3).reshape(4096, 128)
    return value.T


def run(dtype):
    """Train for STEPS steps; the losses and a digest of the final weights."""
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 32, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(32, 64, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Flatten(), torch.nn.Linear(4096, 128), torch.nn.ReLU(), torch.nn.Identity(), torch.nn.Linear(128, 10),
    ).to(dtype)
    named = {name.replace("weight", "w").replace("bias", "b"): p for name, p in model.named_parameters()}
    with torch.no_grad():
        for name, value in case.weights().items():
            named[name].copy_(torch.tensor(to_torch(name, value).copy(), dtype=dtype))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses = []
    for images, labels in case.batches():
        logits = model(torch.tensor(images.transpose(0, 3, 1, 2).copy(), dtype=dtype))
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    final = {name: from_torch(name, named[name].detach().numpy()) for name in case.SHAPES}
    return {"losses": losses, "final": case.digest(final)}


if __name__ == "__main__":
    golden = {"made with": f"PyTorch {torch.__version__}", "float64": run(torch.float64), "float32": run(torch.float32)}
    path = Path(__file__).with_name("two_conv_adam.json")
    path.write_text(json.dumps(golden, indent=1) + "\n")
    print(f"wrote {path.name}: {golden['made with']}, last loss {golden['float64']['losses'][-1]:.12f}")
