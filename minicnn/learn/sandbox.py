"""Run the check of an exercise in a process of its own, so that nothing in a learner's file can hurt more than that process."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import NamedTuple

OURS = str(Path(__file__).parents[2])                               # the folder that holds the package minicnn
SECONDS = 20                                                       # before a check is stopped: a good answer needs less than 2
STARTS = 10                                                        # seconds that a busy machine may need to start Python
MOST_OUTPUT = 4000                                                 # characters of what the learner prints


class Verdict(NamedTuple):
    """What a check came to: `fault` is None if the exercise is solved; `printed` is what the learner's code printed."""

    fault: str | None
    printed: str

    @property
    def solved(self):
        return self.fault is None


def check_file(exercise, file, seconds=SECONDS):
    """The Verdict on a learner's file, for the exercise in the folder `exercise`."""
    exercise, file = os.path.abspath(exercise), os.path.abspath(file)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as out:
        inside = os.path.join(out, "inside")                       # the working directory: relative paths lead nowhere else
        os.mkdir(inside)
        command = [sys.executable, "-m", "minicnn.learn.worker", exercise, file, out, str(seconds)]
        process = subprocess.Popen(command, cwd=inside, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=os.name != "nt")
        printed = _Printed(process.stdout)
        try:
            process.wait(seconds + STARTS)                         # it ends by itself after `seconds`, and says where it stands
            late = False
        except subprocess.TimeoutExpired:
            late = True
        finally:
            _kill(process)
            printed.join(1)
        said, stack = _read_verdict(out), _read_stack(out)
    place = _place(stack, file)
    if late or stack.startswith("Timeout"):
        return Verdict(f"{place}: stopped after {seconds:g} seconds. Does a loop never end, or is it far too long? A while "
                       "loop must change what its condition looks at", printed.text())
    if said is None:
        return Verdict(_crashed(place, process.returncode), printed.text())
    return Verdict(said["fault"], printed.text())


def _environment():
    """One thread, no window of matplotlib, our package, and none of the settings that change what minicnn computes."""
    paths = [OURS, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    fixed = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "MPLBACKEND": "Agg",
             "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1",
             "PYTHONDONTWRITEBYTECODE": "1"}
    return {key: value for key, value in os.environ.items() if key != "MINICNN_OPS"} | fixed


class _Printed(threading.Thread):
    """Reads what a process prints, to its end, and keeps the beginning."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self.stream, self.kept, self.more = stream, b"", 0
        self.start()

    def run(self):
        with contextlib.suppress(OSError, ValueError):
            while data := self.stream.read1(1 << 16):
                room = max(0, MOST_OUTPUT - len(self.kept))
                self.kept, self.more = self.kept + data[:room], self.more + len(data[room:])

    def text(self):
        text = self.kept.decode("utf-8", "replace").rstrip()
        return text + (f"\n... and {self.more:,} characters more" if self.more else "")


def _kill(process):
    """End the process and all that it started."""
    with contextlib.suppress(OSError):
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read_verdict(out):
    try:
        said = json.loads(Path(out, "verdict.json").read_text(encoding="utf-8"))
        return said if isinstance(said, dict) and "fault" in said else None
    except (OSError, ValueError):
        return None


def _read_stack(out):
    """What Python wrote about where it stood when it crashed or was stopped."""
    try:
        return Path(out, "stack.txt").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _place(stack, file):
    """'05_relu.py, line 12, in relu': the innermost line of the learner's file in a stack; else only the file."""
    found = re.search(rf'^\s*File "{re.escape(file)}", line (\d+) in (.*)$', stack, re.MULTILINE)
    if not found:
        return os.path.basename(file)
    return f"{os.path.basename(file)}, line {found[1]}" + ("" if found[2] == "<module>" else f", in {found[2]}")


def _crashed(place, status):
    if status is not None and status < 0:
        with contextlib.suppress(ValueError):
            return (f"{place}: the program was ended by {signal.Signals(-status).name}: too deep a recursion, or too much "
                    "memory? Comment lines out until it runs")
    return f"{place}: the program ended before the check did (exit status {status}): leave out os._exit and the like"
