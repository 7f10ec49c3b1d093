"""One function of a user in the place of an op, with the checks that its results need."""

import inspect
import os
import traceback

import numpy as np

from ..shapes import message, shape_text, shown
from .watch import CallsOurs, watching

NOT_NEEDED = "input_gradient"                                      # without it dx is computed, and then dropped
SHAPING = ("kernel_size", "stride", "padding", "x_shape", NOT_NEEDED)      # the settings on which shapes of results depend


class OwnOpError(ValueError):
    """A function of your own ops has the wrong parameters, fails, or returns something that does not fit."""

    @staticmethod
    def said(problem, file):
        """An exception on one line: the file, the last line of it that the exception passed, and what Python says."""
        lines = [frame.lineno for frame in traceback.extract_tb(problem.__traceback__) if frame.filename == file]
        line = getattr(problem, "lineno", None) or (lines[-1] if lines else None)         # a SyntaxError knows its line
        return f"{file}{f', line {line}' if line else ''}: {type(problem).__name__}: {problem}"


class OwnOp:
    """A user's function that is called as an op. `right` is the reference's function of the same name.

    The first call with new shapes, dtypes and settings such as stride also runs `right`. It says which shapes and dtypes the
    results of all calls like it must have. At such a call the function is also watched: it may not change its inputs, and it
    may not call minicnn's op of the same name. `calls` counts all calls.
    """

    def __init__(self, name, function, file, right):
        self.name, self.function, self.file, self.right, self.calls = name, function, file, right, 0
        self.who = f"{name} in {file}"
        self.defaults = {p.name: p.default for p in inspect.signature(right).parameters.values()}
        self.taken = self._parameters()
        self.left_out = [name for name in self.defaults if name not in self.taken and name != NOT_NEEDED]
        self.known = {}                                            # shapes, dtypes and settings -> those of the results

    def __call__(self, *arguments, **named):
        self.calls += 1
        values = self.defaults | dict(zip(self.defaults, arguments)) | named
        for name in self.left_out:
            if isinstance(values[name], np.ndarray) or values[name] != self.defaults[name]:
                given = f"{name}={shown(values[name])}"
                raise OwnOpError(message(self.who, f"a parameter {name}, because this call has {given}", "none"))
        key = tuple(_kind(name, value) for name, value in values.items())
        if key in self.known:
            result = self._run(values)
        else:
            result = self._first(values)
            self.known[key] = _kinds(self.right(**values))
        return self._fitting(result, self.known[key])

    def _first(self, values):
        copies = {name: value.copy() for name, value in values.items() if isinstance(value, np.ndarray)}
        try:
            with watching(self.name):
                result = self._run(values)
        except CallsOurs:
            raise OwnOpError(f"{self.who} calls minicnn's own {self.name}: an op of your own computes this by itself") from None
        for name, copy in copies.items():
            if not np.array_equal(copy, values[name], equal_nan=True):
                raise OwnOpError(f"{self.who} changes its input {name} {shape_text(copy.shape)}: make a new array, because the "
                                 "engine still needs this one")
        return result

    def _run(self, values):
        try:
            return self.function(*[values[name] for name in self.taken])
        except (CallsOurs, OwnOpError):
            raise
        except (Exception, SystemExit) as problem:                 # the user's line, also where only one line is shown
            raise OwnOpError(f"{self.name} in {OwnOpError.said(problem, self.file)}") from problem

    def _fitting(self, result, kinds):
        """The result, if it has the shapes and dtypes that the op's results have."""
        if len(kinds) == 1:
            return self._fits(result, kinds[0], "its result")
        if not isinstance(result, (tuple, list)) or len(result) != len(kinds):
            got = f"{len(result)}" if isinstance(result, (tuple, list)) else type(result).__name__
            raise OwnOpError(message(self.who, f"to return {len(kinds)} arrays", got))
        return tuple(self._fits(part, kind, f"result {k}") for k, (part, kind) in enumerate(zip(result, kinds), 1))

    def _fits(self, array, kind, which):
        if kind is None:
            return None
        if type(array) is not np.ndarray or (array.shape, array.dtype) != kind:
            got = f"{array.dtype} {shape_text(array.shape)}" if hasattr(array, "dtype") else type(array).__name__
            fix = "is a return statement missing?" if array is None else ""
            raise OwnOpError(message(self.who, f"{which} to be {kind[1]} {shape_text(kind[0])}", got, fix))
        return array

    def _parameters(self):
        """The names of the function's parameters, which are those of the op; optional ones may be missing."""
        parameters = inspect.signature(self.function).parameters
        given = list(parameters)
        asked = [name for name, default in self.defaults.items() if name in given or default is inspect.Parameter.empty]
        by_place = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        if given != asked or not all(p.kind in by_place for p in parameters.values()):
            raise OwnOpError(message(f"{os.path.basename(self.file)}:", f"def {self.name}{inspect.signature(self.right)}",
                                     f"def {self.name}{inspect.signature(self.function)}",
                                     "the names and their order count; optional ones may be left out"))
        return given


def _kind(name, value):
    """What the shapes of the results depend on: of an array its shape and dtype, of most settings only the type."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype
    return repr(value) if name in SHAPING else type(value)


def _kinds(result):
    """The shape and dtype of each result; None where the op returns None."""
    return [None if part is None else (part.shape, part.dtype) for part in (result if isinstance(result, tuple) else (result,))]
