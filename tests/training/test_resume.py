"""Stopping after any step and going on from the checkpoint gives the same bits as never stopping."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import (
    SGD,
    Adam,
    AdamW,
    BatchNorm,
    Conv2D,
    Cosine,
    Dense,
    Dropout,
    Flatten,
    MaxPool2D,
    OneCycle,
    ReLU,
    RMSprop,
    Sequential,
    StepDecay,
    batches,
    load_checkpoint,
    save_checkpoint,
    softmax_cross_entropy,
)

N, BATCH, STEPS = 13, 3, 12                                        # 5 steps an epoch, the last of one picture alone
IMAGES = np.random.default_rng(5).standard_normal((N, 6, 5, 1)).astype(np.float32)
LABELS = np.arange(N) % 3
EXAMPLES = Path(__file__).parents[2] / "examples"


class Run:
    """A small training that can stop after any step. `renew` says when the next epoch's order is drawn."""

    def __init__(self, seed, shared=True, renew="at once", optimizer=Adam, schedule=OneCycle):
        seeds = (seed, seed + 200, seed + 300)
        weights, masks, order = [np.random.default_rng(seed)] * 3 if shared else map(np.random.default_rng, seeds)
        self.model = Sequential([
            Conv2D(1, 2, kernel_size=(3, 2), padding=(1, 0), rng=weights), BatchNorm(2), ReLU(), MaxPool2D((3, 2)), Flatten(),
            Dropout(0.4, rng=masks), Dense(8, 6, rng=weights), Dropout(0.3, rng=masks), Dense(6, 3, rng=weights)])
        self.optimizer = optimizer(self.model.parameters(), lr=0.01)
        self.schedule = schedule(self.optimizer, STEPS)
        self.order, self.renew, self.seen = order, renew, []
        self.feed = batches(IMAGES, LABELS, BATCH, rng=order)
        self.parts = {"model": self.model, "optimizer": self.optimizer, "schedule": self.schedule, "order": order}

    def step(self):
        """One step; remembers its loss, its pictures and its dropout masks."""
        if self.feed.position == N:
            self.feed = batches(IMAGES, LABELS, BATCH, rng=self.order)
        x, labels = next(self.feed)
        loss, dlogits = softmax_cross_entropy(self.model.forward(x), labels)
        masks = [layer.mask.tobytes() for layer in self.model.layers if isinstance(layer, Dropout)]
        self.model.backward(dlogits)
        self.optimizer.step()
        self.schedule.step()
        self.seen.append((loss, self.optimizer.lr, x.tobytes(), labels.tolist(), masks))
        if self.renew == "at once" and self.feed.position == N:
            self.feed = batches(IMAGES, LABELS, BATCH, rng=self.order)

    def save(self, path):
        save_checkpoint(path, notes=len(self.seen), feed=self.feed, **self.parts)

    def load(self, path):
        return load_checkpoint(path, feed=self.feed, **self.parts)


def train(path, stops=(), **settings):
    """STEPS steps, saved and gone on with in fresh objects of another seed after each of the `stops`."""
    run, seen = Run(seed=1, **settings), []
    for t in range(STEPS + 1):
        for k in range(stops.count(t)):
            run.save(path)
            seen += run.seen
            run = Run(seed=100 + k + t, **settings)
            run.load(path)
        if t < STEPS:
            run.step()
    run.save(path)
    with np.load(path) as arrays:
        return seen + run.seen, {name: (a.dtype, a.shape, a.tobytes()) for name, a in arrays.items() if name != "notes"}


@pytest.mark.parametrize("renew", ["at once", "when needed"])
@pytest.mark.parametrize("shared", [True, False], ids=["one generator", "a generator each"])
def test_stopping_after_any_step_gives_the_bits_of_not_stopping(tmp_path, shared, renew):
    never = train(tmp_path / "never.npz", shared=shared, renew=renew)
    for stop in range(STEPS + 1):
        assert train(tmp_path / "last.npz", [stop], shared=shared, renew=renew) == never, f"after step {stop}"


@settings(max_examples=15)
@given(st.lists(st.integers(0, STEPS), min_size=2, max_size=STEPS))
def test_stopping_again_and_again_gives_the_bits_of_not_stopping(tmp_path_factory, stops):
    folder = tmp_path_factory.getbasetemp()
    assert train(folder / "last.npz", stops) == train(folder / "never.npz")


@pytest.mark.parametrize("optimizer, schedule", [
    (lambda parameters, lr: SGD(parameters, lr, momentum=0.9), Cosine), (RMSprop, lambda optimizer, _: StepDecay(optimizer, 3)),
    (AdamW, OneCycle), (Adam, Cosine)], ids=["SGD, Cosine", "RMSprop, StepDecay", "AdamW, OneCycle", "Adam, Cosine"])
def test_every_optimizer_and_schedule_goes_on_where_it_stopped(tmp_path, optimizer, schedule):
    settings = {"optimizer": optimizer, "schedule": schedule}
    never = train(tmp_path / "never.npz", **settings)
    assert train(tmp_path / "last.npz", [2, 7], **settings) == never


@pytest.mark.parametrize("forgotten", ["model", "optimizer", "schedule", "order", "feed"])
def test_forgetting_a_part_shows_so_these_tests_can_fail(tmp_path, forgotten):
    path, never, run = tmp_path / "last.npz", Run(seed=1, shared=False), Run(seed=2, shared=False)
    for _ in range(7):
        never.step()
    never.save(path)
    load_checkpoint(path, **{name: part for name, part in {**run.parts, "feed": run.feed}.items() if name != forgotten})
    for _ in range(5):
        never.step()
        run.step()
    assert run.seen != never.seen[-5:]


TRAININGS = """
import json, runpy, sys
import minicnn
import minicnn.training.run as training
from minicnn.visualize import plots

data = minicnn.digits(train=60, test=60)                    # all 22,000 take longer to draw than all the rest of this test
minicnn.digits = lambda: data
plots.learning_curves = plots.predictions = lambda *arguments, **settings: None        # no test looks at these pictures
for stop, *sys.argv in json.loads(sys.argv[1]):
    class AfterSome(training.CtrlC):                        # Ctrl-C, but after a known number of steps
        left = stop or 1000
        @property
        def pressed(self):
            self.left -= 1
            return self.left <= 0
    training.CtrlC = AfterSome
    status = 0
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as end:
        status = end.code
    assert status == (130 if stop else 0), status
"""


def examples(*runs):
    """Run the example in one new process, once for each (steps before Ctrl-C or 0, folder, more flags); return its output."""
    flags = ["--limit", "60", "--epochs", "2", "--batch-size", "16", "--run"]
    runs = [[stop, str(EXAMPLES / "train_digits.py"), *flags, str(folder), *more] for stop, folder, *more in runs]
    done = subprocess.run([sys.executable, "-c", TRAININGS, json.dumps(runs)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def arrays(path):
    with np.load(path) as archive:
        return {name: array.tobytes() for name, array in archive.items() if name != "notes"}


def history(path):
    """The rows of a training's history, without the seconds."""
    with np.load(path) as archive:
        rows = json.loads(str(archive["notes"]))["history"]
    return [{name: value for name, value in row.items() if "second" not in name} for row in rows]


def test_the_example_goes_on_in_a_fresh_process_with_the_bits_of_not_stopping(tmp_path):
    """Stopped within an epoch, and at its end (4 steps), and resumed: the arrays and the learning curves of not stopping."""
    never, stops = tmp_path / "never", {2: tmp_path / "2", 4: tmp_path / "4"}
    examples((0, never), *stops.items())
    for run in stops.values():
        assert not (run / "model.npz").exists()
        assert "resuming from" in examples((0, run, "--resume"))
        for name in ("last.npz", "model.npz"):
            assert arrays(run / name) == arrays(never / name)
        assert history(run / "last.npz") == history(never / "last.npz")
