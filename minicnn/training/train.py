"""Train as the settings say, from the data to a filled run folder. `minicnn train`, search and the playground use it."""

import contextlib
import io
import math
import os
import shlex

import numpy as np

from .. import ops
from ..data.folder import class_weights
from ..data.preprocessing import Preprocessing
from ..data.sources import load
from ..losses import softmax_cross_entropy
from ..metrics import report_text
from ..optim.averaging import AveragedWeights
from ..shapes import message
from ..support.display import show
from . import recipe
from .evaluate import best_epoch
from .progress import Stopped, counter
from .run import Run
from .run_folder import RunError, check_empty, fresh_folder, open_run, read_run
from .settings import as_words, complete, may_change, model_settings, resumed


def train(settings, resume=None, quiet=False, test=True, watch=None):
    """Train as the settings say (names as in training/settings.py, the rest by default), and fill a run folder.

    `resume` names the run to resume, or is True for settings["run"]. With test=False the test set is not used, and neither
    model.npz nor plots are written: for callers that compare many trainings. `watch(run, source, loss)` is called after each
    step; it must not change the run, except that run.ctrl_c.pressed = True saves and stops it, as Ctrl-C does.

    Returns a dict: the last row of the log, in which validation_loss and validation_accuracy are those of the best epoch;
    best_epoch; folder; finished (False after Ctrl-C); and test_accuracy, if `test`.
    Raises: ValueError, OSError for what cannot be trained; NonFiniteError if a number becomes NaN or infinite.
    """
    with contextlib.redirect_stdout(io.StringIO()) if quiet else contextlib.nullcontext():
        given, folder = resolve_run(settings, resume)
        if given["threads"]:
            ops.set_num_threads(given["threads"])
        source = load(given["data"], given["size"], given["seed"], given["limit"], given["data_dir"], given["strict"],
                      given["validation"], counter("reading images"))
        run = make_run(given, source, folder, bool(resume))
        result = {"finished": False}
        try:
            with run:
                learn(run, source, watch)
                result["finished"] = True
                if test:
                    result["test_accuracy"] = finish(run, source)
        except Stopped:
            pass
        if run.history:
            row = best_epoch(run.history)
            result |= run.history[-1] | {name: row[name] for name in row if name.startswith("validation")}
            result["best_epoch"] = row["epoch"]
        return result | {"folder": str(run.folder)}


def resolve_run(given, resume):
    """All settings of the training, and the folder of the run to resume (None for a new run)."""
    if not resume:
        settings = complete(given)
        model_settings(settings)                                   # a wrong setting is an error here, before data are read
        if settings["run"] is not None:
            check_empty(settings["run"])
        return settings, None
    folder = given.get("run") if resume is True else resume
    if folder is None:
        raise RunError(message("--resume", "a run: --resume RUN", "none", "minicnn runs lists them"))
    config = read_run(folder, log=False)["config"]
    if "resume" in config and not config["resume"].startswith("minicnn train"):
        raise RunError(message("minicnn train --resume", "a run of minicnn train", f"{folder} of another program",
                               f"to resume it: {config['resume']}"))
    settings = resumed(config["settings"], {name: given[name] for name in given if name != "run"})
    with open_run(folder):                                         # an error here, before the data are read, if it is in use
        return settings, folder


def make_run(given, source, folder, resume):
    """The Run with its network, optimizer and schedule, as the settings say."""
    settings = recipe.resolve_defaults(given, source.kind)
    rng = np.random.default_rng(settings["seed"])                  # draws weights, order, dropout and augmentation
    images, x_shape, K = source.train_images, source.train_images.shape[1:], len(source.classes)
    preprocess = Preprocessing.of(settings["range"], x_shape, images, source.kind)
    model = recipe.network(settings, x_shape, K, len(images), rng)
    optimizer = recipe.optimizer(settings, model.parameters())
    steps = settings["epochs"] * math.ceil(len(images) / settings["batch_size"])
    print(f"{source.name}: {len(images):,} training images, {len(source.validation_images):,} for validation, "
          f"{len(source.test_images):,} for the test; {K} classes, guessing would give a loss of ln {K} = {math.log(K):.3f}")
    for file, reason in source.skipped[:5]:
        print(f"  left out: {file} ({reason})")
    if len(source.skipped) > 5:
        print(f"  left out: {len(source.skipped) - 5} more")
    print(model.summary(x_shape))
    data = os.path.basename(os.path.abspath(settings["data"]))
    folder = folder or settings["run"] or fresh_folder("runs", f"{data}-{settings['model']}")
    return Run(
        folder, model, optimizer, recipe.schedule(settings, optimizer, steps), rng=rng, preprocess=preprocess,
        classes=source.classes, settings=settings | {"run": str(folder)}, may_change=may_change(settings), keep="best",
        average=None if settings["average"] is None else AveragedWeights(model, settings["average"]),
        patience=settings["patience"], resume=resume, resume_command=shlex.join(["minicnn", "train", "--resume", str(folder)]),
        config={"data": settings["data"], "model": settings["model"],
                "command": shlex.join(["minicnn", "train", *as_words(given)])})


def learn(run, source, watch=None):
    """The training loop."""
    images, labels, settings = source.train_images, source.train_labels, run.settings     # (N, H, W, C) bytes, (N,)
    weights = class_weights(labels, len(source.classes)) if settings["class_weights"] == "balanced" else None      # (K,)
    augment = recipe.augment(settings, run.preprocess, run.rng)
    for epoch in run.epochs(settings["epochs"]):
        for x, batch_labels in epoch.batches(images, labels, settings["batch_size"], augment):       # (n, H, W, C), (n,)
            logits = run.model.forward(x)                                                            # (n, K)
            loss, dlogits = softmax_cross_entropy(logits, batch_labels, weights, settings["label_smoothing"])
            run.model.backward(dlogits)
            run.optimizer.step()
            run.schedule.step()
            if run.average:
                run.average.update()
            epoch.record(loss, logits, batch_labels)
            if watch:
                watch(run, source, loss)
        epoch.validate(source.validation_images, source.validation_labels)


def finish(run, source):
    """Measure the test set and say what comes next; returns the test accuracy."""
    settings, folder = run.settings, shlex.quote(str(run.folder))
    result = run.finish(source.test_images, source.test_labels, pictures=settings["pictures"])
    print(f"\nthe test images, with the weights of epoch {best_epoch(run.history)['epoch']}:\n{report_text(result.metrics)}\n\n"
          f"test accuracy {result.accuracy:.2%}; everything is in {folder}. Next:\n"
          f"  minicnn report {folder}\n  minicnn predict {folder} IMAGE...\n  minicnn runs")
    if settings["show"] and settings["pictures"]:
        show(run.path("pictures", "curves.png"))
    return result.accuracy
