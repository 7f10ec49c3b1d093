"""The process of one competitor: it builds an object and runs its methods as the parent asks. In between it waits on a pipe.

Requests and answers are pickles, on stdin and stdout:

    ("build", "package.module:Class", {arguments})   -> None
    ("call", task)                                   -> what the task returns
    ("time", task, warm, steps)                      -> seconds of each of `steps` runs, after `warm` untimed ones
    ("burnt",)                                       -> CPU seconds that this process used since its last answer

A task is a method of the object that was built. If a process uses CPU time between two tasks, its threads wait actively.
They would slow down the others, so the parent asks for that time (see `workers.py`).
"""

import importlib
import os
import pickle
import sys
import time
import traceback


def serve(requests, answers):
    """Answer requests until the pipe closes; an exception is an answer too."""
    subject, cpu_at_rest = None, time.process_time()
    while True:
        try:
            request, *arguments = pickle.load(requests)
        except EOFError:
            return
        burnt = time.process_time() - cpu_at_rest
        try:
            if request == "build":
                subject = None                       # first let go of the one before
                subject = build(*arguments)
                answer = None
            elif request == "call":
                answer = getattr(subject, arguments[0])()
            elif request == "time":
                answer = seconds(getattr(subject, arguments[0]), *arguments[1:])
            else:
                answer = burnt
            failure = None
        except Exception:
            answer, failure = None, traceback.format_exc()
        cpu_at_rest = time.process_time()
        pickle.dump((failure, answer), answers)
        answers.flush()


def build(path, arguments):
    """The object of "package.module:Class" with these arguments."""
    module, name = path.split(":")
    return getattr(importlib.import_module(module), name)(**arguments)


def seconds(task, warm, steps):
    """Seconds of each of `steps` calls, after `warm` calls that are not timed."""
    for _ in range(warm):
        task()
    times = []
    for _ in range(steps):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return times


def pin(threads, first=0):
    """Keep this process, and every thread pool it will start, on as many CPUs as it may have threads."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[first:first + threads])


if __name__ == "__main__":
    pin(int(sys.argv[1]), int(sys.argv[2]))          # before any library looks how many CPUs there are
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)                                    # what a library prints must not land among the answers
    serve(sys.stdin.buffer, answers)
