"""What a layer is: two methods.

    class Square(Layer):
        def forward(self, x):
            self.saved = x                    # backward will need it
            return x * x

        def backward(self, dy):
            return 2 * self.saved * dy        # dL/dx = dL/dy * dy/dx

`forward` returns y. `backward` takes dL/dy (L is the loss), returns dL/dx, and assigns the gradients of the layer's
parameters: `self.w.grad = ...`. It assigns and never adds, so there is nothing to set to zero between two steps.

Layer does the rest. It finds the parameters, and it checks x and dy (see protocol.py). A layer whose y does not have x's
shape also defines `output_shape(x_shape, who)`.
"""

import inspect

import numpy as np

from ..shapes import check_flag, check_floats, check_not_empty, message, shown
from .parameter import Parameter
from .protocol import around_backward, around_forward, forget

INSTEAD = {                                   # what to use here, for names that people know from other frameworks
    "fit": "write the loop: README.md shows it, ten lines",
    "zero_grad": "backward assigns gradients, so there is nothing to set to zero",
    "state_dict": "save_checkpoint(path, model=model) writes it, parameters() and buffers() hold it",
    "load_state_dict": "load_checkpoint(path, model=model) reads it",
    "to": "everything runs on the CPU",
    "cuda": "everything runs on the CPU",
    "compile": "make an optimizer and write the loop: README.md shows it, ten lines",
    "add": "make a new one: Sequential([*model.layers, layer])",
    "append": "make a new one: Sequential([*model.layers, layer])",
    "weights": "parameters() holds them",
    "weight": "the weights are w",
    "bias": "the bias is b",
    "__call__": "call forward(x)",
}


CALLED_WITH = {"forward": ("self", "x"), "backward": ("self", "dy"), "output_shape": ("self", "x_shape", "who")}


class InitSignature:
    """What help() and inspect.signature() show for a layer class: the parameters of __init__, not those of Layer.__new__."""

    def __get__(self, layer, cls):
        if layer is not None:                                      # of a class only: a layer object is not called
            return None
        signature = inspect.signature(cls.__init__)
        taken = [] if cls.__init__ is Layer.__init__ else list(signature.parameters.values())[1:]
        return signature.replace(parameters=taken)


class Layer:
    """The base class of all layers. A layer without parameters or settings needs no __init__.

    `training` chooses between the two behaviours of dropout and batch norm. `caching` says whether forward saves what backward
    needs. `train()` sets both to True, `eval()` sets both to False. `eval(cache=True)` sets only `training` to False: for a
    gradient with respect to the image, or for a batch norm that keeps its statistics inside a network that learns.

    Arrays that exist after __init__ are the layer's buffers (batch norm's running statistics). Arrays that forward saves for
    backward are not buffers: they are dropped after use, and no checkpoint holds them.
    """

    buffer_names: tuple[str, ...] = ()        # arrays that forward updates, not the optimizer
    constant_names: tuple[str, ...] = ()      # arrays that forward reads and that never change
    __signature__ = InitSignature()

    def __init_subclass__(cls, **options):
        """The one place where the protocol is attached to a layer, ours or a user's: when its class is defined."""
        super().__init_subclass__(**options)
        for name, arguments in CALLED_WITH.items():
            if name in vars(cls):
                check_signature(f"{cls.__name__}.{name}", vars(cls)[name], arguments)
        if "forward" in vars(cls):
            cls.forward = around_forward(cls.forward)
        if "backward" in vars(cls):
            cls.backward = around_backward(cls.backward)

    def __new__(cls, *arguments, **keywords):
        """Set the attributes of the protocol here, so that a layer of your own need not call super().__init__()."""
        layer = super().__new__(cls)
        layer.training = layer.caching = True
        layer._identity = object()                                 # the key of this layer in the memory of checks that passed
        layer._inside = False                                      # is a forward or backward pass of this layer running?
        layer._y_shape = None                                      # of the last forward pass, until its backward pass
        layer._saved = {}                                          # names of what forward saved for backward
        return layer

    def __init__(self, *arguments, **keywords):
        """For layers without settings: they take no arguments."""
        if arguments or keywords:
            got = ", ".join([*map(shown, arguments), *(f"{name}={shown(value)}" for name, value in keywords.items())])
            raise TypeError(message(self._who(), "no arguments", got, "its x is the argument of forward(x)"))

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Compute y."""
        raise TypeError(message(self._who(), "a method forward(self, x)", "none", "it computes and returns y"))

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Take dL/dy, assign the gradients of the parameters, return dL/dx."""
        raise TypeError(message(self._who(), "a method backward(self, dy)", "none",
                                "it returns dL/dx and assigns the gradients of the parameters"))

    def output_shape(self, x_shape: tuple[int, ...], who: str | None = None) -> tuple[int, ...]:
        """The shape of y for an x of this shape, or a ShapeError. `who` is how the error calls this layer."""
        check_not_empty(who or self._who(), "x", x_shape)
        return x_shape

    # ---- what the layer holds

    def _parts(self):
        """Name -> object, for everything in which parameters, buffers and inner layers are searched."""
        return vars(self)

    def children(self) -> dict[str, "Layer"]:
        """Name -> layer, for each layer inside this one: in attributes, lists, tuples and dicts."""
        return dict(_find(Layer, self._parts()))

    def parameters(self) -> dict[str, Parameter]:
        """Name -> Parameter, in the order of the forward pass. Names are stable paths such as '0.w'."""
        return self._held(Parameter)

    def generators(self) -> dict[str, np.random.Generator]:
        """Name -> numpy Generator, for layers that draw random numbers."""
        return self._held(np.random.Generator)

    def buffers(self) -> dict[str, np.ndarray]:
        """Name -> array that existed after __init__ and that no optimizer changes."""
        return self._held(np.ndarray)

    def _held(self, kind):
        """Name -> object, for each object of this kind in this layer and in the layers inside it."""
        parts = {name: value for name, value in self._parts().items() if name not in self._saved}
        found, seen = {}, set()
        for name, value in _find((kind, Layer), parts):
            held = {f".{path}": each for path, each in value._held(kind).items()} if isinstance(value, Layer) else {"": value}
            for path, each in held.items():
                if id(each) not in seen:                           # one object under two names counts once
                    seen.add(id(each))
                    found[name + path] = each
        return found

    # ---- modes

    def train(self) -> "Layer":
        """Training mode, here and in all layers inside. Returns the layer."""
        return self._set_mode(True, True)

    def eval(self, cache: bool = False) -> "Layer":
        """Evaluation mode, here and in all layers inside. Nothing is saved for backward unless `cache`. Returns the layer."""
        check_flag(f"{self._who()}.eval", "cache", cache)
        return self._set_mode(False, cache)

    def _set_mode(self, training, caching):
        for layer in self.all_layers():
            forget(layer)
            layer.training, layer.caching = training, caching
        return self

    def all_layers(self):
        """This layer and all layers inside it, at any depth."""
        yield self
        for layer in self.children().values():
            yield from layer.all_layers()

    # ---- shapes, and a walk for summaries and diagnosis

    def child_inputs(self, x_shape: tuple[int, ...]):
        """(name, layer, shape of its input) for each child whose input is known; Sequential, Residual and Concat know."""
        return ()

    def multiply_adds(self, x_shape: tuple[int, ...]) -> int:
        """Multiply-and-add operations of one forward pass over x_shape: those of convolutions and dense layers."""
        return sum(layer.multiply_adds(shape) for _, layer, shape in self.child_inputs(x_shape))

    def trace(self, x: np.ndarray, who: str | None = None):
        """A forward pass that yields (place, layer, y) after each layer, also after inner layers, and returns y.

        `place` says where the layer is, such as 'Sequential[3] Conv2D'. The search for NaN and the doctor use it.
        """
        y = self.forward(x)
        yield who or self._who(), self, y
        return y

    def _check_x(self, x):
        check_floats(self._who(), x=x)
        self.output_shape(x.shape, self._who())

    def _who(self):
        return type(self).__name__

    def __call__(self, *arguments, **keywords):
        raise AttributeError(message(self._who(), "a method's name", "a call of the layer itself", INSTEAD["__call__"]))

    def __getattr__(self, name):
        fix = INSTEAD.get(name, "")
        raise AttributeError(message(type(self).__name__, "an attribute that it has", repr(name), fix))

    def __repr__(self):
        return f"{self._who()}()"


def check_signature(who, method, arguments):
    """Raise TypeError if a method of a layer does not take the arguments that it will be called with."""
    signature = inspect.signature(method)
    try:
        signature.bind(*arguments)
    except TypeError:
        raise TypeError(message(who, f"the parameters ({', '.join(arguments)})", str(signature))) from None


def check_is_layer(who, layer):
    """Raise TypeError for anything that is not a layer object."""
    if not isinstance(layer, Layer):
        fix = f"call it: {layer.__name__}(...)" if isinstance(layer, type) else ""
        raise TypeError(message(who, "a layer", shown(layer), fix))


def _find(kind, parts, prefix=""):
    """(path, object) for each object of this kind in a dict of parts, and in lists, tuples and dicts inside it."""
    for name, value in parts.items():
        if isinstance(value, kind):
            yield f"{prefix}{name}", value
        elif isinstance(value, dict):
            yield from _find(kind, value, f"{prefix}{name}.")
        elif isinstance(value, (list, tuple)):
            yield from _find(kind, dict(enumerate(value)), f"{prefix}{name}.")
