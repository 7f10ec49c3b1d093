"""List the runs in a folder: their epochs and accuracies, and the settings in which they differ.

    minicnn runs
    minicnn runs experiments --sort test
"""

import json
import os
import sys

from ..shapes import message
from ..support.flags import one_of, path
from ..support.tables import table
from ..training.evaluate import best_epoch, out_of_patience
from ..training.run_folder import RunError, find_runs, held, read_run

SORTS = {"name": lambda row: row["run"], "created": lambda row: row["created"],
         "validation": lambda row: -(row["validation_accuracy"] or 0), "test": lambda row: -(row["test_accuracy"] or 0)}
HIDDEN = ("data", "model", "run", "threads", "pictures", "show", "epochs", "data_dir", "strict", "resume",
          "expect_accuracy")


def arguments(parser):
    """Add the flags of the command."""
    parser.add_argument("folder", type=path, nargs="?", default="runs", metavar="FOLDER",
                        help="where the runs are (default: %(default)s)")
    parser.add_argument("--sort", type=one_of(*SORTS), default="created", metavar="BY",
                        help=f"{', '.join(SORTS)} (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print everything about each as JSON")


def run(options):
    """Run the command and return its exit status."""
    if not os.path.isdir(options.folder):
        raise RunError(message("runs", "a folder with runs", options.folder, "minicnn train --data digits makes the first"))
    rows, damaged = [], 0
    for folder in find_runs(options.folder):
        try:
            row = row_of(folder)
            as_text([row])                                         # a run that cannot be shown must not hide the others
            rows.append(row)
        except (ValueError, TypeError, OSError) as problem:
            damaged += 1
            line = " ".join(str(problem).split())
            print(f"error: {line}" if folder in line else f"error: {folder}: {line}", file=sys.stderr)
    rows.sort(key=SORTS[options.sort])
    if options.json:
        print(json.dumps(rows, indent=2))
    else:
        print(as_text(rows) if rows else f"no runs in {options.folder}; minicnn train --data digits makes the first")
    return 2 if damaged else 0


def row_of(folder):
    """What the list says about one run. The state "trained" means that the test images were not used, as in a search."""
    run = read_run(folder)
    config, log, metrics = run["config"], run["log"], run["metrics"] or {}
    try:
        validated = [row for row in log if "validation_accuracy" in row]
        top, settings = best_epoch(validated) if validated else {}, config["settings"]
        over = len(log) >= settings["epochs"] or out_of_patience(validated, settings.get("patience"))
        state = "done" if metrics else "running" if held(folder) else "trained" if over else "stopped"
        return {"run": os.path.normpath(folder), "state": state, "data": config["data"], "model": config["model"],
                "epochs": len(log), "of": settings["epochs"], "best_epoch": top.get("epoch"),
                "validation_loss": top.get("validation_loss"), "validation_accuracy": top.get("validation_accuracy"),
                "test_accuracy": metrics.get("accuracy"), "seconds": sum(row["seconds"] for row in log),
                "created": str(config.get("created", "")), "settings": settings}
    except (KeyError, TypeError) as problem:
        raise RunError(message("runs", "a log and settings as a training writes them", f"{folder} without {problem}",
                               "another version wrote it, or it is damaged")) from None


def as_text(rows):
    """A line of text for each run, with the settings that are not the same in all runs."""
    names = [name for name in dict.fromkeys(name for row in rows for name in row["settings"]) if name not in HIDDEN]
    differ = [name for name in names if len({json.dumps(row["settings"].get(name)) for row in rows}) > 1]
    lines = [("run", "state", "data", "model", "epochs", "best", "validation", "test", "time", "differs in")]
    for row in rows:
        settings = [f"{name.replace('_', '-')} {_value(row['settings'].get(name))}" for name in differ
                    if row["settings"].get(name) not in (None, False, 0, "none")]
        lines.append((row["run"], row["state"], os.path.basename(os.path.normpath(row["data"])), row["model"],
                      f"{row['epochs']}/{row['of']}", str(row["best_epoch"] or "-"), _percent(row["validation_accuracy"]),
                      _percent(row["test_accuracy"]), _time(row["seconds"]), ", ".join(settings)))
    return table(lines, "<<<<>>>>><")


def _value(value):
    return ",".join(map(str, value)) if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else str(value)


def _percent(fraction):
    return "-" if fraction is None else f"{fraction:.2%}"


def _time(seconds):
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"
