"""List the runs of a folder side by side: how far they came, how good they are, and in which settings they differ.

    minicnn runs
    minicnn runs experiments --sort test
"""

import json
import os
import sys

from ..shapes import message
from ..training.end import best, enough
from ..training.run_folder import RunError, find_runs, held, read_run
from .console import one_of

SORTS = {"name": lambda row: row["run"], "created": lambda row: row["created"],
         "validation": lambda row: -(row["validation_accuracy"] or 0), "test": lambda row: -(row["test_accuracy"] or 0)}
HIDDEN = ("data", "model", "run", "threads", "pictures", "show", "epochs", "data_dir", "strict")


def arguments(parser):
    parser.add_argument("folder", nargs="?", default="runs", metavar="FOLDER", help="where the runs are (default: %(default)s)")
    parser.add_argument("--sort", type=one_of(*SORTS), default="created", metavar="BY",
                        help=f"{', '.join(SORTS)} (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print everything about each as JSON")


def run(options):
    if not os.path.isdir(options.folder):
        raise RunError(message("runs", "a folder with runs", options.folder, "minicnn train --data digits makes the first"))
    rows, damaged = [], 0
    for folder in find_runs(options.folder):
        try:
            row = row_of(folder)
            table([row])                                           # what cannot be shown must not hide the others
            rows.append(row)
        except (ValueError, TypeError, OSError) as problem:
            damaged += 1
            line = " ".join(str(problem).split())
            print(f"error: {line}" if folder in line else f"error: {folder}: {line}", file=sys.stderr)
    rows.sort(key=SORTS[options.sort])
    if options.json:
        print(json.dumps(rows, indent=2))
    else:
        print(table(rows) if rows else f"no runs in {options.folder}; minicnn train --data digits makes the first")
    return 2 if damaged else 0


def row_of(folder):
    """What the list says of one run; "trained" is one whose test pictures were not looked at, as in a search."""
    run = read_run(folder)
    config, log, metrics = run["config"], run["log"], run["metrics"] or {}
    try:
        top = best(log) if log else {}
        over = len(log) >= config["settings"]["epochs"] or enough(log, config["settings"]["patience"])
        state = "done" if metrics else "running" if held(folder) else "trained" if over else "stopped"
        return {"run": os.path.normpath(folder), "state": state, "data": config["data"], "model": config["model"],
                "epochs": len(log), "of": config["settings"]["epochs"], "best_epoch": top.get("epoch"),
                "validation_loss": top.get("validation_loss"), "validation_accuracy": top.get("validation_accuracy"),
                "test_accuracy": metrics.get("accuracy"), "seconds": sum(row["seconds"] for row in log),
                "created": str(config.get("created", "")), "settings": config["settings"]}
    except (KeyError, TypeError) as problem:
        raise RunError(message("runs", "rows and settings as minicnn train writes them", f"{folder} without {problem}",
                               "another version wrote it, or it is damaged")) from None


def table(rows):
    """The rows as text: a line each, and the settings that are not the same in all."""
    names = [name for name in dict.fromkeys(name for row in rows for name in row["settings"]) if name not in HIDDEN]
    differ = [name for name in names if len({json.dumps(row["settings"].get(name)) for row in rows}) > 1]
    lines = [("run", "state", "data", "model", "epochs", "best", "validation", "test", "time", "differs in")]
    for row in rows:
        settings = [f"{name.replace('_', '-')} {_value(row['settings'].get(name))}" for name in differ
                    if row["settings"].get(name) not in (None, False, 0, "none")]
        lines.append((row["run"], row["state"], os.path.basename(os.path.normpath(row["data"])), row["model"],
                      f"{row['epochs']}/{row['of']}", str(row["best_epoch"] or "-"), _percent(row["validation_accuracy"]),
                      _percent(row["test_accuracy"]), _time(row["seconds"]), ", ".join(settings)))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    right = {4, 5, 6, 7, 8}
    return "\n".join("  ".join(f"{cell:>{width}}" if column in right else f"{cell:<{width}}"
                               for column, (cell, width) in enumerate(zip(line, widths))).rstrip() for line in lines)


def _value(value):
    return ",".join(map(str, value)) if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else str(value)


def _percent(share):
    return "-" if share is None else f"{share:.2%}"


def _time(seconds):
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"
