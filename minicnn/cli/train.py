"""Train a network on pictures: a data set by its name, or a folder with a folder of pictures for each class.

    minicnn train --data digits
    minicnn train --data mnist --model lenet5 --epochs 10 --augment light
    minicnn train --data my-pictures --model resnet --size 64 --augment full --patience 5
    minicnn train --resume runs/mnist-lenet5

Everything goes into a run folder: settings, log, checkpoints, the trained model.npz, the report of the test set and
pictures. Ctrl-C saves and says how to go on; a training that goes on ends with the same bits as one that never stopped.
"""

import contextlib
import io
import math
import shlex
import sys
import time
import zlib

import numpy as np

from .. import ops
from ..data import batches
from ..data.folder import class_weights
from ..data.preprocessing import Preprocessing
from ..data.sources import load
from ..losses import NonFiniteError, softmax_cross_entropy
from ..optim.averaging import AveragedWeights
from ..training import recipe
from ..training.begin import describe, go_on, hold, network, plan, write_config
from ..training.checkpoint import load_checkpoint
from ..training.end import best, enough, judge, look, where
from ..training.settings import SETTINGS, add_flags
from .console import CtrlC, Progress, counter, share, show

SAVE_EVERY = 600                                                   # seconds between checkpoints inside a long epoch


def arguments(parser):
    parser.usage = "minicnn train --data NAME [--model NAME] [flags]\n       minicnn train --resume RUN"
    add_flags(parser)
    parser.add_argument("--resume", nargs="?", const=True, metavar="RUN",
                        help="go on with a run (RUN, or --run FOLDER) from its last checkpoint, as it was told to begin with")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    parser.add_argument("--expect-accuracy", type=share, metavar="A",
                        help="exit with status 1 if the test accuracy is below A, such as 0.98")


def run(options):
    given = {name: value for name, value in vars(options).items() if name in SETTINGS}
    result = train(given, resume=options.resume, quiet=options.quiet)
    if not result["finished"]:
        return 130
    if options.expect_accuracy is not None and result["test_accuracy"] < options.expect_accuracy:
        print(f"expected a test accuracy of at least {options.expect_accuracy:.2%}, got {result['test_accuracy']:.2%}",
              file=sys.stderr)
        return 1
    return 0


def train(settings, resume=None, quiet=False, test=True):
    """Train as the settings say (names as in training/settings.py, the rest by default), and fill a run folder.

    `resume` names the run to go on with, or is True for settings["run"]. Without `test`, the test set is not looked at,
    and neither model.npz nor pictures are written: for who compares many trainings.

    Returns the last row of the log, but validation_loss and validation_accuracy of the best epoch, and beside them
    best_epoch, folder, finished (False after Ctrl-C) and, with `test`, test_accuracy.
    Raises: ValueError, OSError for what cannot be trained; NonFiniteError where numbers went bad.
    """
    with contextlib.redirect_stdout(io.StringIO()) if quiet else contextlib.nullcontext():
        asked, folder = plan(settings, resume)
        if asked["threads"]:
            ops.set_num_threads(asked["threads"])
        source = load(asked["data"], asked["size"], asked["seed"], asked["limit"], asked["data_dir"], asked["strict"],
                      asked["validation"], counter("reading pictures"))
        settings = recipe.settle(asked, source.kind)
        rng = np.random.default_rng(settings["seed"])              # the one source of chance: weights, order, dropout, ...
        x_shape, images = source.train_images.shape[1:], source.train_images
        prepare = Preprocessing.of(settings["range"], x_shape, images, source.kind)
        model = network(settings, x_shape, len(source.classes), len(images), rng)
        with hold(settings, folder) as run_folder:
            describe(source, model, prepare)
            if not resume:
                write_config(run_folder, asked, settings, prepare, source.classes)
            with CtrlC() as ctrl_c:
                history, finished = learn(run_folder, settings, source, prepare, model, rng, resume, ctrl_c)
            result = {**(history[-1] if history else {}), "folder": str(run_folder.folder), "finished": finished}
            if history:
                row = best(history)
                result |= {"best_epoch": row["epoch"], **{name: row[name] for name in row if name.startswith("validation")}}
            if finished and test:
                result["test_accuracy"] = judge(run_folder, settings, source, prepare, model, history)
                if settings["show"] and settings["pictures"]:
                    show(run_folder.path("pictures", "curves.png"))
    return result


def learn(run_folder, settings, source, prepare, model, rng, resume, ctrl_c):
    """The training loop. Leaves the best weights in the model; returns (a row for each epoch, whether it came to its end)."""
    images, labels = source.train_images, source.train_labels      # (N, H, W, C) bytes, (N,)
    epochs, batch_size, smoothing = settings["epochs"], settings["batch_size"], settings["label_smoothing"]
    weights = class_weights(labels, len(source.classes)) if settings["class_weights"] == "balanced" else None    # (K,)
    augment = recipe.augment(settings, prepare, rng)

    def transform(images):
        return augment(prepare(images)) if augment else prepare(images)

    optimizer = recipe.optimizer(settings, model.parameters())
    schedule = recipe.schedule(settings, optimizer, total_steps=epochs * math.ceil(len(images) / batch_size))
    parts = {"model": model, "optimizer": optimizer, "schedule": schedule, "rng": rng}
    average = None if settings["average"] is None else AveragedWeights(model, settings["average"])
    if average:
        parts["average"] = average
    feed = batches(images, labels, batch_size, rng, transform=transform)
    data = zlib.crc32(labels, zlib.crc32(np.ascontiguousarray(images)))
    epoch, history, counts, seconds = 1, [], (0, 0, 0.0), 0.0      # all that must be known beside the parts

    def save(name, counts=(0, 0, 0.0), seconds=0.0):
        run_folder.save(name, feed=feed, **parts, notes={"epoch": epoch, "history": history, "counts": counts,
                                                         "seconds": seconds, "data": data, "settings": settings})

    if resume:
        notes = go_on(run_folder, settings, data, feed=feed, **parts)
        epoch, history, counts, seconds = (notes[name] for name in ("epoch", "history", "counts", "seconds"))
    else:
        save("last.npz")                                           # whatever happens from here on, --resume goes on

    while epoch <= epochs and not enough(history, settings["patience"]):
        model.train()
        progress = Progress(f"epoch {epoch}/{epochs}", total=len(images), done=feed.position, counts=counts)
        started = saved = time.perf_counter()
        for x, labels_batch in feed:                                                     # (n, H, W, C), (n,)
            logits = model.forward(x)                                                    # (n, K)
            try:
                loss, dlogits = softmax_cross_entropy(logits, labels_batch, weights, smoothing)      # a number, (n, K)
            except NonFiniteError as problem:
                raise where(problem, model, x, run_folder, history) from None
            model.backward(dlogits, input_gradient=False)          # nobody asks for the pictures' own gradient
            optimizer.step()
            schedule.step()
            if average:
                average.update()
            progress.update(loss, (logits.argmax(axis=1) == labels_batch).sum(), len(labels_batch))
            if ctrl_c.pressed or time.perf_counter() - saved > SAVE_EVERY:
                saved = time.perf_counter()
                save("last.npz", progress.counts(), seconds + saved - started)
                if ctrl_c.pressed:
                    progress.leave()
                    return _stopped(run_folder, history)
        seconds += time.perf_counter() - started

        with average.applied() if average else contextlib.nullcontext():
            try:
                validation = look(model, prepare, source.validation_images, source.validation_labels)
            except NonFiniteError as problem:                      # the epoch's last step spoilt it
                raise where(problem, model.eval(), prepare(source.validation_images[:64]), run_folder, history) from None
        history.append({"epoch": epoch, "lr": schedule.rate(schedule.t - 1), "loss": progress.loss,
                        "accuracy": progress.accuracy, **validation,
                        "seconds": round(seconds, 3), "images_per_second": round(progress.seen / max(seconds, 1e-9), 1)})
        is_best = best(history)["epoch"] == epoch
        progress.close(f"; validation loss {validation['validation_loss']:.4f}, accuracy "
                       f"{validation['validation_accuracy']:.2%}{' (best)' if is_best else ''}")
        epoch, counts, seconds = epoch + 1, (0, 0, 0.0), 0.0
        feed = batches(images, labels, batch_size, rng, transform=transform)             # a new order for the next
        if is_best:
            save("best.npz")
        run_folder.append_log(history[-1])
        save("last.npz")
        if ctrl_c.pressed:
            return _stopped(run_folder, history)

    if epoch <= epochs:
        print(f"stopped early: epoch {best(history)['epoch']} was the best, and the {settings['patience']} after it no better")
    load_checkpoint(run_folder.path("best.npz"), **{name: parts[name] for name in ("model", "average") if name in parts})
    if average:
        for name, parameter in model.parameters().items():
            parameter.value = average.average[name]
    return history, True


def _stopped(run_folder, history):
    print(f"saved {run_folder.path('last.npz')}; to go on: minicnn train --resume {shlex.quote(str(run_folder.folder))}")
    return history, False
