"""One bug: a line of the engine and what it was once replaced by, so that the bug can be looked at, run and caught.

A patch is text. It is applied to the source of the function as it stands today, compiled, and put in its place while
`with broken(exhibit):` lasts. An exhibit whose line is not in the engine any more is an error, not a dead letter.
"""

import contextlib
import importlib
import inspect
import sys
import textwrap
from typing import NamedTuple

import numpy as np

from .. import ops
from ..layers.protocol import around_backward, around_forward
from ..shapes import message


class Exhibit(NamedTuple):
    """A card. `case` is the name of the self-check case that shows the bug, `hint` the pattern its report must name first."""

    name: str
    target: str                    # where, such as "ops.reference.conv:col2im" or "layers.dropout:Dropout.backward"
    old: str                       # the line as it is right (without its comment)
    new: str                       # what stands there instead
    case: str
    symptom: str                   # what a user sees
    fix: str                       # why the right line is right
    seen: str = ""                 # where such a bug stood
    hint: str = ""                 # "" where the report has no name for it
    guard: str = "gradcheck"       # the check that catches it; the others are in guards.py

    def patch(self):
        """The change as people write it: - what it is, + what the bug made of it."""
        module, function = self.target.split(":")
        return "\n".join([f"in minicnn/{module.replace('.', '/')}.py, {function}:", f"-   {self.old}",
                          *(f"+   {line}" for line in self.new.splitlines())])


@contextlib.contextmanager
def broken(exhibit):
    """The engine with this bug in it, on the reference implementation, until the block ends."""
    holder, name, original = _find(exhibit)
    replacement = _patched(exhibit, original)
    places = [(holder, name)]
    if inspect.ismodule(holder):                                   # wherever else the function was imported to
        ours = __package__.split(".")[0]
        places = [(module, key) for where, module in list(sys.modules.items()) if where.split(".")[0] == ours
                  for key, value in list(vars(module).items()) if value is original]
    try:
        for place, key in places:
            setattr(place, key, replacement)
        with ops.use("reference"):
            yield
    finally:
        for place, key in places:
            setattr(place, key, original)


def _find(exhibit):
    """The module or class that holds the target, its name, and the function."""
    module, path = exhibit.target.split(":")
    holder = importlib.import_module(f"..{module}", __package__)
    *classes, name = path.split(".")
    for owner in classes:
        holder = getattr(holder, owner)
    return holder, name, vars(holder)[name]


def _patched(exhibit, original):
    source = textwrap.dedent(inspect.getsource(original)).splitlines()
    at = [k for k, line in enumerate(source) if line.split("  #")[0].strip() == exhibit.old]
    if len(at) != 1:
        raise ValueError(message(f"the exhibit {exhibit.name}", f"one line {exhibit.old!r} in {exhibit.target}", f"{len(at)}",
                                 "the engine has changed: change the card too"))
    indent = source[at[0]][:len(source[at[0]]) - len(source[at[0]].lstrip())]
    source[at[0]:at[0] + 1] = [indent + line for line in exhibit.new.splitlines()]
    made = {}
    exec(compile("\n".join(source), f"<museum: {exhibit.name}>", "exec"), {"np": np} | vars(inspect.getmodule(original)), made)
    around = {"forward": around_forward, "backward": around_backward} if hasattr(original, "__wrapped__") else {}
    return around.get(original.__name__, lambda function: function)(made[original.__name__])
