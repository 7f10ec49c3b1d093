"""How a training begins: which folder, which settings, which network; anew or from where it stood."""

import contextlib
import math
import os
import shlex

from ..models import build
from ..shapes import ShapeError, message
from .checkpoint import CheckpointError, load_checkpoint
from .run_folder import LOCK, RunError, fresh, now, open_run, read_run, versions
from .settings import SETTINGS, complete, flag, own, resumed


def plan(given, resume):
    """The settings of the training, and the folder of the run that goes on (None for a new run)."""
    if not resume:
        settings = complete(given)
        own(settings)                                              # better an error now than after reading the data
        folder = settings["run"]
        if folder is not None and os.path.exists(folder) and (not os.path.isdir(folder) or set(os.listdir(folder)) - {LOCK}):
            raise RunError(message("train", "--run to name a new or empty folder", folder,
                                   "--resume goes on with the run in it; without --run, a fresh name is taken"))
        return settings, None
    folder = given.get("run") if resume is True else resume
    if folder is None:
        raise RunError(message("--resume", "a run: --resume RUN", "none", "minicnn runs lists them"))
    before = read_run(folder, log=False)["config"]["settings"]
    settings = resumed(before, {name: given[name] for name in given if name != "run"})
    if not os.path.exists(os.path.join(folder, "last.npz")):
        raise RunError(message("--resume", f"a checkpoint {os.path.join(folder, 'last.npz')}", "none",
                               "the training stopped before its first step: begin a new run"))
    with open_run(folder):                                         # or an error, before the data is read for nothing
        return settings, folder


@contextlib.contextmanager
def hold(settings, folder):
    """The run folder, made if it is a new run, held until the end of the `with`."""
    if folder is None:
        data = os.path.basename(os.path.abspath(settings["data"]))
        folder = settings["run"] or fresh("runs", f"{data}-{settings['model']}")
    with open_run(folder) as run_folder:
        yield run_folder


def write_config(run_folder, asked, settings, prepare, classes):
    """What was asked, as a command, what it came to with every default, and which programs obey."""
    words = [word for name, value in asked.items() if value != SETTINGS[name].default for word in _words(name, value)]
    run_folder.write("config.json", {
        "command": shlex.join(["minicnn", "train", *words]), "data": settings["data"], "model": settings["model"],
        "settings": settings | {"run": str(run_folder.folder)}, "preprocessing": prepare.as_dict(), "classes": list(classes),
        "created": now()})
    run_folder.write("versions.json", versions())


def _words(name, value):
    if isinstance(value, bool):
        return [flag(name) if value else flag("no_" + name)]
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return [f"{flag(name)}={text}"] if text.startswith("-") else [flag(name), text]


def network(settings, x_shape, classes, N, rng):
    """The network, which is sure to take a batch of these pictures, the last and smallest of N pictures too."""
    settled = own(settings)
    try:
        model = build(settings["model"], x_shape=x_shape, classes=classes, rng=rng, **settled)
        for batch in {min(settings["batch_size"], N), N % settings["batch_size"] or N}:
            model.output_shape((batch, *x_shape))
    except ShapeError as problem:
        H, W = x_shape[:2]
        raise ShapeError(f"{settings['model']} cannot take pictures of {H} x {W} in batches of {settings['batch_size']} "
                         f"({problem}); another --size or --batch-size") from None
    return model


def describe(source, model, prepare):
    """Say what is about to be trained on what, and what guessing would give."""
    K = len(source.classes)
    print(f"{source.name}: {len(source.train_images):,} pictures to learn from, {len(source.validation_images):,} to choose "
          f"by, {len(source.test_images):,} for the end; {K} classes, guessing would give a loss of ln {K} = {math.log(K):.3f}")
    for path, reason in source.skipped[:5]:
        print(f"  left out: {path} ({reason})")
    if len(source.skipped) > 5:
        print(f"  left out: {len(source.skipped) - 5} more")
    print(model.summary(prepare.x_shape))


def go_on(run_folder, settings, data, **parts):
    """Load the last checkpoint into the parts, mend the log, and return the notes.

    Raises: CheckpointError where it is damaged; ValueError where the data or the settings are not those it was trained by.
    """
    last, best = run_folder.path("last.npz"), run_folder.path("best.npz")
    try:
        notes = _notes(last)
        if notes["data"] != data:
            raise RunError(message("--resume", "the pictures and labels that the training began with", "others",
                                   "put them back, or begin a new run"))
        resumed(notes["settings"], settings)                       # config.json may have been edited
        load_checkpoint(last, **parts)
    except CheckpointError as problem:
        hint = f"; {best} is an earlier one: copied to {last}, it goes on from there" if os.path.exists(best) else ""
        raise CheckpointError(f"{problem}{hint}") from None
    run, here = read_run(run_folder.folder, log=False), versions()
    before = run["versions"]
    changed = [f"{name} {before.get(name)} (now {value})" for name, value in here.items() if before.get(name) != value]
    if changed:
        print(f"the run began with {', '.join(changed)}: its last bits may differ from there on")
    run_folder.write("config.json", run["config"] | {"settings": settings})
    run_folder.write_log(notes["history"])
    print(f"going on from {last}: epoch {notes['epoch']}, {parts['feed'].position:,} of its pictures seen")
    return notes


def _notes(path):
    notes = load_checkpoint(path)
    if not isinstance(notes, dict) or not {"epoch", "history", "counts", "seconds", "data", "settings"} <= set(notes):
        raise CheckpointError(message("--resume", "a checkpoint of minicnn train", f"{path} without its notes"))
    return notes
