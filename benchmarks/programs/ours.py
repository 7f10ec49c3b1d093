"""Train two-conv on 28 x 28 images with minicnn: Adam, one cycle of the learning rate, batches of 64."""

import math

import numpy as np

import minicnn
from minicnn import Adam, OneCycle, as_float, batches, softmax_cross_entropy
from minicnn.models import two_conv

from .common import BATCH, HIGHEST_LR, Report, flags


def main(flags):
    """Train and, unless --steps is given, test; print the report."""
    report = Report(flags.started)
    minicnn.set_num_threads(flags.threads)
    data = np.load(flags.data)
    x, labels = as_float(data["train_images"]), data["train_labels"]                     # (60000, 28, 28, 1)
    rng = np.random.default_rng(flags.seed)
    model = two_conv((28, 28, 1), classes=10, rng=rng)
    optimizer = Adam(model.parameters(), lr=HIGHEST_LR)
    schedule = OneCycle(optimizer, total_steps=flags.epochs * math.ceil(len(x) / BATCH))

    step = 0
    for epoch in range(flags.epochs):
        for x_batch, labels_batch in batches(x, labels, BATCH, rng=rng):
            loss, dlogits = softmax_cross_entropy(model.forward(x_batch), labels_batch)
            model.backward(dlogits)
            optimizer.step()
            schedule.step()
            report.now("first_step")
            step += 1
            if step == flags.steps:
                return report.print(steps=step)
    report.now("trained")
    correct = model.predict(as_float(data["test_images"])).argmax(axis=1) == data["test_labels"]
    report.now("tested")
    return report.print(steps=step, accuracy=float(correct.mean()))


if __name__ == "__main__":
    main(flags())
