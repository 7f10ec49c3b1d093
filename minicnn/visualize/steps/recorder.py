"""Record a run of the definition's loops, statement by statement.

The functions of minicnn/ops/definition run as they are: Python's own trace function (sys.settrace) stops before each line.
Before an assignment the recorder fills in the numbers of its right-hand side; after it, it reads what was written.
"""

import ast
import contextlib
import os
import sys

import numpy as np

from ... import losses
from ...ops import definition
from . import source
from .arrays import Memory, Numbers, Place, Shown
from .equations import OPERATORS, Cell, Local, Reader, Unreadable, number

FILES = {losses.__file__, *(os.path.join(os.path.dirname(definition.__file__), name)
                            for name in os.listdir(os.path.dirname(definition.__file__)))}


class Recorder:
    """What one view of a page shows: its arrays, and the steps of one or more calls.

        recorder = Recorder()
        x = recorder.array("x", image, "input")
        recorder.call(definition.relu, x, created={"y": recorder.show("y", image.shape, "output").ids})
    """

    def __init__(self):
        self.shown, self.steps, self.functions, self.stages = [], [], [], []
        self.numbers, self.memory = Numbers(), Memory()
        self.codes, self.silent, self.group_keys = {}, [], {}

    def show(self, name, shape, role, **options) -> Shown:
        """Add an array to the page. Its cells are empty until a run creates it."""
        self.shown.append(Shown(len(self.shown), name, shape, role, **options))
        return self.shown[-1]

    def array(self, name, values, role, **options) -> np.ndarray:
        """Add an array that exists before the run, and return it."""
        values = np.array(values, order="C")
        shown = self.show(name, values.shape, role, **options)
        self.link(values, shown, shown.inside)
        return values

    def link(self, values, shown, ids):
        """The entries of `values` are the cells `ids` of a shown array, and its contents from now on."""
        self.memory.put(values, shown, ids)
        for cell, value in zip(np.ravel(ids).tolist(), values.ravel().tolist()):
            if cell >= 0 and shown.state[cell] != (at := self.numbers(value)):
                self._set(shown, cell, at)

    def _set(self, shown, cell, at):
        """Change a cell without a step of its own: an array was created or copied."""
        shown.state[cell] = at
        if self.steps:
            self.silent.append([shown.index, cell, at])
        else:
            shown.start[cell] = at

    def call(self, function, *arguments, created=(), window="", stage="", mark=None, **options):
        """Run a function and record every assignment in it that touches a cell.

        created: for the arrays that the run creates, local name -> Shown, or (Shown, ids) if the order differs.
        window: the loop counters that stay the same during one window. mark(names): (array, index) of cells to mark.
        """
        run = _Run(self, dict(created), window, mark)
        if stage:
            self.stages.append({"first": len(self.steps), "name": stage})
        with _traced(run):
            return function(*arguments, **options)

    def function(self, code):
        """The index of a function's listing on the page."""
        if code not in self.codes:
            self.codes[code] = len(self.functions)
            self.functions.append(source.listing(code))
        return self.codes[code]

    def page(self) -> dict:
        """Everything that the page shows, ready for JSON."""
        return {"arrays": [shown.page() for shown in self.shown], "steps": self.steps, "functions": self.functions,
                "numbers": self.numbers.values, "stages": self.stages}


@contextlib.contextmanager
def _traced(run):
    before = sys.gettrace()
    sys.settrace(run.enter)
    try:
        yield
    finally:
        sys.settrace(before)


class _Run:
    """The trace functions of one call."""

    def __init__(self, recorder, created, window, mark):
        self.recorder, self.created, self.window, self.mark = recorder, created, window, mark
        self.find = recorder.memory.find
        self.frames = {}             # frame -> [running statement, its Reader and tokens, local name -> the step that set it]
        self.start = len(recorder.steps)

    def enter(self, frame, event, argument):
        if frame.f_code.co_filename not in FILES or frame.f_code.co_name.startswith("<"):
            return None                                            # generator expressions belong to the line that has them
        self.frames[frame] = [None, None, {}]
        return self.line

    def line(self, frame, event, argument):
        """Python is about to run a line, or to leave the function."""
        if event in ("line", "return"):
            running, texts, assigned = self.frames[frame]
            if running is not None:
                self._finish(frame, running, texts, assigned)
            self._adopt(frame)
            statement = source.assignments(frame.f_code.co_filename).get(frame.f_lineno) if event == "line" else None
            self.frames[frame][:2] = statement, self._texts(frame, statement, assigned)
            if event == "return":
                del self.frames[frame]
        return self.line

    def _adopt(self, frame):
        """Link the arrays that the function has created."""
        for name, value in frame.f_locals.items():
            if name in self.created and isinstance(value, np.ndarray) and not self.recorder.memory.holds(value):
                shown, ids = target if isinstance(target := self.created[name], tuple) else (self.created[name], None)
                ids = shown.ids if ids is None else ids
                if ids.shape == value.shape:
                    self.recorder.link(value, shown, ids)

    def _texts(self, frame, statement, assigned):
        """The Reader before the statement runs, and the tokens of its right-hand side: None if they cannot be shown."""
        if statement is None:
            return None
        known = {name: Local.of(step, frame.f_locals[name]) for name, step in assigned.items()}
        reader = Reader(self.find, frame.f_globals | dict(frame.f_locals) | known)
        with contextlib.suppress(Unreadable, KeyError, TypeError):  # KeyError: a builtin; TypeError: arithmetic on whole arrays
            return reader, reader.read(statement.value).tokens
        return reader, None

    def _finish(self, frame, statement, texts, assigned):
        """The statement has run: record it if it touched a cell."""
        reader, tokens = texts
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        if isinstance(target, ast.Subscript):
            array, index = reader.value(target.value), reader.value(target.slice)
            if tokens is not None and isinstance(array, np.ndarray):
                for place in self.recorder.memory.entries(array, index):
                    self._step(frame, statement, tokens, place)
            return
        name = getattr(target, "id", None)
        if name in self.created and self._whole(frame, statement, name, reader, tokens):
            return
        names = [part.id for part in (target.elts if isinstance(target, ast.Tuple) else [target])]
        if tokens is None or not any(isinstance(token, (Cell, Local)) for token in tokens):
            return
        text = ", ".join(f"{name} = {number(frame.f_locals[name])}" for name in names)
        step = self._step(frame, statement, tokens, text=text)
        assigned.update({name: step for name in names if isinstance(frame.f_locals[name], (int, float, np.number))})

    def _whole(self, frame, statement, name, reader, tokens):
        """A statement on whole arrays: one step for each entry of the new array, or for a number that has a cell."""
        value, target = frame.f_locals[name], self.created[name]
        if isinstance(value, np.ndarray) and isinstance(statement.value, ast.BinOp):
            with contextlib.suppress(Unreadable):
                texts = [reader.entry(index).read(statement.value).tokens for index in np.ndindex(value.shape)]
                self.recorder.memory.put(value, target, target.ids)
                for index, text in zip(np.ndindex(value.shape), texts):
                    self._step(frame, statement, text, self.find(value, index))
                return True
        elif not isinstance(value, np.ndarray) and any(isinstance(token, (Cell, Local)) for token in tokens or ()):
            self._step(frame, statement, tokens, Cell.at(Place(target.index, 0), value))
            return True
        return False

    def _step(self, frame, statement, tokens, written=None, text=""):
        """Add a step that wrote a cell, or that assigned a local variable (then `text` says so), and return its index."""
        recorder, numbers = self.recorder, self.recorder.numbers
        reads, via, equation = [], [], []
        for token in tokens:
            if isinstance(token, Cell):
                equation.append(len(reads))
                reads.append([*token.place, numbers(token)])
                continue
            if isinstance(token, Local):
                via.append(token.step)
                token = number(token)
            if equation and isinstance(equation[-1], str):
                equation[-1] += token
            else:
                equation.append(token)
        step = {"at": self._stack(frame, statement), "loops": self._counters(frame), "reads": reads, "equation": equation}
        if written is not None:
            shown, cell = recorder.shown[written.place.array], written.place.cell
            step["write"] = [*written.place, numbers(written)]
            if isinstance(statement, ast.AugAssign):
                step["before"], step["sign"] = shown.state[cell], OPERATORS[type(statement.op)][0].strip()
            shown.state[cell] = numbers(written)
        else:
            step["text"] = text
        if via:
            step["via"] = sorted(set(via))
        if recorder.silent:
            step["sets"], recorder.silent = recorder.silent, []
        step["group"] = self._group(step["loops"])
        if self.mark and (marked := self.mark(frame.f_locals)) and (cell := self.find(*marked)) is not None:
            step["mark"] = list(cell.place)
        recorder.steps.append(step)
        return len(recorder.steps) - 1

    def _stack(self, frame, statement):
        """[function, line] of this statement and of the recorded functions that called it, innermost last."""
        places, line = [], statement.lineno
        while frame is not None:
            if frame in self.frames:
                places.append([self.recorder.function(frame.f_code), line - frame.f_code.co_firstlineno])
            frame = frame.f_back
            line = frame.f_lineno if frame is not None else 0
        return places[::-1]

    def _counters(self, frame):
        """Loop counters: integers with a name of one letter, and tuples of integers."""
        return [[name, number(value)] for name, value in frame.f_locals.items()
                if (len(name) == 1 and name.islower() and isinstance(value, int))
                or (isinstance(value, tuple) and name in ("index", "row", "i", "p") and all(isinstance(v, int) for v in value))]

    def _group(self, counters):
        """A number that stays the same while one window is computed."""
        key = (self.start, tuple(pair[1] for pair in counters if pair[0] in self.window))
        return self.recorder.group_keys.setdefault(key, len(self.recorder.group_keys))
