"""Watch mode: check the first unsolved exercise each time its file is saved."""

import sys
import time

from .folder import FolderError
from .report import all_solved, count, report

SECONDS = 0.3                                                      # between two looks at the file
CLEAR = "\033[2J\033[H"


def watch(folder, sleep=time.sleep):
    """Check until all exercises are solved or Ctrl-C is pressed. Returns the exit status 0.

    Only the time and size of the file are looked at: this works on every file system, and without a terminal.
    """
    checked, seen = None, None
    try:
        while (exercise := folder.first_unsolved()) is not None:
            stamp = _stamp(folder, exercise)
            if exercise is checked and stamp == seen:
                sleep(SECONDS)
                continue
            fresh, checked, seen = exercise is not checked, exercise, stamp
            _show(folder, exercise, fresh)
        print(all_solved(folder))
    except KeyboardInterrupt:
        print(f"\nstopped. {count(folder)} minicnn learn resumes here")
    return 0


def _show(folder, exercise, fresh):
    try:
        verdict = folder.check(exercise)
    except FolderError as problem:
        print(problem, flush=True)
        return
    if sys.stdout.isatty() and not fresh:                          # what was said about the one before stays to be read
        print(CLEAR, end="")
    print(report(folder, exercise, verdict))
    if not verdict.solved:
        print(f"watching {folder.file(exercise)}; Ctrl-C ends")
    print(flush=True)


def _stamp(folder, exercise):
    try:
        status = folder.file(exercise).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
