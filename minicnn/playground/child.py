"""The process in which the playground trains. The page stays quick meanwhile, and no error here can end the server.

It gets one job, sends reports (JSON, one a message) and takes one word: "pause". If the server ends, the pipe closes, and that
means pause too. A training is the one of `minicnn train`: the same run folder, the same bits.
"""

import contextlib
import copy
import io
import json
import math
import signal
import threading
import time

import numpy as np

from ..metrics import softmax
from ..shapes import NonFiniteError
from ..training.train import train
from ..visualize.features import first_filters
from ..visualize.pictures import one_of_each
from .wire import as_text, finite

SNAPSHOT_EVERY = 0.4                                               # seconds between two looks at filters and maps
POINTS = 200                                                       # of a curve, or up to twice as many
IMAGES, MAPS, LAYERS = 5, 6, 2                                     # of a snapshot: images, maps of a layer, layers with pixels


class Pipe:
    """The child's end: `send` reports, `paused` says whether the server asked to stop."""

    def __init__(self, connection):
        self.connection, self.paused = connection, False
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, kind, **facts):
        """Report. A server that has gone does not hear it; the training then pauses."""
        try:
            self.connection.send_bytes(json.dumps({"kind": kind, **facts}, allow_nan=False).encode())
        except OSError:
            self.paused = True

    def _listen(self):
        with contextlib.suppress(EOFError, OSError):
            self.connection.recv_bytes()
        self.paused = True


class Lines(io.TextIOBase):
    """What the training prints, line by line, as reports."""

    def __init__(self, pipe):
        self.pipe = pipe

    def write(self, text):
        """Report each line that is not empty."""
        for line in text.splitlines():
            if line.strip():
                self.pipe.send("text", text=line.strip())
        return len(text)


def main(connection, job):
    """Run one job to its end, or until it is paused."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)                   # Ctrl-C reaches the server, which asks for a pause
    pipe = Pipe(connection)
    with contextlib.redirect_stdout(Lines(pipe)), contextlib.redirect_stderr(Lines(pipe)), np.errstate(all="ignore"):
        try:
            if "bug" in job:
                from .broken import compare  # here, because a training does not need the museum
                compare(pipe, **job)
            else:
                watch = Watch(pipe, bool(job["resume"]))
                result = train(job["settings"], resume=job["resume"], watch=watch)
                watch.end()
                pipe.send("end", finished=result["finished"], folder=result["folder"],
                          test_accuracy=result.get("test_accuracy"))
        except (ValueError, TypeError, OSError, NonFiniteError, MemoryError) as problem:
            pipe.send("failed", text=" ".join(str(problem).split()))


class Watch:
    """What the page shows of a training while it runs. It reads the run and changes nothing in it but `ctrl_c.pressed`."""

    def __init__(self, pipe, resumed):
        self.pipe, self.resumed, self.run, self.snapshot_at, self.rows = pipe, resumed, None, 0.0, 0

    def __call__(self, run, source, loss):
        if self.run is None:
            self._begin(run, source)
        step = self._step(run)
        if step % self.every == 0:
            self._point(run, step)
        if time.monotonic() - self.snapshot_at > SNAPSHOT_EVERY:
            self.snapshot_at = time.monotonic()
            self.pipe.send("snapshot", step=step, **self._snapshot(run))
        if len(run.history) > self.rows:
            self._rows(run)
        if self.pipe.paused:
            run.ctrl_c.pressed = True

    def end(self):
        """The last epoch ends after the last step."""
        if self.run is not None:
            self._rows(self.run)
            self.pipe.send("snapshot", step=self.steps_per_epoch * len(self.run.history), **self._snapshot(self.run))

    def _begin(self, run, source):
        self.run = run
        N, self.batch = len(source.train_images), run.settings["batch_size"]
        self.steps_per_epoch = math.ceil(N / self.batch)
        total = self.steps_per_epoch * run.settings["epochs"]
        self.every = max(1, total // POINTS)
        self.counts = run.progress.counts() if self.resumed else (0, 0, 0.0)
        rows = one_of_each(source.validation_labels, 10)[::2][:IMAGES]
        self.images, self.labels = source.validation_images[rows], source.validation_labels[rows]
        self.pipe.send("begin", folder=str(run.folder), steps=total, steps_per_epoch=self.steps_per_epoch, step=self._step(run),
                       settings=run.settings, resume=run.resume_command, classes=list(run.classes),
                       images=[as_text(image / 255) for image in self.images], labels=self.labels.tolist())

    def _step(self, run):
        """How many steps the run has taken in all."""
        return (run.number - 1) * self.steps_per_epoch + math.ceil(run.progress.done / self.batch)

    def _point(self, run, step):
        """The mean loss and the accuracy over the steps since the last point."""
        counts = run.progress.counts()
        before = self.counts if self.counts[0] < counts[0] else (0, 0, 0.0)          # a new epoch counts from 0
        images, correct, losses = (now - then for now, then in zip(counts, before))
        self.counts = counts
        if images:
            self.pipe.send("point", step=step, loss=losses / images, accuracy=correct / images)

    def _rows(self, run):
        """The rows of the log that are new."""
        for row in run.history[self.rows:]:
            self.pipe.send("epoch", **{name: row[name] for name in ("epoch", "loss", "accuracy", "validation_loss",
                                                                    "validation_accuracy")})
        self.rows = len(run.history)

    def _snapshot(self, run):
        """The first filters, and the maps of the fixed images. A copy computes them: the run must not see it."""
        x, maps = run.preprocess(self.images), []
        for _, layer, y in copy.deepcopy(run.model).eval().trace(x):
            if y.ndim == 4 and type(layer).__name__ in ("ReLU", "Tanh", "LeakyReLU", "Sigmoid"):
                maps.append(y[..., :MAPS])
        p = softmax(y)
        w = first_filters(run.model, x.shape[1:])
        return {"filters": None if w is None else as_text(w.mean(axis=2)),
                "maps": [[as_text(layer[n]) for layer in maps[:LAYERS]] for n in range(len(x))],
                "predicted": p.argmax(axis=1).tolist(), "probability": [finite(value) for value in p.max(axis=1)]}
