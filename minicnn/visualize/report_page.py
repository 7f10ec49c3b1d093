"""Write report.html: one page with everything about a run. It holds the metrics, the pictures with what to look for in
them, and the settings.
"""

import base64
import inspect
import os
import shlex
import struct

import jinja2

from ..shapes import message
from ..support.files import write_text
from . import plots

PICTURES = {                                                       # file: title, and the function whose docstring explains it
    "curves.png": ("Learning curves", plots.learning_curves),
    "confusion.png": ("Confusion matrix", plots.confusion_matrix),
    "calibration.png": ("Calibration", plots.calibration),
    "mistakes.png": ("The most confident mistakes", plots.mistakes),
    "saliency.png": ("Which pixels decide", plots.saliency),
    "features.png": ("Feature maps", plots.feature_maps),
    "filters.png": ("Filters of the first layer", plots.filters),
    "layers.png": ("Activations and gradients per layer", plots.layer_statistics),
}
LOG = {"epoch": "{:d}", "lr": "{:.2e}", "loss": "{:.4f}", "accuracy": "{:.2%}", "validation_loss": "{:.4f}",
       "validation_accuracy": "{:.2%}", "seconds": "{:.1f}", "images_per_second": "{:,.0f}"}
TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(os.path.join(os.path.dirname(__file__), "templates")),
    autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def write_report(folder: str | os.PathLike, run: dict, trained=None, running: bool = False, notes=()) -> str:
    """Write report.html into the folder of a run and return its path.

    The page is one file that opens from the disk and loads nothing. If the run was interrupted, the page shows what there
    is and says what is missing. Pictures that need no network (curves, confusion matrix, calibration) are drawn here if
    the folder does not have them yet.

    run: what read_run(folder) returns. trained: what load_model returns, or None without a model file. running: whether
    the training is still running. notes: more sentences for the list of what is missing.

    Raises: ValueError if the run's numbers are not as minicnn writes them, OSError if the page cannot be written.
    """
    folder = os.path.abspath(folder)
    name = os.path.basename(folder)
    try:
        _draw(os.path.join(folder, "pictures"), run["log"], run["metrics"])
        pictures, damaged = _pictures(folder)
        notes = [*_missing(folder, run, running), *damaged, *_not_drawn(pictures), *notes]
        if "curves.png" in pictures and run["log"]:
            pictures["curves.png"]["epochs"] = _epochs(run["log"])
        if "confusion.png" in pictures and run["metrics"]:
            pictures["confusion.png"] |= _classes(run["metrics"])
        config = run["config"]
        page = TEMPLATES.get_template("report.html").render(
            name=name, facts=_facts(config, run["log"]), missing=notes, metrics=dict(_metrics(run["metrics"] or {})),
            pictures=pictures.values(), model=config["model"], command=config.get("command"), settings=_settings(config),
            network=trained and trained.model.summary(trained.preprocessing.x_shape), versions=run["versions"])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
        got = f"{type(problem).__name__}: {problem}"
        raise ValueError(message("report", f"numbers in {folder} as minicnn writes them", got,
                                 "another version wrote them, or a file is damaged")) from None
    path = os.path.join(folder, "report.html")
    write_text(path, page)
    return path


def _draw(folder, log, metrics):
    """Draw the pictures that need no network."""
    if log:
        plots.learning_curves(os.path.join(folder, "curves.png"), log)         # an older file may know fewer epochs
    if metrics:
        names = [row["name"] for row in metrics["classes"]]
        for name, draw, *what in (("confusion.png", plots.confusion_matrix, metrics["confusion"], names),
                                  ("calibration.png", plots.calibration, metrics["calibration"])):
            if not os.path.exists(os.path.join(folder, name)):
                draw(os.path.join(folder, name), *what)


def _pictures(folder):
    """The pictures of a run in reading order, other PNG files last; and a sentence for each damaged one."""
    folder = os.path.join(folder, "pictures")
    there = sorted(name for name in os.listdir(folder) if name.endswith(".png")) if os.path.isdir(folder) else []
    pictures, damaged = {}, []
    for name in sorted(there, key=lambda name: list(PICTURES).index(name) if name in PICTURES else len(PICTURES)):
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        if size := png_size(data):
            title, draw = PICTURES.get(name, (name, None))
            what, look_for = _explained(draw) if draw else ("", "")
            pictures[name] = {"title": title, "what": what, "look_for": look_for, "width": size[0], "height": size[1],
                              "base64": base64.b64encode(data).decode(), "epochs": None, "classes": None}
        else:
            damaged.append(f"The picture {name} is damaged: it is not a PNG file, or it was cut off.")
    return pictures, damaged


def png_size(data: bytes) -> tuple[int, int] | None:
    """(width, height) of the bytes of a PNG file; None if they are not a complete PNG file."""
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR" or data[-8:-4] != b"IEND":
        return None
    return struct.unpack(">II", data[16:24])


def _explained(function):
    """The first sentence of a plot's docstring, and its paragraph that says what to look for."""
    paragraphs = [" ".join(text.split()) for text in inspect.getdoc(function).split("\n\n")]
    return paragraphs[0], next((text for text in paragraphs if text.startswith("Look for")), "")


def _missing(folder, run, running):
    if not run["log"]:
        yield "No epoch was completed: there are no learning curves."
    if not run["metrics"]:
        command = run["config"].get("resume") or f"minicnn train --resume {shlex.quote(os.path.relpath(folder))}"
        state = "is still running" if running else f"was stopped before its end; {command} resumes it"
        yield f"The training {state}: it has not been tested on the test images yet (there is no metrics.json)."


def _not_drawn(pictures):
    titles = [title for name, (title, _) in PICTURES.items() if name not in pictures]
    return [f"Pictures that were not drawn: {', '.join(titles)}."] if titles else []


def _facts(config, log):
    facts = [f"{config['model']} on {config['data']}", f"{len(config['classes'])} classes", f"{len(log)} epochs"]
    created = str(config.get("created", ""))[:16].replace("T", " ")
    return [*facts, f"started {created}"] if created else facts


def _metrics(metrics):
    """(what, value) of each tile at the top of the page."""
    if not metrics:
        return
    yield f"accuracy on {metrics['rows']:,} test images", f"{metrics['accuracy']:.2%}"
    yield "macro F1", f"{metrics['macro']['f1']:.4f}"
    yield "loss (cross-entropy)", f"{metrics['loss']:.4f}"
    for k, fraction in metrics["top_k"].items():
        yield f"top-{k} accuracy", f"{fraction:.2%}"
    yield "expected calibration error", f"{metrics['calibration']['ece']:.2%}"
    if "auc" in metrics:
        yield "area under the ROC curve", "undefined" if metrics["auc"] is None else f"{metrics['auc']:.4f}"
        yield "threshold used", f"{metrics['threshold']['used']:.4g}"


def _epochs(log):
    """(head, rows) of the table of all epochs."""
    keys = [key for key in LOG if any(key in row for row in log)]
    rows = [[LOG[key].format(row[key]) if row.get(key) is not None else "" for key in keys] for row in log]
    return [key.replace("_", " ") for key in keys], rows


def _classes(metrics):
    """The table of the classes, (head, rows), and sentences on classes that never occur."""
    rows = [(row["name"], row) for row in metrics["classes"]]
    rows += [(f"{kind} average", metrics[kind]) for kind in ("macro", "weighted")]
    cells = [[name, *(f"{row[key]:.4f}" for key in ("precision", "recall", "f1")), f"{row['support']:,}"] for name, row in rows]
    absent = [text + ", ".join(metrics[key])
              for key, text in (("never_predicted", "Never predicted, so their precision counts as 0: "),
                                ("never_present", "Never present, so their recall counts as 0: ")) if metrics.get(key)]
    return {"classes": (["class", "precision", "recall", "F1", "images"], cells), "absent_classes": absent}


def _settings(config):
    preprocessing = {f"preprocessing: {key}": value for key, value in config["preprocessing"].items()}
    return {key: ", ".join(map(str, value)) if isinstance(value, list) else value
            for key, value in (config["settings"] | preprocessing | {"classes": config["classes"]}).items()
            if value is not None}
