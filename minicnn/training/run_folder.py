"""The run folder: the settings of a training, its results, and everything that is needed to resume it.

    config.json  versions.json   the settings, and the versions of the programs
    log.jsonl                    a line of JSON per epoch
    last.npz  best.npz           checkpoints: of the last step that was saved, and of the best epoch
    model.npz  metrics.json      the trained network as `minicnn predict` takes it, and the report on the test set
    pictures/  report.html       for people

No file is ever half written, except the log, to which lines are added. Whoever reads it drops a last line that was cut off.
"""

import contextlib
import json
import os
import platform
import time
from pathlib import Path

from ..shapes import message
from ..support.files import delete_stale, locked, write_text
from ..support.jsonl import DamagedLine, append_jsonl, read_jsonl
from .checkpoint import save_checkpoint

LOCK, HOLDER = ".lock", ".process"                                 # the lock, and the process that holds it


class RunError(ValueError):
    """No run folder, a damaged one, or one that another training holds. The message has four parts."""


class RunFolder:
    """A run folder that this process holds; `open_run` makes it."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.resume_command = f"minicnn train --resume {folder}"

    def path(self, *names):
        """The path of a file in the folder."""
        return str(self.folder.joinpath(*names))

    def write(self, name, value):
        """Write a JSON file."""
        with self.explained(name):
            write_text(self.path(name), json.dumps(value, indent=2, allow_nan=False) + "\n")

    def append_log(self, row):
        """Add the line of an epoch, and wait until it is on the disk."""
        with self.explained("log.jsonl"):
            append_jsonl(self.path("log.jsonl"), row)

    def write_log(self, rows):
        """Replace the log by these rows. An epoch that was logged but not saved is run again and must not appear twice."""
        with self.explained("log.jsonl"):
            write_text(self.path("log.jsonl"), "".join(json.dumps(row, allow_nan=False) + "\n" for row in rows))

    def save(self, name, **things):
        """Write a checkpoint into the folder; see `save_checkpoint`."""
        with self.explained(name):
            save_checkpoint(self.path(name), **things)

    @contextlib.contextmanager
    def explained(self, name):
        """If the disk is full, say which file is complete and how to resume."""
        try:
            yield
        except OSError as problem:
            kept = f"{self.path('last.npz')} is complete: free space, then {self.resume_command} resumes the training"
            raise OSError(f"could not write {self.path(name)} ({problem.strerror or problem}); "
                          + (kept if os.path.exists(self.path("last.npz")) else "no training is lost")) from None


@contextlib.contextmanager
def open_run(folder):
    """Hold a run folder for this process alone: `with open_run("runs/mnist") as run_folder:`. A missing folder is made.

    The operating system releases the lock when the process ends, however it ends.

    Raises: RunError if another training holds the folder, OSError if it cannot be written.
    """
    os.makedirs(folder, exist_ok=True)
    holder = Path(folder, HOLDER)
    with locked(os.path.join(folder, LOCK)) as got_it:
        if not got_it:
            process = holder.read_text().strip() if holder.exists() else "unknown"
            raise RunError(message("train", f"{folder} for itself alone", f"a training in it (process {process})",
                                   "wait for its end, or choose another --run"))
        holder.write_text(str(os.getpid()))
        delete_stale(folder)
        try:
            yield RunFolder(folder)
        finally:
            with contextlib.suppress(OSError):
                holder.unlink()


def check_empty(folder):
    """Raise RunError unless a new run can begin in this folder, which may not exist yet."""
    if not os.path.exists(folder) or (os.path.isdir(folder) and set(os.listdir(folder)) <= {LOCK, HOLDER}):
        return
    raise RunError(message("train", "--run to name a new or empty folder", folder,
                           "--resume resumes the run in it; without --run, a fresh name is taken"))


def held(folder):
    """Whether a training holds the folder now."""
    if not os.path.exists(os.path.join(folder, LOCK)):
        return False
    with contextlib.suppress(OSError), locked(os.path.join(folder, LOCK)) as got_it:
        return not got_it
    return False


def fresh_folder(parent, name):
    """Make and name a new folder: parent/name, or parent/name-2, ... if that exists."""
    os.makedirs(parent, exist_ok=True)
    k = 1
    while True:
        folder = os.path.join(parent, name if k == 1 else f"{name}-{k}")
        try:
            os.mkdir(folder)                                       # two trainings that start at once get two folders
            return folder
        except FileExistsError:
            k += 1


def versions():
    """The programs that the bits of a training may depend on, by name."""
    from importlib import metadata  # here, because `import minicnn` is quicker without it

    from .. import __version__  # here, because the package defines it after this module
    packages = {name: metadata.version(name) for name in ("numpy", "numba", "pillow")}
    return {"minicnn": __version__, **packages, "python": platform.python_version(), "system": platform.system(),
            "machine": platform.machine()}


def now():
    """The time, as config.json has it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")


def read_run(folder, log=True):
    """config, versions, log (a list of rows) and metrics (None before the end) of a run, as a dict.

    With log=False, log and metrics are not read: the training can write them again.

    Raises: RunError if there is no run or a file is damaged.
    """
    if not os.path.isfile(os.path.join(folder, "config.json")):
        raise RunError(message("read_run", "a run folder with a config.json", str(folder), "minicnn runs lists them"))
    config = _read(folder, "config.json", dict)
    for name, kind in (("data", str), ("model", str), ("settings", dict), ("preprocessing", dict), ("classes", list)):
        if not isinstance(config.get(name), kind):
            raise _damaged(folder, "config.json", f"no {name}")
    found = {"config": config, "versions": _read(folder, "versions.json", dict) or {}}
    return found | {"log": _read_log(folder), "metrics": _read(folder, "metrics.json", dict)} if log else found


def find_runs(parent):
    """The folders in `parent` that hold a run, and `parent` itself if it does."""
    found = [parent] if os.path.exists(os.path.join(parent, "config.json")) else []
    found += [entry.path for entry in os.scandir(parent) if os.path.exists(os.path.join(entry.path, "config.json"))]
    return sorted(found)


def _read(folder, name, kind):
    """A JSON file of the run, or None if there is none."""
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            value = json.load(file)
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as problem:                # not JSON, not UTF-8, or brackets without end
        raise _damaged(folder, name, str(problem)[:200]) from None
    if not isinstance(value, kind):
        raise _damaged(folder, name, f"a {type(value).__name__}")
    return value


def _read_log(folder):
    try:
        rows, _ = read_jsonl(os.path.join(folder, "log.jsonl"),
                             lambda row: isinstance(row, dict) and isinstance(row.get("epoch"), int))
    except DamagedLine as problem:
        raise _damaged(folder, "log.jsonl", problem) from None
    return rows


def _damaged(folder, name, got):
    return RunError(message("read_run", f"the {name} that a training wrote", f"{os.path.join(folder, name)} with {got}",
                            "it is damaged; minicnn train --resume writes the log again" if name == "log.jsonl" else
                            "it is damaged or does not belong to a run"))
