"""One pass over the training images, made by Run.epochs."""

import math
import zlib

import numpy as np

from ..data.batches import Batches
from ..losses import NonFiniteError
from ..shapes import message
from .checkpoint import load_checkpoint
from .evaluate import best_epoch, evaluate, predicted_labels
from .nonfinite import check_finite, first_nonfinite
from .progress import Clock, Progress, Stopped
from .run_folder import RunError

SAVE_EVERY = 600                                                   # seconds between checkpoints inside a long epoch


class Epoch:
    """One epoch of a Run: its batches, what is recorded of them, its validation."""

    def __init__(self, run):
        self.run, self.ended, self.feed = run, False, None

    def batches(self, images: np.ndarray, labels: np.ndarray, batch_size: int = 64, augment=None):
        """Yield (x, labels) for each mini-batch in a new random order; on resume, for those that are missing.

        Images of bytes go through the run's preprocessing, then through augment(x). Between two batches the run checks
        whether Ctrl-C was pressed, and saves a checkpoint every ten minutes.

        Shapes: images (N, H, W, C) uint8 or floats, labels (N,) -> x (n, H, W, C), labels (n,) with n <= batch_size
        """
        run = self.run

        def transform(images):
            x = run.preprocess(images) if images.dtype == np.uint8 else images
            return augment(x) if augment else x

        self._check_data(images, labels)
        begun_before = run.begun
        self.feed = Batches(images, labels, batch_size, 0 if begun_before else run.rng, transform=transform)
        if begun_before:                                           # the order of the interrupted epoch, and its place in it
            load_checkpoint(run.path("last.npz"), feed=self.feed)
        run.begun = True
        if not begun_before and run.number == 1:
            run.save("last.npz", self.feed)                        # whatever happens from here on, it can be resumed
        run.model.train()
        run.progress = Progress(f"epoch {run.number}/{run.total}", len(images), self.feed.position, counts=run.counts)
        clock, saved, before = Clock(), 0.0, run.seconds
        for x, batch_labels in self.feed:
            run.x = x                                              # for first_nonfinite
            yield x, batch_labels
            run.counts, run.seconds = run.progress.counts(), before + clock()
            if run.ctrl_c.pressed or clock() - saved > SAVE_EVERY:
                saved = clock()
                self._save_inside()
        run.seconds = before + clock()

    def _save_inside(self):
        check_finite(self.run.model, self.run.optimizer)
        self.run.save("last.npz", self.feed)
        if self.run.ctrl_c.pressed:
            self._stop()

    def _stop(self):
        if self.run.progress:
            self.run.progress.clear()
        print(f"saved {self.run.path('last.npz')}; to resume: {self.run.resume_command}")
        raise Stopped

    def _check_data(self, images, labels):
        """Compare the data with those that the run began with, once."""
        if not self.run.data_checked:
            data = zlib.crc32(np.ascontiguousarray(labels), zlib.crc32(np.ascontiguousarray(images)))
            if self.run.data not in (None, data):
                raise RunError(message("--resume", "the images and labels that the training began with", "others",
                                       "put them back, or start a new run"))
            self.run.data, self.run.data_checked = data, True

    def record(self, loss: float, logits: np.ndarray, labels: np.ndarray) -> None:
        """Count a batch: its mean loss, and how many of its images have their largest logit at their label.

        Shapes: logits (n, K), or (n, 1) for two classes with one output; labels (n,)
        """
        if not math.isfinite(loss):
            raise NonFiniteError(message("epoch.record", "a finite loss", loss))
        self.run.progress.update(float(loss), int((predicted_labels(logits) == labels).sum()), len(labels))

    def validate(self, images: np.ndarray, labels: np.ndarray) -> dict:
        """Measure the validation images, and end the epoch. Returns its row of the log.

        Shapes: images (N, H, W, C) uint8 or floats, labels (N,)
        """
        run = self.run
        with run.averaged():
            try:
                measured = evaluate(run.logits(images), labels)
            except NonFiniteError:                                 # the last step of the epoch made the weights overflow
                x = run.preprocess(images[:64]) if images.dtype == np.uint8 else images[:64]
                run.place = first_nonfinite(run.model.eval(), x)
                raise
        return self.end(measured)

    def end(self, measured=None):
        """End the epoch: print its line, write its row of the log, save. Once is enough: `validate` does it too."""
        if self.ended:
            return self.run.history[-1]
        self.ended, run, progress = True, self.run, self.run.progress
        if measured is None and (run.keep == "best" or run.patience):
            raise ValueError(message("Run", "epoch.validate(images, labels) after the batches, because it keeps the best epoch",
                                     "no validation", 'or make it with keep="last" and no patience'))
        check_finite(run.model, run.optimizer)
        row = {"epoch": run.number, "lr": run.optimizer.lr, "loss": progress.loss, "accuracy": progress.accuracy,
               **(measured or {}), "seconds": round(run.seconds, 3),
               "images_per_second": round(progress.seen / max(run.seconds, 1e-9), 1)}
        if run.schedule:
            row["lr"] = run.schedule.rate(max(run.schedule.t - 1, 0))      # of the last step; the next rate is set already
        run.history.append(row)
        is_best = run.keep == "best" and best_epoch(run.history)["epoch"] == run.number
        progress.close(_words(measured) + (" (best)" if is_best else ""))
        run.number, run.begun, run.counts, run.seconds = run.number + 1, False, (0, 0, 0.0), 0.0
        if is_best:
            run.save("best.npz", self.feed)
        run.files.append_log(row)
        run.save("last.npz", self.feed)
        run.progress = None
        if run.ctrl_c.pressed:
            self._stop()
        return row


def _words(measured):
    if not measured:
        return ""
    auc = f", AUC {measured['validation_auc']:.4f}" if "validation_auc" in measured else ""
    return f"; validation loss {measured['validation_loss']:.4f}, accuracy {measured['validation_accuracy']:.2%}{auc}"
