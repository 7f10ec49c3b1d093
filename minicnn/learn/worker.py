"""The process in which a learner's code runs:  python -m minicnn.learn.worker EXERCISE FILE OUT SECONDS

It checks the learner's FILE against the folder EXERCISE, and writes the verdict, as JSON, to OUT/verdict.json. If it crashes,
or is not ready after SECONDS, it writes where it stands to OUT/stack.txt and ends.
"""

import faulthandler
import importlib.util
import json
import os
import sys

from .. import ops
from .faults import Fault
from .task import Task

MOST_MEMORY = 4 << 30                                              # bytes of address space


def limit_memory():
    """Let a huge allocation fail at once, where the operating system can. Elsewhere NumPy itself refuses the largest ones."""
    try:
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass


def verdict(exercise, file):
    """None if the learner's file passes the check of the exercise, else what is wrong with it."""
    with ops.use("reference"):                                     # an exercise must not wait for Numba
        try:
            task = Task(str(file), os.path.join(exercise, "task.py"))
            load_check(exercise)(task)
        except Fault as fault:
            return fault.text
    return None


def load_check(exercise):
    """The function check(task) of an exercise."""
    spec = importlib.util.spec_from_file_location("minicnn_learn_check", os.path.join(exercise, "check.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.check


def main(exercise, file, out, seconds):
    """Write the verdict, and leave without waiting for what the learner's code may have started."""
    limit_memory()
    stack = open(os.path.join(out, "stack.txt"), "w", encoding="utf-8")      # noqa: SIM115 (it stays open until the end)
    faulthandler.enable(stack)
    faulthandler.dump_traceback_later(float(seconds), file=stack, exit=True)
    sys.path.append(os.path.dirname(file))                         # last: a learner's random.py must not hide Python's
    try:
        said = verdict(exercise, file)
    except Exception as problem:                                   # not the learner's fault
        name, of = os.path.basename(file), os.path.basename(exercise)
        said = f"{name}: the check of {of} itself failed; please report it: {type(problem).__name__}: {problem}"
    with open(os.path.join(out, "verdict.json"), "w", encoding="utf-8") as target:
        json.dump({"fault": said}, target)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
