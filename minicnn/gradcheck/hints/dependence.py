"""What a gradient has to depend on, and does not: a factor that is left out, or an old copy of it."""

import numpy as np

from ..evidence import Hint
from ..looks import drawn_parameter


def left_out(e):
    """The right gradient changes with some input, and that of backward does not."""
    J = e.jacobians
    if J is None or not np.isfinite(J.ours).all():
        return None
    rng = np.random.default_rng(29)
    for name in sorted(e.inputs, key=lambda name: (name == e.name, name)):
        array = e.inputs[name]
        inputs = {**e.inputs, name: drawn_parameter(array, rng)}
        twin = e.at(inputs)
        if twin is None:
            continue
        size = max(np.abs(e.numeric).max(), np.abs(twin.numeric).max())
        changes, ours = (np.abs(a - b).max() for a, b in ((e.numeric, twin.numeric), (e.analytic, twin.analytic)))
        if changes > 1e-4 * size and ours <= 1e-12 * size:
            if name == e.name:
                return Hint("own value left out", f"d{e.name} does not depend on {name}, but the right gradient does: a "
                                                  "factor, the "
                                                  f"derivative of a function (chain rule) or a term with {name} is left out")
            return Hint("left out", f"d{e.name} does not change when {name} changes, but the right gradient does: {name} is "
                                    "left out "
                                    "(a missing factor), or another value is used instead of it, such as a stale copy of "
                                    f"{name}")
    return None
