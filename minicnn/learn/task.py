"""A learner's file as check.py sees it: the functions that it defines and the values that it assigns."""

import ast
import os
import sys
import types

import numpy as np

from ..ops.unwritten import functions, is_unwritten
from ..ops.watch import CallsOurs, watching
from ..shapes import shape_text
from .faults import Fault, own_error
from .results import call_text


class Task:
    """The learner's answer to one exercise. Raises a Fault if the file cannot be run at all.

    `file` is the name of the learner's file; `path` says where it is; `template` is the task.py that it began as.
    """

    def __init__(self, path, template):
        self.path, self.file = path, os.path.basename(path)
        source = _read(path)
        try:
            code = compile(source, path, "exec")
            self.nodes, self.tree = functions(source), ast.parse(source)
        except (SyntaxError, ValueError) as problem:               # ValueError: a null byte
            raise own_error(problem, path) from None
        self.asked = functions(_read(template))
        module = types.ModuleType("answer")
        module.__file__ = path
        sys.modules["answer"] = module
        try:
            exec(code, vars(module))
        except (Exception, SystemExit) as problem:
            raise own_error(problem, path) from None
        self.values = vars(module)

    def function(self, name, forbid=()):
        """The learner's function as one that check.py can call: a Learned."""
        node, asked = self.nodes.get(name), self.asked.get(name)
        if node is None or not callable(self.values.get(name)):
            raise Fault(f"{self.file}: there is no function {name}; the task asks for {_head(asked)}")
        if is_unwritten(node):
            raise Fault(f"{self.file}, line {node.lineno}: {name} is not written yet: replace the ... by your code, and save")
        if asked is not None and _parameters(node) != _parameters(asked):
            raise Fault(f"{self.file}, line {node.lineno}: expected {_head(asked)}, got {_head(node)}; leave the names, "
                        "the order and the defaults of the parameters as they were")
        return Learned(self, name, self.values[name], (name, *forbid))

    def value(self, name):
        """What the learner's file assigns to `name`."""
        line = next((f", line {node.lineno}" for node in self.tree.body if isinstance(node, (ast.Assign, ast.AnnAssign))
                     for target in getattr(node, "targets", [getattr(node, "target", None)])
                     if getattr(target, "id", None) == name), "")
        if name not in self.values:
            raise Fault(f"{self.file}: nothing is assigned to {name}; the task has a line {name} = ...")
        if self.values[name] is ... or self.values[name] is None:
            raise Fault(f"{self.file}{line}: {name} is not answered yet: replace the ... by your answer, and save")
        return self.values[name]


class Learned:
    """A learner's function. A call gives it copies of the arrays.

    It raises a Fault if the function fails, returns nothing, changes what it was given, or calls minicnn's function of the
    same name.
    """

    def __init__(self, task, name, function, forbidden):
        self.task, self.name, self.function, self.forbidden = task, name, function, forbidden

    @property
    def __name__(self):
        return self.name

    @property
    def where(self):
        """'05_relu.py, line 12: relu', as faults begin."""
        return f"{self.task.file}, line {self.task.nodes[self.name].lineno}: {self.name}"

    def __call__(self, *arguments, **settings):
        given, also = [_copy(a) for a in arguments], {name: _copy(a) for name, a in settings.items()}
        names = [argument.arg for argument in self.task.nodes[self.name].args.args]
        before = dict(zip(names, arguments)) | settings
        try:
            with watching(*self.forbidden), np.errstate(all="ignore"):
                result = self.function(*given, **also)
        except CallsOurs as problem:
            raise Fault(f"{self.where} calls minicnn's own {problem}. Here you write it yourself, with NumPy") from None
        except Fault:
            raise
        except (Exception, SystemExit) as problem:
            said = own_error(problem, self.task.path).text
            raise Fault(f"{said}\n    the call: {call_text(self.name, before)}") from None
        for name, array in (dict(zip(names, given)) | also).items():
            if isinstance(array, np.ndarray) and not _same_bits(array, before[name]):
                raise Fault(f"{self.where} changes its input {name} {shape_text(array.shape)}. Others still need it: make a "
                            f"new array, such as {name}.copy(), and do not use += or [...] = on {name} itself")
        if result is None or result is ...:
            raise Fault(f"{self.where} returned {'None' if result is None else '...'}: is a return statement missing?")
        return result


def _copy(value):
    return value.copy() if isinstance(value, np.ndarray) else value


def _same_bits(a, b):
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def _parameters(node):
    """The names of the parameters, and their defaults. A type hint may be added."""
    defaults = [default for default in (*node.args.defaults, *node.args.kw_defaults) if default]
    return [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)], \
        [default.value if isinstance(default, ast.Constant) else ast.unparse(default) for default in defaults]


def _head(node):
    return "another one" if node is None else f"def {node.name}({ast.unparse(node.args)})"


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except UnicodeDecodeError:
        raise Fault(f"{os.path.basename(path)}: this is no text in UTF-8; save it as such, or write it new with "
                    "minicnn learn reset") from None
    except OSError as problem:
        raise Fault(f"{os.path.basename(path)} cannot be read: {problem.strerror}") from None
