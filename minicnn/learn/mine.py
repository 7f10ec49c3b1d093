"""What a learner wrote and a network can run on: the ops, the loss and the first weights of the exercises that pass."""

import textwrap

from ..ops.own import OwnOps, load, written
from ..ops.unwritten import functions, is_unwritten, offered
from .folder import FolderError

BESIDE = ("softmax_cross_entropy", "he_normal")                    # functions that are no ops, and run in a training too


class Mine:
    """The functions of a Folder that pass their checks: `ops`, an OwnOps, and the functions of BESIDE.

    A file that has changed since it passed is checked again. `left_out` maps the name of a function to why it is not used.
    Raises: FolderError if there is no op at all.
    """

    def __init__(self, folder):
        self.left_out, self.files = {}, []
        for exercise in folder.all:
            self._look(folder, exercise)
        with_ops = [str(file) for file, names in self.files if set(names) & set(OwnOps.names())]
        if not with_ops:
            raise FolderError("minicnn learn train expected a solved exercise with an op, such as 4 (dense), got none; minicnn "
                              "learn check N says what is missing")
        self.ops = load(folder.path, with_ops)
        self.beside = {name: Counted(function) for file, _ in self.files
                       for name, function in written(str(file), BESIDE).items()}

    def _look(self, folder, exercise):
        names = self.names_in(exercise.task)
        if not names:
            return
        why = _why_not(folder, exercise, names)
        if why:
            self.left_out |= dict.fromkeys(names, why)
        else:
            self.files.append((folder.file(exercise), names))

    @staticmethod
    def names_in(task):
        """The functions of a task that a training can use."""
        return [name for name in offered(task) if name in OwnOps.names() or name in BESIDE]

    def function(self, name, ours):
        """The learner's function of this name, else ours."""
        return self.beside.get(name, ours)

    def calls(self):
        """Name -> how often it was called, for the learner's functions that were called."""
        counts = self.ops.calls | {name: counted.calls for name, counted in self.beside.items()}
        return {name: count for name, count in counts.items() if count}

    def table(self):
        """Which functions are the learner's, and which come from minicnn."""
        yours = ", ".join([*self.ops.own, *self.beside])
        lines = [textwrap.fill(f"yours:          {yours}", 116, subsequent_indent=" " * 16)]
        lines += [f"from reference: {name:<24} {why}" for name, why in self.left_out.items()]
        return "\n".join([*lines, "all other ops come from minicnn.ops.reference"])


class Counted:
    """A function that counts its calls."""

    def __init__(self, function):
        self.run, self.calls = function, 0

    def __call__(self, *arguments, **settings):
        self.calls += 1
        return self.run(*arguments, **settings)


def _why_not(folder, exercise, names):
    """Why the functions of an exercise cannot be used, or "" if they pass."""
    try:
        text = folder.read(exercise)
    except FolderError:
        return f"{exercise.file} is not there"
    try:
        nodes = functions(text)
        if all(name not in nodes or is_unwritten(nodes[name]) for name in names):
            return f"{exercise.file} is not written yet"
    except (SyntaxError, ValueError):
        pass                                                       # the check will say so
    if folder.solved(exercise) and not folder.changed(exercise):
        return ""
    return "" if folder.check(exercise).solved else f"{exercise.file} does not pass: minicnn learn check {exercise.number}"
