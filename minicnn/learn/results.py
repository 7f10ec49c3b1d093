"""What a learner's function returned: is it of the right kind, and how entries and calls are written down."""

import numpy as np

from ..gradcheck.letters import place
from ..shapes import shape_text, shown
from .faults import Fault
from .traced import number

# The names of the results of the functions that return several.
NAMES = {"im2col": ("cols",), "col2im": ("x",), "batch_norm": ("y", "mean", "var"), "dense_backward": ("dx", "dw", "db"),
         "conv2d_backward": ("dx", "dw", "db"), "batch_norm_backward": ("dx", "dgamma", "dbeta"),
         "batch_norm_eval_backward": ("dx", "dgamma", "dbeta"), "softmax_cross_entropy": ("loss", "dlogits"),
         "conv_dx": ("dx",), "sgd": ("w", "u"), "rmsprop": ("w", "v"), "adam": ("w", "m", "v")}


def result_names(name):
    """The names of what a function returns: known for ops, else "y", or "dx" for a name that ends in _backward."""
    return NAMES.get(name) or (("dx",) if name.endswith("_backward") else ("y",))


def call_text(name, arguments):
    """conv2d(x (1, 4, 4, 1), w (3, 3, 1, 1), stride=1): a call, with shapes in place of large arrays."""
    return f"{name}({', '.join(_argument_text(key, value) for key, value in arguments.items())})"


def as_results(value, names):
    """One result or several, always as a tuple."""
    return tuple(value) if isinstance(value, (tuple, list)) and len(names) > 1 else (value,)


def check_results(learned, value, wanted, names, call, arrays):
    """The learner's results as arrays, or a Fault unless they have the number, kinds and shapes of the wanted ones.

    `arrays` are the arguments of the call: they decide the letters of an entry.
    """
    if len(names) > 1 and (not isinstance(value, tuple) or len(value) != len(names)):
        got = f"a tuple of {len(value)}" if isinstance(value, tuple) else _got(value)
        raise Fault(f"{learned.where} returned {got}, expected {len(names)} results: return {', '.join(names)}")
    return tuple(v if w is None else check_result(learned.where, name, v, w, call, arrays)
                 for name, v, w in zip(names, as_results(value, names), wanted))


def check_result(where, name, value, wanted, call, arrays):
    """A result as an array, or a Fault unless it is an array (or a number) of the shape of `wanted`, without a new NaN."""
    shape, said = np.shape(wanted), f"{where} returned {_got(value)} as {name}"
    if shape == ():
        if isinstance(value, (bool, str, tuple, list)) or not (np.isscalar(value) or np.shape(value) == ()):
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
        wrong = f"{place(name, index, arrays)} is {number(array[index])}, expected {number(np.asarray(wanted)[index])}"
        raise Fault(f"{where}: {wrong}; a division by 0, exp of a large number, infinity - infinity, or the logarithm or root "
                    f"of a number that is not positive?\n    the call: {call}")
    return array


def _argument_text(name, value):
    return f"{name} {shape_text(value.shape)}" if isinstance(value, np.ndarray) and value.size > 1 else f"{name}={shown(value)}"


def _got(value):
    if isinstance(value, np.ndarray):
        return f"an array {shape_text(value.shape)} of {value.dtype}"
    return f"a {type(value).__name__} of {len(value)}" if isinstance(value, (tuple, list)) else f"a {type(value).__name__}"
