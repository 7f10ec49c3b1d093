"""What is wrong with an answer, in words for the learner."""

import linecache
import os
import traceback


class Fault(Exception):
    """The first thing that is wrong with a learner's answer. The check stops there.

    `text` says what is wrong, where, and what to do. It may have several lines.
    """

    def __init__(self, text):
        super().__init__(text)
        self.text = text


class WrongNumber(Fault):
    """The answer has the right kind and shape, and a number in it is wrong."""


def own_error(problem, path):
    """The Fault for an exception from a learner's code: the learner's own line, without our frames.

    `path` is the learner's file.
    """
    name = os.path.basename(path)
    if isinstance(problem, SyntaxError) and problem.filename in (path, None):
        line = (problem.text or "").strip()
        return Fault(f"{name}, line {problem.lineno}: {type(problem).__name__}: {problem.msg}" + _quoted(line))
    frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if frame.filename == path]
    what = type(problem).__name__ + (f": {problem}" if str(problem) else "")
    if isinstance(problem, NotImplementedError):
        what = "this is not written yet"
    if isinstance(problem, RecursionError):
        what = "the function calls itself again and again: RecursionError"
    if isinstance(problem, MemoryError):
        what = f"not enough memory: {problem or 'an array is far too large'}; look at the shape of what this line makes"
    if isinstance(problem, EOFError):
        what = "nobody answers input() while your file is checked: leave it out"
    if isinstance(problem, SystemExit):
        what = "your file ends the program (exit): leave that out"
    if not frames:
        return Fault(f"{name}: {what}")
    last = frames[-1]
    inside = "" if last.name == "<module>" else f", in {last.name}"
    return Fault(f"{name}, line {last.lineno}{inside}: {what}" + _quoted(linecache.getline(path, last.lineno).strip()))


def _quoted(line):
    return f"\n    {line}" if line else ""
