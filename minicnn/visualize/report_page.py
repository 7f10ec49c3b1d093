"""One HTML page that holds all there is to say about a run: figures, pictures with what to look for, settings."""

import inspect
import os
import shlex

from ..shapes import message
from ..training.model_file import load_model
from ..training.run_folder import RunError, held, read_run
from . import plots
from .report_style import figure, join, page, pairs, png_size, table, tag

PICTURES = {                                                       # file -> title, and who knows what to look for
    "curves.png": ("Learning curves", plots.learning_curves),
    "confusion.png": ("Confusion matrix", plots.confusion_matrix),
    "calibration.png": ("Calibration", plots.calibration),
    "mistakes.png": ("The surest mistakes", plots.mistakes),
    "saliency.png": ("Where the network looks", plots.saliency),
    "features.png": ("Feature maps", plots.feature_maps),
    "filters.png": ("Filters of the first layer", plots.filters),
    "layers.png": ("Activations and gradients per layer", plots.layer_statistics),
}
LOG = {"epoch": "{:d}", "lr": "{:.2e}", "loss": "{:.4f}", "accuracy": "{:.2%}", "validation_loss": "{:.4f}",
       "validation_accuracy": "{:.2%}", "seconds": "{:.1f}", "images_per_second": "{:,.0f}"}


def write_report(folder):
    """Write report.html into a run folder and return its path: one file that opens from the disk, with nothing to load.

    Of a run that was interrupted the page shows what there is, and says what is missing. Pictures that need no
    network (curves, confusion matrix, calibration) are drawn here if the training did not come to it.

    Raises: RunError where there is no run or one of its files is damaged, OSError where nothing can be written.
    """
    run, folder = read_run(folder), os.path.abspath(folder)
    missing = []
    try:
        _draw(folder, run["log"], run["metrics"])
        body = join(_body(folder, run, missing))
        head = join(_head(os.path.basename(folder), run, missing))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
        if isinstance(problem, RunError):
            raise
        raise RunError(message("report", f"figures in {folder} as minicnn writes them",
                               f"{type(problem).__name__}: {problem}", "another version, or a damaged file")) from None
    path = os.path.join(folder, "report.html")
    temporary = f"{path}.{os.getpid()}.part"
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(page(f"{os.path.basename(folder)}: minicnn report", head, body))
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
    return path


def picture_files(folder):
    """The pictures of a run, in reading order; those that this page does not know come last."""
    pictures = os.path.join(folder, "pictures")
    there = sorted(name for name in os.listdir(pictures) if name.endswith(".png")) if os.path.isdir(pictures) else []
    known = [name for name in PICTURES if name in there]
    return [os.path.join(pictures, name) for name in known + [name for name in there if name not in PICTURES]]


def _draw(folder, log, metrics):
    pictures = os.path.join(folder, "pictures")
    if log:
        plots.learning_curves(os.path.join(pictures, "curves.png"), log)       # an older one may know fewer epochs
    if metrics:
        names = [row["name"] for row in metrics["classes"]]
        for name, draw, *what in (("confusion.png", plots.confusion_matrix, metrics["confusion"], names),
                                  ("calibration.png", plots.calibration, metrics["calibration"])):
            if not os.path.exists(os.path.join(pictures, name)):
                draw(os.path.join(pictures, name), *what)


def _head(name, run, missing):
    config, log, metrics = run["config"], run["log"], run["metrics"]
    yield tag("h1", name)
    facts = [f"{config['model']} on {config['data']}", f"{len(config['classes'])} classes", f"{len(log)} epochs"]
    if config.get("created"):
        facts.append(f"begun {str(config['created'])[:16].replace('T', ' ')}")
    yield tag("p", ", ".join(facts), class_="soft")
    if missing:
        yield tag("div", tag("b", "What is missing"), tag("ul", *(tag("li", line) for line in missing)), class_="missing")
    if metrics:
        yield tag("div", *(tag("div", tag("b", value), tag("span", what)) for what, value in _figures(metrics)),
                  class_="figures")


def _figures(metrics):
    yield f"accuracy on {metrics['rows']:,} test pictures", f"{metrics['accuracy']:.2%}"
    yield "macro F1", f"{metrics['macro']['f1']:.4f}"
    yield "loss (cross-entropy)", f"{metrics['loss']:.4f}"
    for k, share in metrics["top_k"].items():
        yield f"top-{k} accuracy", f"{share:.2%}"
    yield "expected calibration error", f"{metrics['calibration']['ece']:.2%}"
    if "auc" in metrics:
        yield "area under the ROC curve", "undefined" if metrics["auc"] is None else f"{metrics['auc']:.4f}"
        yield "threshold used", f"{metrics['threshold']['used']:.4g}"


def _body(folder, run, missing):
    config, log, metrics = run["config"], run["log"], run["metrics"]
    if not log:
        missing.append("No epoch was completed: there are no learning curves.")
    if not metrics:
        state = ("is still running" if held(folder) else
                 f"was stopped before its end; minicnn train --resume {shlex.quote(os.path.relpath(folder))} goes on")
        missing.append(f"The training {state}: nothing was measured on the test pictures yet (no metrics.json).")
    shown = {}
    for path in picture_files(folder):
        name = os.path.basename(path)
        with open(path, "rb") as file:
            data = file.read()
        if png_size(data):
            shown[name] = data
        else:
            missing.append(f"The picture {name} is damaged: it is no PNG file, or was cut off.")
    absent = [title for name, (title, _) in PICTURES.items() if name not in shown]
    if absent:
        missing.append(f"Pictures that were not drawn: {', '.join(absent)}.")

    for name, data in shown.items():
        title, draw = PICTURES.get(name, (name, None))
        yield tag("h2", title)
        what, look = _explained(draw)
        yield figure(data, f"{title}. {what}".strip(), f"{what} {look}".strip())
        if name == "curves.png" and log:
            keys = [key for key in LOG if any(key in row for row in log)]
            rows = [[LOG[key].format(row[key]) if row.get(key) is not None else "" for key in keys] for row in log]
            yield tag("details", tag("summary", "Every epoch as a table"), table([key.replace("_", " ") for key in keys], rows))
        if name == "confusion.png" and metrics:
            yield from _classes(metrics)

    yield tag("h2", "The network")
    try:
        trained = load_model(os.path.join(folder, "model.npz"))
        yield tag("pre", trained.model.summary(trained.preprocessing.x_shape))
    except OSError:
        missing.append("There is no model file (model.npz) yet.")
        yield tag("p", f"{config['model']}, not yet saved as a model file.")
    except ValueError as problem:
        missing.append(f"The model file cannot be used: {problem}")
        yield tag("p", config["model"])
    yield tag("h2", "Settings")
    if config.get("command"):
        yield tag("pre", config["command"])
    preprocessing = {f"preprocessing: {key}": value for key, value in config["preprocessing"].items()}
    settings = {**config["settings"], **preprocessing, "classes": config["classes"]}
    yield pairs({key: ", ".join(map(str, value)) if isinstance(value, list) else value for key, value in settings.items()
                 if value is not None})
    if run["versions"]:
        yield tag("h2", "Programs")
        yield pairs(run["versions"])


def _classes(metrics):
    rows = [(row["name"], row) for row in metrics["classes"]]
    rows += [(f"{kind} average", metrics[kind]) for kind in ("macro", "weighted")]
    scores = ("precision", "recall", "f1")
    yield table(["class", "precision", "recall", "F1", "pictures"],
                [[name, *(f"{row[key]:.4f}" for key in scores), f"{row['support']:,}"] for name, row in rows])
    for key, text in (("never_predicted", "Never predicted, so their precision counts as 0: "),
                      ("never_present", "Never present, so their recall counts as 0: ")):
        if metrics.get(key):
            yield tag("p", text + ", ".join(metrics[key]), class_="soft")


def _explained(function):
    """The first sentence of a plot's docstring, and its paragraph that says what to look for."""
    paragraphs = [" ".join(text.split()) for text in (inspect.getdoc(function) or "").split("\n\n")] if function else [""]
    return paragraphs[0], next((text for text in paragraphs if text.startswith("Look for")), "")
