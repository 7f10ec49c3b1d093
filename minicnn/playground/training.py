"""A training in a process of its own: start, pause, resume, and what it reports. There is one at a time."""

import contextlib
import json
import multiprocessing
import threading

from ..models import MODELS
from ..shapes import message
from ..training.settings import complete, model_settings
from .child import main
from .routes import Refused

PATIENCE = 60                                                      # seconds in which a training must have saved
MOST_LINES = 200
OFFERED = ("two_conv", "lenet5", "vgg_like", "resnet")
LIMITS = {                                                         # of what the page may ask for
    "data": {"digits", "mnist"}, "model": set(OFFERED) & set(MODELS), "optimizer": {"adam", "adamw", "sgd", "rmsprop"},
    "augment": {"none", "light", "full"}, "schedule": {"onecycle", "cosine", "step", "constant"},
    "width": (1, 64), "epochs": (1, 50), "batch_size": (1, 512), "limit": (100, 60_000), "seed": (0, 10**9), "lr": (1e-6, 10.0),
}


def checked_settings(asked):
    """The settings that the page asked for. Raises Refused or ValueError for others than those of LIMITS."""
    for name, value in asked.items():
        limit = LIMITS.get(name)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        inside = (isinstance(value, str) and value in limit) if isinstance(limit, set) else \
            limit is not None and number and limit[0] <= value <= limit[1]
        if not inside:
            expected = f"{name}: {limit}" if limit else f"settings out of {', '.join(LIMITS)}"
            raise Refused(400, message("a training", expected, f"{name[:40]} = {value!r}"[:80]))
    settings = complete(asked)
    model_settings(settings)
    return settings


class Training:
    """The training of a playground. `status` is idle, running, pausing, paused, finished or failed."""

    def __init__(self, finished):
        self.lock, self.process, self.connection, self.reader = threading.RLock(), None, None, None
        self.finished, self.number = finished, 0
        self._reset({}, "idle")

    def _reset(self, job, status):
        self.job, self.status = job, status
        self.facts, self.lines, self.points, self.epochs, self.snapshot, self.snapshots = {}, [], [], [], None, 0

    # ---- what the page may ask for

    def start(self, job):
        """Begin a job. Raises Refused if one is running."""
        with self.lock:
            self._refuse_while_running()
            self.number += 1
            self._reset(job, "running")
            self._launch(job)
            return self.report()

    def resume(self):
        """Resume the paused training."""
        with self.lock:
            self._refuse_while_running()
            if self.status != "paused" or "folder" not in self.facts:
                got = "one that saves nothing" if self.status == "paused" else self.status
                raise Refused(409, message("Resume", "a paused training", got))
            self.status = "running"
            self._launch({"settings": {}, "resume": self.facts["folder"]})
            return self.report()

    def pause(self):
        """Ask the training to save and stop. A training with a bug only stops."""
        with self.lock:
            if self.status != "running":
                raise Refused(409, message("Pause", "a running training", self.status))
            self.status = "pausing"
            self._ask_to_pause()
            return self.report()

    def report(self, after=0, snapshot=0):
        """What is new since `after` points and since this snapshot, as a dict."""
        with self.lock:
            return {"number": self.number, "status": self.status, "bug": self.job.get("bug"), "facts": self.facts,
                    "points": self.points[after:], "count": len(self.points), "epochs": self.epochs, "lines": self.lines[-8:],
                    "snapshot": self.snapshot if self.snapshots > snapshot else None, "snapshots": self.snapshots}

    def close(self):
        """Save and stop whatever runs."""
        with self.lock:
            process, reader = self.process, self.reader
            if self.status == "running":
                self.status = "pausing"
                self._ask_to_pause()
        if process is not None:
            process.join(PATIENCE)
            if process.is_alive():
                process.terminate()
            reader.join(PATIENCE)

    # ---- the process

    def _refuse_while_running(self):
        if self.status in ("running", "pausing"):
            raise Refused(409, message("a training", "no other one", "one that is running", "pause it, or wait for its end"))

    def _launch(self, job):
        context = multiprocessing.get_context("spawn")             # a fork would copy the server's threads half way
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=main, args=(theirs, job), daemon=True)
        self.process.start()
        theirs.close()
        self.reader = threading.Thread(target=self._read, args=(self.process, self.connection), daemon=True)
        self.reader.start()

    def _ask_to_pause(self):
        with contextlib.suppress(OSError):                         # it has just ended
            self.connection.send_bytes(b"pause")

    def _read(self, process, connection):
        """Take the reports of one process until it ends."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                self._take(json.loads(connection.recv_bytes()))
        process.join()
        connection.close()
        with self.lock:
            if self.process is process and self.status in ("running", "pausing"):
                self._end("failed", f"the training's process ended with status {process.exitcode}")

    def _take(self, report):
        kind = report.pop("kind")
        if kind == "end" and report["finished"]:
            try:
                self.finished(self.job, report)                    # before the page is told that it has finished
            except (ValueError, OSError) as problem:               # its network is no network for the page
                kind, report = "failed", {"text": str(problem)}
        with self.lock:
            if kind == "begin":
                self.facts |= report
                self.points = [point for point in self.points if point["step"] < report.get("step", 0)]
            elif kind == "point":
                self.points.append(report)
            elif kind == "epoch":
                self.epochs = [row for row in self.epochs if row["epoch"] != report["epoch"]] + [report]
            elif kind == "snapshot":
                self.snapshot, self.snapshots = report, self.snapshots + 1
            elif kind == "text":
                self.lines = [*self.lines, report["text"]][-MOST_LINES:]
            elif kind == "verdict":
                self.facts["verdict"] = report["text"]
            elif kind == "failed":
                self._end("failed", report["text"])
            elif kind == "end":
                self.facts |= report
                self._end("finished" if report["finished"] else "paused")

    def _end(self, status, text=None):
        self.status = status
        if text:
            self.facts["error"] = text
