"""Gradient clipping: limit the size of the gradients, so that one bad batch cannot destroy the weights."""

import math
import numbers

import numpy as np

from ..layers.parameter import Parameter, check_parameters
from ..shapes import NonFiniteError, message, shown


def clip_gradients(parameters: dict[str, Parameter], max_norm: float) -> float:
    """Scale all gradients by one factor, so that their common Euclidean norm is at most max_norm. Returns the norm before.

        norm = sqrt(sum of g**2 over all gradients),      g = g * min(1, max_norm / norm)

    Raises: ValueError for max_norm <= 0; RuntimeError if a gradient is missing, NonFiniteError if one is not finite.
    Source: Pascanu, Mikolov, Bengio, 'On the difficulty of training recurrent neural networks', 2012, section 3.2.
    """
    check_parameters("clip_gradients", parameters)
    if isinstance(max_norm, bool) or not isinstance(max_norm, numbers.Real) or not max_norm > 0:
        raise ValueError(message("clip_gradients", "max_norm > 0", shown(max_norm)))
    missing = [name for name, p in parameters.items() if p.grad is None]
    if missing:
        raise RuntimeError(message("clip_gradients", "a gradient of every parameter", f"none of {missing[0]}",
                                   "call model.backward(dy) first"))
    norm = math.sqrt(sum(float(np.square(p.grad, dtype=np.float64).sum()) for p in parameters.values()))
    if not math.isfinite(norm):
        raise NonFiniteError(message("clip_gradients", "finite gradients", f"a norm of {norm}",
                                     "a smaller learning rate; minicnn.first_nonfinite(model, x) looks at the forward pass"))
    if norm > max_norm:
        for p in parameters.values():
            p.grad = p.grad * (max_norm / norm)
    return norm
