"""The run folder: what a training was asked, what came of it, and everything to go on.

    config.json  versions.json   the settings, and the programs that obeyed them
    log.jsonl                    a line of JSON per epoch
    last.npz  best.npz           checkpoints: of the last step that was saved, and of the best epoch
    model.npz  metrics.json      the trained network as `minicnn predict` takes it, and the report of the test set
    pictures/  report.html       for people

Files are written under another name and renamed: whatever happens, none is ever half written. The log alone is
appended to; a line that was cut off is dropped by the reader.
"""

import contextlib
import json
import os
import platform
import time
from importlib import metadata
from pathlib import Path

from .. import __version__
from ..shapes import message
from .checkpoint import save_checkpoint

try:
    import fcntl
except ImportError:                                                # Windows
    fcntl = None
    import msvcrt

LOCK = ".lock"


class RunError(ValueError):
    """No run folder, a damaged one, or one that another training holds. The message has four parts."""


class Run:
    """A run folder that this process holds; made by `open_run`."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def path(self, *names):
        return str(self.folder.joinpath(*names))

    def write(self, name, value):
        """Write a JSON file."""
        self._write(name, json.dumps(value, indent=2, allow_nan=False) + "\n")

    def append_log(self, row):
        """Add the line of an epoch, and see it to the disk."""
        with self.no_loss("log.jsonl"), open(self.path("log.jsonl"), "a", encoding="utf-8") as file:
            file.write(json.dumps(row, allow_nan=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def write_log(self, rows):
        """Make the log say exactly this: an epoch that was logged but not saved is run again, and must not stand twice."""
        self._write("log.jsonl", "".join(json.dumps(row, allow_nan=False) + "\n" for row in rows))

    def save(self, name, **things):
        """A checkpoint in the folder; see `save_checkpoint`."""
        with self.no_loss(name):
            save_checkpoint(self.path(name), **things)

    def _write(self, name, text):
        temporary = self.path(f"{name}.{os.getpid()}.part")
        with self.no_loss(name):
            try:
                with open(temporary, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(temporary, self.path(name))
            finally:
                if os.path.exists(temporary):
                    os.unlink(temporary)

    @contextlib.contextmanager
    def no_loss(self, name):
        """Where the disk is full, say what is whole and how to go on."""
        try:
            yield
        except OSError as problem:
            kept = f"{self.path('last.npz')} is whole: free space, then minicnn train --resume {self.folder} goes on"
            raise OSError(f"could not write {self.path(name)} ({problem.strerror or problem}); "
                          + (kept if os.path.exists(self.path("last.npz")) else "nothing was trained that could be lost")
                          ) from None


@contextlib.contextmanager
def open_run(folder):
    """Hold a run folder, made where there is none, for this process alone: `with open_run("runs/mnist") as run:`.

    The lock is the system's, on a file that names the process, so that it ends with the process however that ends.

    Raises: RunError where another training holds the folder, OSError where it cannot be written.
    """
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, LOCK), "a+") as file:
        if not _take(file):
            raise RunError(message("train", f"{folder} for itself alone", f"a training in it (process {_holder(file)})",
                                   "wait for its end, or choose another --run"))
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        for half in Path(folder).glob("*.part"):                   # of a process that was killed while it wrote
            half.unlink()
        try:
            yield Run(folder)
        finally:
            file.truncate(0)


def held(folder):
    """Whether a training holds the folder now."""
    try:
        with open(os.path.join(folder, LOCK), "r+") as file:
            return not _take(file)
    except OSError:
        return False


def _take(file):
    """Ask the system for the lock; closing the file gives it back."""
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            file.seek(1 << 20)                                     # past the text, which must stay readable
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True                                                # a file system without locks
    return True


def _holder(file):
    file.seek(0)
    return file.read().strip() or "unknown"


def fresh(parent, name):
    """Make and name a new folder: parent/name, or parent/name-2, ... where that is taken."""
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
    packages = {name: metadata.version(name) for name in ("numpy", "numba", "pillow")}
    return {"minicnn": __version__, **packages, "python": platform.python_version(), "system": platform.system(),
            "machine": platform.machine()}


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")


def read_run(folder, log=True):
    """config, versions, log (a list of rows) and metrics (None before the end) of a run, as a dict.

    Without `log`, what the training can write anew is not read: log and metrics.

    Raises: RunError where there is no run or a file is damaged.
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
    """The folders below `parent` that hold a run, and `parent` itself if it does."""
    found = [parent] if os.path.exists(os.path.join(parent, "config.json")) else []
    found += [entry.path for entry in os.scandir(parent) if os.path.exists(os.path.join(entry.path, "config.json"))]
    return sorted(found)


def _read(folder, name, kind):
    """A JSON file of the run, or None where there is none."""
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            value = json.load(file)
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as problem:                # no JSON, no UTF-8, or brackets without end
        raise _damaged(folder, name, str(problem)[:200]) from None
    if not isinstance(value, kind):
        raise _damaged(folder, name, f"a {type(value).__name__}")
    return value


def _read_log(folder):
    try:
        with open(os.path.join(folder, "log.jsonl"), encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return []
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            if not isinstance(row, dict) or not isinstance(row.get("epoch"), int):
                raise ValueError
        except ValueError:
            if number == len(lines):
                break                                              # cut off by a crash
            raise _damaged(folder, "log.jsonl", f"line {number}: {line[:40]!r}") from None
        rows.append(row)
    return rows


def _damaged(folder, name, got):
    return RunError(message("read_run", f"the {name} that a training wrote", f"{os.path.join(folder, name)} with {got}",
                            "it is damaged; minicnn train --resume writes the log anew" if name == "log.jsonl" else
                            "it is damaged or no run's"))
