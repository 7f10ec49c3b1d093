"""An array that is learned, and its gradient."""

import numpy as np

from ..shapes import check_floats, check_shape, message, shown


class Parameter:
    """A `value` and, after a backward pass, `grad`: the gradient of the loss with respect to it.

    Both may be replaced by arrays of the same shape. `grad` is converted to the dtype of `value`.

    Shapes: value and grad alike; grad is None before the first backward pass.
    Raises: ShapeError, DtypeError if a replacement does not fit.
    """

    __slots__ = ("_grad", "_value")                                # so layer.w.data = array is an error, not a new attribute

    def __init__(self, value: np.ndarray):
        check_floats("Parameter", value=value)
        self._value, self._grad = value, None

    @property
    def value(self):
        """The numbers that are learned."""
        return self._value

    @value.setter
    def value(self, value):
        if not self._alike(value):
            check_floats("Parameter", value=value)
            self._check("value", value)
        self._value = value

    @property
    def grad(self):
        """dL/dvalue of the last backward pass, or None before the first one."""
        return self._grad

    @grad.setter
    def grad(self, grad):
        if grad is not None and not self._alike(grad):
            check_floats("Parameter", grad=grad)
            self._check("grad", grad)
            grad = grad.astype(self._value.dtype, copy=False)
        self._grad = grad

    def _alike(self, array):
        """Whether this is an array of value's shape and dtype. Each step asks it for each parameter: it must be fast."""
        return type(array) is np.ndarray and array.dtype is self._value.dtype and array.shape == self._value.shape

    def _check(self, name, array):
        check_shape("Parameter", name, array.shape, self._value.shape, "a parameter keeps its shape")

    @property
    def shape(self):
        """The shape of value and grad."""
        return self._value.shape

    @property
    def size(self):
        """How many numbers the parameter has."""
        return self._value.size

    def _is_no_array(self, *others, **keywords):
        raise TypeError(message("Parameter", "an array", "the parameter that holds it", "write w.value or w.grad"))

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _is_no_array
    __matmul__ = __rmatmul__ = __pow__ = __rpow__ = __floordiv__ = __mod__ = __iadd__ = __isub__ = __neg__ = _is_no_array
    __abs__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __iter__ = __len__ = __float__ = __int__ = _is_no_array
    __getitem__ = __setitem__ = __array__ = _is_no_array

    def __bool__(self):
        return True

    def __getattr__(self, name):
        raise AttributeError(message("Parameter", "value, grad, shape or size", repr(name), "its numbers are in value"))

    def __repr__(self):
        return f"Parameter{self.shape} {self._value.dtype}"


def check_parameters(who, parameters):
    """Raise ValueError unless `parameters` is a dict of name -> Parameter with at least one."""
    expected, fix = "parameters: a dict of name -> Parameter, at least one", "pass model.parameters()"
    if not isinstance(parameters, dict) or not parameters:
        got = "an empty dict" if parameters == {} else type(parameters).__name__
        raise ValueError(message(who, expected, got, fix))
    for name, parameter in parameters.items():
        if not isinstance(parameter, Parameter):
            raise ValueError(message(who, expected, f"{type(parameter).__name__} at {shown(name)}", fix))
