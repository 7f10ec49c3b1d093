"""An array that is learned, and its gradient."""

import numpy as np

from ..shapes import check_floats, check_shape


class Parameter:
    """A `value` and, after a backward pass, `grad`: the gradient of the loss with respect to it.

    Both may be replaced by arrays of the same shape. `grad` is converted to the dtype of `value`.

    Shapes: value and grad alike; grad is None before the first backward pass.
    Raises: ShapeError, DtypeError if a replacement does not fit.
    """

    def __init__(self, value: np.ndarray):
        check_floats("Parameter", value=value)
        self._value, self._grad = value, None

    @property
    def value(self):
        """The numbers that are learned."""
        return self._value

    @value.setter
    def value(self, value):
        check_floats("Parameter", value=value)
        self._check("value", value)
        self._value = value

    @property
    def grad(self):
        """dL/dvalue of the last backward pass, or None before the first one."""
        return self._grad

    @grad.setter
    def grad(self, grad):
        if grad is not None:
            check_floats("Parameter", grad=grad)
            self._check("grad", grad)
            grad = grad.astype(self._value.dtype, copy=False)
        self._grad = grad

    def _check(self, name, array):
        if array.shape != self._value.shape:
            check_shape("Parameter", name, array.shape, self._value.shape, "a parameter keeps its shape")

    @property
    def shape(self):
        """The shape of value and grad."""
        return self._value.shape

    @property
    def size(self):
        """How many numbers the parameter has."""
        return self._value.size

    def __repr__(self):
        return f"Parameter{self.shape} {self._value.dtype}"
