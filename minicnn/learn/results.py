"""What a learner's function returned: is it of the right kind, and how entries and calls are written down."""

import numpy as np

from ..shapes import shape_text, shown
from .faults import Fault
from .traced import number

# The names of the results of the functions that return several.
NAMES = {"im2col": ("cols",), "col2im": ("x",), "batch_norm": ("y", "mean", "var"), "dense_backward": ("dx", "dw", "db"),
         "conv2d_backward": ("dx", "dw", "db"), "batch_norm_backward": ("dx", "dgamma", "dbeta"),
         "batch_norm_eval_backward": ("dx", "dgamma", "dbeta"), "softmax_cross_entropy": ("loss", "dlogits"),
         "conv_dx": ("dx",), "sgd": ("w", "u"), "rmsprop": ("w", "v"), "adam": ("w", "m", "v")}

# The index letters of docs/notation.md, by the name of an array and its number of axes.
LETTERS = {("x", 4): "nijc", ("x", 2): "nd", ("y", 4): "nijc", ("y", 2): "nk", ("y", 3): "ijf",
           ("w", 4): "uvcf", ("w", 2): "dk", ("b", 1): "f",
           ("logits", 2): "nk", ("cols", 2): "rq", ("gamma", 1): "c", ("beta", 1): "c", ("mean", 1): "c", ("var", 1): "c"}


def result_names(name):
    """The names of what a function returns: known for ops, else "y", or "dx" for a name that ends in _backward."""
    return NAMES.get(name) or (("dx",) if name.endswith("_backward") else ("y",))


def place(what, index, function=""):
    """An entry with its letters: y[n=0, i=1, j=2, f=0]; a plain number has only its name."""
    base = what[1:] if what.startswith("d") else what
    letters = LETTERS.get((base, len(index)), "abcdefgh" if len(index) > 1 else "i")
    if base == "y" and len(index) == 4 and function.startswith("conv2d"):
        letters = "nijf"                                           # the channels of a convolution's output are its filters
    return what + (f"[{', '.join(f'{a}={k}' for a, k in zip(letters, index))}]" if index else "")


def call_text(name, arguments):
    """conv2d(x (1, 4, 4, 1), w (3, 3, 1, 1), stride=1): a call, with shapes in place of large arrays."""
    return f"{name}({', '.join(_argument_text(key, value) for key, value in arguments.items())})"


def as_results(value, names):
    """One result or several, always as a tuple."""
    return tuple(value) if isinstance(value, (tuple, list)) and len(names) > 1 else (value,)


def check_results(learned, value, wanted, names, call):
    """The learner's results as arrays, or a Fault unless they have the number, kinds and shapes of the wanted ones."""
    if len(names) > 1 and (not isinstance(value, tuple) or len(value) != len(names)):
        got = f"a tuple of {len(value)}" if isinstance(value, tuple) else _got(value)
        raise Fault(f"{learned.where} returned {got}, expected {len(names)} results: return {', '.join(names)}")
    return tuple(v if w is None else check_result(learned.where, name, v, w, call)
                 for name, v, w in zip(names, as_results(value, names), wanted))


def check_result(where, name, value, wanted, call):
    """A result as an array, or a Fault unless it is an array (or a number) of the shape of `wanted`, without a new NaN."""
    shape, said = np.shape(wanted), f"{where} returned {_got(value)} as {name}"
    if shape == ():
        if isinstance(value, (bool, str)) or not (np.isscalar(value) or np.shape(value) == () == shape):
            raise Fault(f"{said}, expected a number; the call was {call}")
    elif not isinstance(value, np.ndarray):
        raise Fault(f"{said}, expected a NumPy array {shape_text(shape)}; the call was {call}")
    elif value.shape != shape:
        raise Fault(f"{where} returned {name} of shape {shape_text(value.shape)}, expected {shape_text(shape)}; the call was "
                    f"{call}")
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise Fault(f"{said}, expected real numbers; the call was {call}")
    bad = ~np.isfinite(array) & np.isfinite(wanted)
    if bad.any():
        index = tuple(int(k) for k in np.argwhere(bad)[0])
        raise Fault(f"{where}: {place(name, index)} is {number(array[index])}, expected {number(np.asarray(wanted)[index])}; a "
                    "division by 0, exp of a large number, infinity - infinity, or the logarithm or root of a number that is "
                    f"not positive?\n    the call: {call}")
    return array


def _argument_text(name, value):
    return f"{name} {shape_text(value.shape)}" if isinstance(value, np.ndarray) and value.size > 1 else f"{name}={shown(value)}"


def _got(value):
    if isinstance(value, np.ndarray):
        return f"an array {shape_text(value.shape)} of {value.dtype}"
    return f"a {type(value).__name__} of {len(value)}" if isinstance(value, (tuple, list)) else f"a {type(value).__name__}"
