"""What happens around every forward and every backward pass, so that a layer holds only its mathematics.

`Layer.__init_subclass__` puts `around_forward` and `around_backward` around the two methods that a layer defines. They

- raise an error if x or dy does not fit, before anything is computed;
- make sure that each backward pass follows a forward pass of its own;
- drop what forward saved, after backward has used it; in eval mode at once, because no backward pass follows;
- say what to write if a line such as layer.w = array, or w.grad += ... before there is a gradient, made Python raise an error.
"""

import functools
import traceback

import numpy as np

from ..ops.checks import check_call, check_dy
from ..shapes import DtypeError, message, shown


def around_forward(forward):
    """The method `forward`, with the checks before it and the bookkeeping after it."""
    @functools.wraps(forward)
    def checked_forward(self, x):
        if self._inside:                                           # a subclass calls super().forward(x): x is checked already
            return forward(self, x)
        check_call(self._check_x, x, of=(self._identity, self.training))
        forget(self)
        # What forward saves for backward: the attributes that are missing or None before it, and something after it.
        before = vars(self).copy()
        self._inside = True
        try:
            y = forward(self, x)
        except AttributeError as problem:
            explain_array(self, problem)
            raise
        finally:
            self._inside = False
            self._saved = {name: name in before for name, value in vars(self).items()
                           if value is not None and before.get(name) is None}
        if not isinstance(y, np.ndarray):
            raise DtypeError(message(f"{self._who()}.forward", "to return y as a NumPy array", type(y).__name__,
                                     "is a return statement missing?" if y is None else ""))
        if self.caching:
            self._y_shape = y.shape
        else:
            forget(self)
        return y
    return checked_forward


def around_backward(backward):
    """The method `backward`, with the checks before it. After it, what forward saved is dropped."""
    @functools.wraps(backward)
    def checked_backward(self, dy):
        if self._inside:
            return backward(self, dy)
        if self._y_shape is None:
            raise RuntimeError(message(
                f"{self._who()}.backward", "a forward pass before it",
                "none since the last backward" if self.caching else "eval mode",
                "call forward(x) first" if self.caching else "call train(), or eval(cache=True), and forward(x) first"))
        # This line asks whether dy fits, without a call, because that is fast. check_dy asks again and writes the error.
        if type(dy) is not np.ndarray or dy.shape != self._y_shape or dy.dtype.char not in "fd" or not dy.dtype.isnative:
            if dy is None:
                raise DtypeError(message(
                    f"{self._who()}.backward", "dy to be a NumPy array", "None",
                    "if a layer after it has input_gradient=False, set it to True: only a network's first layer needs no dx"))
            check_dy(f"{self._who()}.backward", dy, self._y_shape)
        self._inside = True
        try:
            dx = backward(self, dy)
        except (AttributeError, TypeError) as problem:
            explain_array(self, problem)
            explain_none(self, problem)
            raise
        finally:
            self._inside = False
            forget(self)
        if not isinstance(dx, np.ndarray) and not (dx is None and without_input_gradient(self)):
            raise DtypeError(message(f"{self._who()}.backward", "to return dx as a NumPy array", type(dx).__name__,
                                     "is a return statement missing?" if dx is None else ""))
        return dx
    return checked_backward


def explain_array(layer, problem):
    """Raise DtypeError if the exception `problem` comes from layer.w = array: the array took the Parameter's place."""
    if getattr(problem, "name", "") in ("value", "grad") and problem.obj is not None:
        for holder in layer.all_layers():
            for name, value in vars(holder).items():
                if value is problem.obj:
                    raise DtypeError(message(f"{type(holder).__name__}.{name}", "a Parameter", shown(value),
                                             f"to change its numbers, write {name}.value = array")) from None


def explain_none(layer, problem):
    """Raise DtypeError if the exception `problem` comes from a calculation with None in the place of a gradient."""
    if isinstance(problem, TypeError) and "NoneType" in str(problem):
        line = traceback.extract_tb(problem.__traceback__)[-1].line or ""
        if ".grad +=" in line:
            raise DtypeError(message(f"{layer._who()}.backward", "to assign gradients", f"{line!r} when grad is None",
                                     "write = in the place of +=")) from None
        for name, child in layer.children().items():
            if without_input_gradient(child):
                raise DtypeError(message(f"{layer._who()}[{name}].backward", "to return dx", "None",
                                         "set input_gradient to True in it, because its dx is needed here")) from None


def without_input_gradient(layer):
    """Whether the layer, or one inside it, was told not to compute dx."""
    return any(not getattr(each, "input_gradient", True) for each in layer.all_layers())


def forget(layer):
    """Drop what the last forward pass saved for backward: delete the attributes that were missing, set the others to None."""
    for name, was_none in layer._saved.items():
        if was_none:
            setattr(layer, name, None)
        else:
            vars(layer).pop(name, None)
    layer._saved, layer._y_shape = {}, None
