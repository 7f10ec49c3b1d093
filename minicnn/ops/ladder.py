"""Which rung of the ladder computes, and the one step that every call of an op takes: check, then hand on."""

import functools
import os

from ..shapes import message
from . import checks, definition, reference

RUNGS = {"definition": definition, "reference": reference}          # "fast" takes its place here
DEFAULT = "reference"


def rungs():
    """The names of the rungs, the slowest first."""
    return list(RUNGS)


def current():
    """The name of the rung in use."""
    return _in_use


class use:
    """Compute on another rung: `use("definition")` from now on, `with use("definition"):` until the block ends.

    Raises: ValueError for a name that is no rung.
    """

    def __init__(self, rung):
        global _in_use
        self.before, _in_use = _in_use, _known("minicnn.ops.use", rung)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        global _in_use
        _in_use = self.before


def op(name):
    """The public function of an op: the reference rung's signature and docstring, the checks, the rung in use."""
    check = getattr(checks, name)

    @functools.wraps(getattr(reference, name))
    def checked(*arguments, **keywords):
        check(*arguments, **keywords)
        return getattr(RUNGS[_in_use], name)(*arguments, **keywords)

    return checked


def _known(who, rung):
    if rung not in RUNGS:
        raise ValueError(message(who, "a rung: " + " or ".join(map(repr, RUNGS)), repr(rung)))
    return rung


_in_use = _known("the environment variable MINICNN_OPS", os.environ.get("MINICNN_OPS") or DEFAULT)
