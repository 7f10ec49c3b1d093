"""Your own ops: functions from a file or a folder that compute in the place of minicnn's.

    minicnn.ops.use("my_ops.py")           # or a folder: all its .py files
    MINICNN_OPS=my_ops.py minicnn train --data digits

A function counts if it has the name of an op of minicnn.ops; if the file has a list __all__, the name must be in it, too. It
has the op's parameters, in the same order; it may leave out optional ones. All other ops come from `reference`. Where the
reference calls an op by its name, as conv2d calls im2col and conv2d_relu calls conv2d and relu, it calls your function if
there is one.
"""

import inspect
import os
import sys
import types

from ..shapes import message
from . import reference
from .own_op import OwnOp, OwnOpError
from .unwritten import is_unwritten, offered

PREFIX = "minicnn_own_ops_"                                         # of the names of the modules that hold your functions


class OwnOps:
    """What is in use after use("my_ops"): every op under its name.

    `path` is where your functions come from, `own` maps the names of your ops to OwnOp objects, and `sources` maps the name of
    each op to its file, or to "reference".
    """

    def __init__(self, path, own):
        self.path, self.own = path, own
        self.sources = {name: own[name].file if name in own else "reference" for name in self.names()}
        vars(self).update(_around(own))

    @staticmethod
    def names():
        """The names of all ops."""
        return [name for name, value in vars(reference).items() if inspect.isfunction(value)]

    @property
    def calls(self):
        """How often each of your ops was called."""
        return {name: op.calls for name, op in self.own.items()}


def load(path, files=None):
    """The OwnOps of a file or of a folder. `files` are the files to read (default: all .py files of the folder).

    Raises: OwnOpError if a file cannot be run, if a function has the wrong parameters, or if there is no op at all.
    """
    path = os.path.abspath(path)
    if files is None:
        files = [os.path.join(path, name) for name in sorted(os.listdir(path)) if name.endswith(".py")] \
            if os.path.isdir(path) else [path]
    own, before = {}, set(sys.modules)
    for file in files:
        for name, function in written(file, OwnOps.names()).items():
            if name in own:
                raise OwnOpError(message("minicnn.ops.use", f"one function {name}", f"two, in {own[name].file} and {file}",
                                         "rename one of them"))
            own[name] = OwnOp(name, function, file, getattr(reference, name))
    _forget_helpers(set(sys.modules) - before, {os.path.dirname(os.path.abspath(file)) for file in files})
    if not own:
        raise OwnOpError(message("minicnn.ops.use", f"functions with names of ops, such as relu or conv2d, in {path}", "none",
                                 "help(minicnn.ops) lists the names; a function counts if its def is in the file, with a body "
                                 "that is not ..."))
    return OwnOps(path, own)


def written(file, names):
    """Name -> function, for each function that a file offers under one of these names and that has a body.

    A file without any is not run.

    Raises: OwnOpError if the file cannot be run.
    """
    try:
        with open(file, "rb") as source:
            source = source.read()
        tree = offered(source)
        wanted = [name for name, node in tree.items() if name in names and not is_unwritten(node)]
        module = _run(file, source) if wanted else {}
    except (Exception, SystemExit) as problem:                     # whatever a file of a user may raise
        raise OwnOpError(OwnOpError.said(problem, file)) from problem
    return {name: module[name] for name in wanted if callable(module.get(name))}


def _run(file, source):
    """The namespace of a file, run as a module of its own. It may import other files of its folder."""
    name = f"{PREFIX}{os.path.splitext(os.path.basename(file))[0]}"
    module = types.ModuleType(name)
    module.__file__ = file
    sys.modules[name] = module
    sys.path.append(os.path.dirname(file))                         # last: a file random.py must not hide Python's
    try:
        exec(compile(source, file, "exec"), vars(module))
    finally:
        sys.path.remove(os.path.dirname(file))
    return vars(module)


def _forget_helpers(names, folders):
    """Drop the modules that files of these folders imported from them: another folder may have a helper.py of its own."""
    for name in names:
        file = getattr(sys.modules[name], "__file__", None)
        if file and os.path.dirname(file) in folders and not name.startswith(PREFIX):
            del sys.modules[name]


def _around(own):
    """Every op: yours, and copies of the reference's functions in which the names of ops mean the ops of this dictionary."""
    found, spaces = dict(own), []
    for name in OwnOps.names():
        if name not in own:
            function = getattr(reference, name)
            spaces.append(dict(vars(sys.modules[function.__module__])))
            found[name] = types.FunctionType(function.__code__, spaces[-1], name, function.__defaults__)
    for space in spaces:
        space.update(found)
    return found
