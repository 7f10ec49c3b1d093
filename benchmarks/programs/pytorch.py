"""The same training in PyTorch, eager and channels_last, with batches indexed straight from memory (no DataLoader)."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from .common import BATCH, HIGHEST_LR, Report, flags


def two_conv():
    """minicnn's two_conv in PyTorch, with the same random initialization."""
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(7 * 7 * 64, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10))
    for layer in model:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):              # minicnn's initialization
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    return model.to(memory_format=torch.channels_last)


def images(data, name):
    """uint8 (N, 28, 28, 1) -> float32 (N, 1, 28, 28) in [0, 1]; with one channel both layouts are the same in memory."""
    return torch.from_numpy(data[name]).permute(0, 3, 1, 2).to(torch.float32).div_(255)


def main(flags):
    """Train and, unless --steps is given, test; print the report."""
    report = Report(flags.started)
    torch.set_num_threads(flags.threads)
    torch.manual_seed(flags.seed)
    data = np.load(flags.data)
    x, labels = images(data, "train_images"), torch.from_numpy(data["train_labels"])
    model = two_conv()
    optimizer = torch.optim.Adam(model.parameters(), lr=HIGHEST_LR, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, HIGHEST_LR, total_steps=flags.epochs * math.ceil(len(x) / BATCH), cycle_momentum=False)

    step = 0
    for epoch in range(flags.epochs):
        for rows in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            functional.cross_entropy(model(x[rows]), labels[rows]).backward()
            optimizer.step()
            schedule.step()
            report.now("first_step")
            step += 1
            if step == flags.steps:
                return report.print(steps=step)
    report.now("trained")
    model.eval()
    with torch.inference_mode():
        logits = torch.cat([model(part) for part in images(data, "test_images").split(256)])
    correct = logits.argmax(dim=1) == torch.from_numpy(data["test_labels"])
    report.now("tested")
    return report.print(steps=step, accuracy=correct.double().mean().item())


if __name__ == "__main__":
    main(flags())
