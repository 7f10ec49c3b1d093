"""The folder of a learner: the files of the exercises, and their progress."""

import os
from pathlib import Path

from ..shapes import message
from ..support.files import fresh_path
from . import progress
from .catalogue import digest, exercises
from .sandbox import check_file

DEFAULT = "minicnn-exercises"
BACKUPS = "backups"


class FolderError(ValueError):
    """The folder or a file in it cannot be used. The message says what to do next."""


class Folder:
    """An exercise folder. `all` are the exercises that it holds, in order; `notes` are sentences about the folder itself."""

    def __init__(self, path=None, catalogue=None):
        self.path = _find(path)
        self.catalogue = exercises() if catalogue is None else catalogue
        self.notes = []
        try:
            self.progress = progress.Progress(self.path)
        except progress.ProgressError as problem:
            if "newer" in str(problem):
                raise FolderError(str(problem)) from None
            kept = progress.set_aside(self.path / progress.FILE)
            self.progress = progress.Progress(self.path)
            self._adopt()
            self.notes.append(f"the progress file was damaged and is now {kept}; your files are unchanged: minicnn learn check "
                              "all marks them again")
        known = {exercise.name: exercise for exercise in self.catalogue}
        self.all = [exercise for exercise in self.catalogue if exercise.name in self.progress.entries]
        self._note_older_version(known)

    def _adopt(self):
        for exercise in self.catalogue:
            if self.file(exercise).exists():
                self.progress.update(exercise.name, version=exercise.version)

    def _note_older_version(self, known):
        entries = self.progress.entries
        changed = [e.file for e in self.all if entries[e.name]["version"] != e.version]
        gone = [f"{name}.py" for name in entries if name not in known]
        new = [e.file for e in self.catalogue if e.name not in entries] if changed or gone else []
        if changed:
            self.notes.append("the folder is of an older minicnn, and these tasks have changed since: "
                              f"{', '.join(changed)}; minicnn learn reset N writes today's task and keeps your file")
        if gone:
            self.notes.append(f"no longer exercises of minicnn: {', '.join(gone)}; the files stay, and are not checked")
        if new:
            self.notes.append(f"new exercises: {', '.join(new)}; minicnn learn start {self.path} adds them and changes none of "
                              "your files")

    # ---- what is there

    def file(self, exercise):
        """The path of the learner's file."""
        return self.path / exercise.file

    def solved(self, exercise):
        """Whether the exercise was solved once."""
        return self.progress.entries[exercise.name]["solved"] is not None

    def changed(self, exercise):
        """Whether the file is not the one that passed."""
        return self.progress.entries[exercise.name]["solved"] != digest(self.read(exercise))

    def first_unsolved(self):
        """The first exercise that is not solved, or None."""
        return next((exercise for exercise in self.all if not self.solved(exercise)), None)

    def read(self, exercise):
        """The text of the learner's file; FolderError if it is not there."""
        file = self.file(exercise)
        if file.is_file():
            return file.read_bytes().decode("utf-8", "replace")
        others = sorted(p.name for p in self.path.glob("*.py") if p.name not in {e.file for e in self.all})
        renamed = f"; did you rename it to {others[0]}? Then give it its old name" if len(others) == 1 else ""
        raise FolderError(f"{file} is not there{renamed}; minicnn learn reset {exercise.number} writes the task again")

    def named(self, word):
        """The exercise that a word of the command line means: 5, 05, 05_relu.py, or a part of a name that is unique."""
        word = os.path.basename(word.rstrip("/")).removesuffix(".py")
        found = [e for e in self.all if e.name == word or (word.isdecimal() and e.number == int(word))]
        found = found or [e for e in self.all if word and word.lower() in e.name]
        if len(found) != 1:
            raise FolderError(message("minicnn learn", "the number of an exercise in this folder", repr(word),
                                      "minicnn learn list shows them"))
        return found[0]

    # ---- what changes it

    def check(self, exercise):
        """The Verdict on the learner's file. An exercise that passed once stays solved."""
        text = self.read(exercise)
        verdict = check_file(exercise.folder, self.file(exercise))
        self.progress.protect()
        if verdict.solved:
            self.progress.update(exercise.name, solved=digest(text))
        return verdict

    def next_hint(self, exercise):
        """(its number, how many there are, its text) of the next hint; after the last one, the last one again."""
        hints = exercise.hints()
        number = min(self.progress.entries[exercise.name]["hints"] + 1, len(hints))
        self.progress.update(exercise.name, hints=number)
        return number, len(hints), hints[number - 1]

    def reset(self, exercise):
        """Write the task again. Returns where the learner's file is kept, or None if there was nothing to keep."""
        file, kept = self.file(exercise), None
        if file.exists() and file.read_bytes() != exercise.task.encode():
            (self.path / BACKUPS).mkdir(exist_ok=True)
            kept = fresh_path(self.path / BACKUPS / exercise.file)
            os.replace(file, kept)
        elif file.exists():
            file.unlink()
        _write_new(file, exercise.task)
        self.progress.update(exercise.name, version=exercise.version, solved=None, hints=0)
        return kept


def start(path=None, numbers=None, catalogue=None):
    """Write the exercises into a new or empty folder; into an exercise folder, those that are missing. No file is overwritten.

    `numbers` are the exercises to write (default: all). Returns the Folder and how many files were written.
    """
    catalogue = exercises() if catalogue is None else catalogue
    if path is None:
        path = "." if os.path.exists(progress.FILE) else DEFAULT   # inside an exercise folder, this one is meant
    path = Path(path)
    wanted = [e for e in catalogue if numbers is None or e.number in numbers]
    if not wanted:
        raise FolderError(message("minicnn learn start", f"numbers of exercises, 1 to {len(catalogue)}", sorted(numbers)))
    if path.exists() and not path.is_dir():
        raise FolderError(message("minicnn learn start", "a folder", f"the file {path}"))
    files = {p.name for p in path.iterdir()} if path.exists() else set()
    if files and progress.FILE not in files and not files & {e.file for e in catalogue}:
        raise FolderError(message("minicnn learn start", "a new or an empty folder", f"{path} with {len(files)} files in it",
                                  "minicnn learn start NAME makes a new one"))
    path.mkdir(parents=True, exist_ok=True)
    written, state = 0, _state(path)
    for exercise in wanted:
        file, entry = path / exercise.file, state.entries.get(exercise.name)
        if entry and entry["version"] != exercise.version and _untouched(file, entry):
            file.unlink()                                          # today's task takes its place
        if not file.exists():
            _write_new(file, exercise.task)
            state.update(exercise.name, version=exercise.version)
            written += 1
        elif not entry:
            state.update(exercise.name, version=exercise.version)
    return Folder(path, catalogue), written


def _untouched(file, entry):
    """Whether a file is still the task that it began as."""
    return file.exists() and digest(file.read_bytes().decode("utf-8", "replace")) == entry["version"]


def _state(path):
    try:
        return progress.Progress(path)
    except progress.ProgressError:
        progress.set_aside(path / progress.FILE)
        return progress.Progress(path)


def _find(path):
    """The exercise folder: the one that is named, else this one, else the default one in it."""
    places = [Path.cwd(), Path.cwd() / DEFAULT] if path is None else [Path(path)]
    for place in places:
        if (place / progress.FILE).is_file():
            return place
    raise FolderError(message("minicnn learn", "a folder with exercises", f"{places[0]}, which has no {progress.FILE}",
                              "minicnn learn start makes one; or change into yours"))


def _write_new(file, text):
    with open(file, "x", encoding="utf-8", newline="\n") as target:
        target.write(text)
