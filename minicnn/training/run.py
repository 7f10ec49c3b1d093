"""A training run. It does everything around the training loop, so that the loop in your program stays short.

    with Run("runs/digits", model, optimizer, schedule, rng=rng, preprocess=preprocess, classes=classes) as run:
        for epoch in run.epochs(6):
            for x, labels in epoch.batches(train_images, train_labels, batch_size=64):
                logits = model.forward(x)
                loss, dlogits = softmax_cross_entropy(logits, labels)
                model.backward(dlogits)
                optimizer.step()
                schedule.step()
                epoch.record(loss, logits, labels)
            epoch.validate(validation_images, validation_labels)
        result = run.finish(test_images, test_labels)

A run writes a folder (see run_folder.py), prints progress, saves on Ctrl-C and resumes with the same bits, names the layer
where NaN first appears, keeps the best epoch, and writes a model file that `minicnn predict` understands.
"""

import contextlib
import json
import math
import os
import shlex
import sys
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..losses import NonFiniteError
from ..metrics import report
from ..shapes import message
from .checkpoint import CheckpointError, load_checkpoint
from .epoch import Epoch
from .evaluate import best_epoch, out_of_patience, predict_in_chunks
from .model_file import class_probabilities, describe_model, save_model
from .nonfinite import first_nonfinite
from .progress import CtrlC
from .run_folder import RunError, check_empty, fresh_folder, now, open_run, read_run, versions

NOTES = {"epoch", "begun", "history", "counts", "seconds", "data", "settings"}


class Result(NamedTuple):
    """The result of a training on the test images: the report as a dict, and the probabilities (N, K)."""

    metrics: dict
    probabilities: np.ndarray

    @property
    def accuracy(self) -> float:
        """The fraction of the test images that was right."""
        return self.metrics["accuracy"]

    def most_frequent_mistake(self) -> str:
        """A sentence that names the two classes that were confused most often."""
        counts, names = np.array(self.metrics["confusion"]), [row["name"] for row in self.metrics["classes"]]
        np.fill_diagonal(counts, 0)
        label, wrong = np.unravel_index(counts.argmax(), counts.shape)
        if not counts.any():
            return "no mistakes"
        return f"most frequent mistake: {names[label]} taken for {names[wrong]}, {counts[label, wrong]} times"


class Run:
    """A training in a folder of its own; see the top of this file.

    `folder` is new or empty, or holds the run to resume; None means runs/NAME, or runs/NAME-2, ... if that exists. `rng` is
    the Generator that draws everything random: a resumed run continues with its state. `preprocess` turns images of bytes
    into x; float images are taken as they are. `settings` are written down; on resume they must be the same, except those
    named in `may_change`. `average` are AveragedWeights: validation, test and model file use them. `keep` is "last" or "best":
    which epoch's weights the finished model has. After `patience` epochs that are no better the run ends. `predict` computes
    the logits of x outside of training (default: model.predict).

    Raises: RunError for a folder that cannot be used; CheckpointError for a damaged checkpoint; ValueError for another
    setting or other data on resume; NonFiniteError if the loss, a weight or the optimizer's memory is NaN or infinite.
    """

    def __init__(self, folder, model, optimizer, schedule=None, *, rng, preprocess, classes, name="run", settings=None,
                 may_change=("run", "resume", "data_dir", "expect_accuracy"), average=None, predict=None, keep="last",
                 patience=None, resume=False, config=None, resume_command=None):
        self.folder, self.name, self.resume = folder, name, resume
        self.model, self.optimizer, self.schedule, self.average = model, optimizer, schedule, average
        self.rng, self.preprocess, self.classes, self.predict = rng, preprocess, classes, predict or model.predict
        self.settings = json.loads(json.dumps(settings or {}, default=str))     # as a checkpoint will give them back
        self.may_change, self.keep, self.patience = may_change, keep, patience
        self.config, self.resume_command = config or {}, resume_command
        parts = {"model": model, "optimizer": optimizer, "schedule": schedule, "average": average, "rng": rng}
        self.parts = {name: part for name, part in parts.items() if part is not None}
        self.history, self.progress, self.x, self.place, self.data, self.data_checked = [], None, None, None, None, False
        self.number, self.begun, self.counts, self.seconds = 1, False, (0, 0, 0.0), 0.0    # where the current epoch stands

    # ---- beginning and end

    def __enter__(self):
        describe_model(self.model, self.preprocess, self.classes)  # better an error now than after the training
        with contextlib.ExitStack() as stack:
            if self.folder is None:
                self.folder = os.path.join("runs", self.name) if self.resume else fresh_folder("runs", self.name)
            self.resume_command = self.resume_command or self._same_command()
            if not self.resume:
                check_empty(self.folder)
            elif not os.path.exists(os.path.join(self.folder, "last.npz")):
                raise RunError(message("--resume", f"a checkpoint {os.path.join(self.folder, 'last.npz')}", "none",
                                       "the training stopped before its first step, or never started: start a new run"))
            self.files = stack.enter_context(open_run(self.folder))
            self.files.resume_command = self.resume_command
            if self.resume:
                self._restore()
            else:
                check_empty(self.folder)                           # again: another training may have ended in it meanwhile
                self._write_config()
                self.files.write("versions.json", versions())
            self.ctrl_c = stack.enter_context(CtrlC())
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind, problem, trace):
        if self.progress:
            self.progress.clear()
        self._stack.close()
        if isinstance(problem, NonFiniteError):
            raise self._explained(problem) from None

    def _explained(self, problem):
        """The same problem, with the place where it began and the way back."""
        place = self.place or (None if self.x is None else first_nonfinite(self.model, self.x))
        place = f" NaN or infinity first appears in {place}." if place else ""
        return NonFiniteError(f"epoch {self.number}: {problem}.{place} The last good checkpoint is {self.path('last.npz')}; "
                              "a smaller learning rate may help")

    def path(self, *names: str) -> str:
        """The path of a file in the run folder."""
        return self.files.path(*names)

    @property
    def minutes(self):
        """How long the epochs took so far, without validation and without compiling kernels."""
        return sum(row["seconds"] for row in self.history) / 60

    # ---- the loop

    def epochs(self, number: int) -> Iterator[Epoch]:
        """Yield one Epoch after another, up to the epoch of this number: on resume, those that are missing."""
        self.total = number
        while self.number <= number and not out_of_patience(self.history, self.patience):
            epoch = Epoch(self)
            yield epoch
            epoch.end()
        if self.number <= number:
            print(f"stopped early: epoch {best_epoch(self.history)['epoch']} was the best, and the {self.patience} after it "
                  "were no better")

    def averaged(self):
        """A context in which the model has its averaged weights, if the run averages them."""
        return self.average.applied() if self.average else contextlib.nullcontext()

    def logits(self, images: np.ndarray) -> np.ndarray:
        """The logits (N, K) of images (N, H, W, C), outside of training."""
        return predict_in_chunks(self.predict, self.preprocess, images)

    def save(self, name, feed):
        """Write a checkpoint from which the training can be resumed."""
        notes = {"epoch": self.number, "begun": self.begun, "history": self.history, "counts": self.counts,
                 "seconds": self.seconds, "data": self.data, "settings": self.settings}
        self.files.save(name, feed=feed, **self.parts, notes=notes)

    # ---- resuming

    def _restore(self):
        last, best = self.path("last.npz"), self.path("best.npz")
        try:
            notes = load_checkpoint(last)
            if not isinstance(notes, dict) or not set(notes) >= NOTES:
                raise CheckpointError(message("--resume", "a checkpoint of a Run", f"{last} without its notes"))
            for name, value in self.settings.items():
                if name not in self.may_change and notes["settings"].get(name) != value:
                    raise ValueError(message("--resume", f"--{name.replace('_', '-')} {notes['settings'].get(name)} as the run "
                                             "began", value, "leave it out, or start a new run with it"))
            load_checkpoint(last, **self.parts)
        except CheckpointError as problem:
            hint = f"; {best} is an earlier one: copied to {last}, it resumes from there" if os.path.exists(best) else ""
            raise CheckpointError(f"{problem}{hint}") from None
        self.number, self.begun, self.history = notes["epoch"], notes["begun"], notes["history"]
        self.counts, self.seconds, self.data = notes["counts"], notes["seconds"], notes["data"]
        before, here = read_run(self.folder, log=False), versions()
        changed = [f"{name} {before['versions'].get(name)} (now {value})" for name, value in here.items()
                   if before["versions"].get(name) != value]
        if changed:
            print(f"the run began with {', '.join(changed)}: its last bits may differ from here on")
        self.files.write("config.json", before["config"] | {"settings": self.settings})
        self.files.write_log(self.history)
        print(f"resuming from {last}: epoch {self.number}, {self.counts[0]:,} of its images seen")

    def _write_config(self):
        config = {"command": shlex.join(["python", *sys.argv]), "data": self.name, "model": type(self.model).__name__,
                  "settings": self.settings, "preprocessing": self.preprocess.as_dict(), "classes": list(self.classes),
                  "resume": self.resume_command, "created": now()}
        self.files.write("config.json", config | self.config)

    def _same_command(self):
        words = [word for word in sys.argv if word != "--resume"]
        run = [] if any(word.split("=")[0] == "--run" for word in words) else ["--run", str(self.folder)]
        return shlex.join(["python", *words, *run, "--resume"])

    # ---- what the training came to

    def load_best(self):
        """Put the weights of the best epoch into the model."""
        parts = {name: self.parts[name] for name in ("model", "average") if name in self.parts}
        load_checkpoint(self.path("best.npz"), **parts)

    def finish(self, images: np.ndarray, labels: np.ndarray, threshold: float = 0.5, pictures: bool = False) -> Result:
        """Measure the test images, once; write the model file, metrics.json and, if asked, the pictures. Returns a Result.

        Of two classes, the second is predicted if its probability is above `threshold`.

        Shapes: images (N, H, W, C) uint8, labels (N,)
        """
        if self.keep == "best":
            self.load_best()
        with self.averaged():
            logits = self.logits(images)
            probabilities = class_probabilities(logits)
            metrics = report(labels, probabilities, self.classes, threshold)
            with self.files.explained("model.npz"):
                save_model(self.path("model.npz"), self.model, self.preprocess, self.classes)
            if pictures:
                from ..visualize.pictures import write_pictures  # here, because matplotlib takes its time
                with self.files.explained("pictures"):
                    write_pictures(self.path("pictures"), self.model, self.preprocess(images), images, labels, probabilities,
                                   self.classes, self.history)
        self.files.write("metrics.json", metrics)                  # last: it says that the run is complete
        return Result(metrics, probabilities)


def total_steps(images: np.ndarray, batch_size: int, epochs: int) -> int:
    """How many steps a training takes, which a schedule has to know; at least 2."""
    return max(2, epochs * math.ceil(len(images) / batch_size))
