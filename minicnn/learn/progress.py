"""The progress of a learner: a small JSON file in the exercise folder, which is written completely or not at all."""

import json
import os
from pathlib import Path

from ..support.files import fresh_path, write_text

FILE = ".minicnn-learn.json"
FORMAT = 1
ENTRY = {"version": str, "solved": (str, type(None)), "hints": int}


class ProgressError(ValueError):
    """The progress file is damaged, or a newer minicnn wrote it."""


class Progress:
    """`entries`: exercise name -> {"version", "solved", "hints"}.

    version is that of the task, solved is the digest of the file that passed or None, hints is how many were shown.
    The file is read again before each change, so that two commands at the same time lose nothing. If something damaged it
    meanwhile, what was read last is written back.
    """

    def __init__(self, folder):
        self.path = Path(folder) / FILE
        self.entries = read(self.path) if self.path.exists() else {}

    def update(self, name, **changes):
        """Change some fields of one exercise, and save."""
        self.entries = self._fresh()
        self.entries[name] = {"version": "", "solved": None, "hints": 0} | self.entries.get(name, {}) | changes
        self._write()

    def protect(self):
        """Write the file again if it is not what was read last: a learner's code may have written to it."""
        before, self.entries = self.entries, self._fresh()
        if self.entries is before and not (self.path.exists() and _readable(self.path)):
            self._write()

    def _fresh(self):
        try:
            return read(self.path)
        except (ProgressError, OSError):
            return self.entries

    def _write(self):
        if self.path.is_dir():                                     # a learner's program made it
            set_aside(self.path)
        text = json.dumps({"format": FORMAT, "exercises": self.entries}, indent=1)
        write_text(self.path, text + "\n")


def read(path):
    """The entries of a progress file. Raises ProgressError."""
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        if found["format"] > FORMAT:
            raise ProgressError(f"{path} was written by a newer minicnn; install that one")
        entries = found["exercises"]
        if all(isinstance(entry[key], kind) for entry in entries.values() for key, kind in ENTRY.items()) and \
                all(entry["hints"] >= 0 for entry in entries.values()):
            return entries
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        if isinstance(problem, ProgressError):
            raise
    raise ProgressError(f"{path} is damaged")


def set_aside(path):
    """Rename a damaged progress file; returns its new path."""
    kept = fresh_path(Path(path).with_name("damaged-progress.json"))
    os.replace(path, kept)
    return kept


def _readable(path):
    try:
        read(path)
    except (ProgressError, OSError):
        return False
    return True
