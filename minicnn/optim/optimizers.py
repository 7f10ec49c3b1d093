"""Optimizers decide how gradients change the parameters. One step reads every parameter's `grad` and replaces its `value`.

The rule of each optimizer is an op, three to eight lines in ops/reference/updates.py. What it remembers between steps is
a dict of arrays with the parameters' names as keys, so a checkpoint can save it.
Letters: w a value, g its gradient, t the step, from 1.
The definitions are PyTorch's: weight decay is coupled (added to the gradient) in SGD, RMSprop and Adam, decoupled in AdamW.
"""

import numpy as np

from .. import ops
from ..layers.parameter import Parameter, check_parameters
from ..ops.checks import in_range
from ..shapes import NonFiniteError, message, shown
from .groups import groups_of

CHECK_EVERY = 10                                                   # steps: a look after each would cost 0.5% of a training
INSTEAD = {
    "zero_grad": "backward assigns gradients, so there is nothing to set to zero",
    "state_dict": "save_checkpoint(path, optimizer=optimizer) writes state()",
    "load_state_dict": "load_checkpoint(path, optimizer=optimizer) reads it",
    "learning_rate": "the learning rate is lr",
    "minimize": "model.backward(dlogits), then step()",
}


class Optimizer:
    """The base class: it holds `parameters` (name -> Parameter), `lr`, the step count `t` and `memory`.

    Raises: ValueError for a hyper-parameter out of range or a model without parameters; RuntimeError in step()
    if a parameter has no gradient yet, NonFiniteError if the memory overflowed (every tenth step looks).
    """

    slots: tuple[str, ...] = ()                                    # names of the arrays remembered for each parameter
    entrywise = False                                              # does this class's `update` change each number by itself?

    def __init__(self, parameters: dict[str, Parameter], lr: float, weight_decay: float):
        who = type(self).__name__
        check_parameters(who, parameters)
        in_range(who, lr=lr, weight_decay=weight_decay)
        self.parameters, self.lr, self.weight_decay, self.t = parameters, float(lr), float(weight_decay), 0
        self.memory = {slot: {name: np.zeros_like(p.value) for name, p in parameters.items()} for slot in self.slots}
        rule = next(cls for cls in type(self).__mro__ if "update" in vars(cls))      # a subclass may have a rule of its own
        self.groups = groups_of(parameters, self.memory, together=vars(rule).get("entrywise", False))

    def step(self) -> None:
        """Change every parameter once, against its gradient."""
        for name, p in self.parameters.items():
            if p.grad is None:
                raise RuntimeError(message(f"{type(self).__name__}.step", f"a gradient of parameter {name}", "None",
                                           "call model.backward(dy) first"))
        in_range(type(self).__name__, lr=self.lr)
        self.t, self.lr = self.t + 1, float(self.lr)               # a NumPy float64 would make float32 weights float64
        for group in self.groups:                                  # a large parameter, or all small ones as one long array
            group.scatter(*self.update(*group.gather()))
        if self.t % CHECK_EVERY == 0:
            self._check_memory()

    def _check_memory(self):
        """Raise NonFiniteError if the memory overflowed. No loss shows this: where Adam's v is infinite, its step is 0."""
        if all(np.isfinite(array).all() for group in self.groups for array in group.slots()):
            return
        for slot, named in self.memory.items():
            for name, array in named.items():
                if not np.isfinite(array).all():
                    raise NonFiniteError(message(f"{type(self).__name__}.step", f"finite {slot} of parameter {name}",
                                                 "NaN or infinity", "a smaller learning rate or clip_gradients may help"))

    def __getattr__(self, name):
        raise AttributeError(message(type(self).__name__, "an attribute that it has", repr(name), INSTEAD.get(name, "")))

    learning_rate = property(fset=lambda self, value: self.__getattr__("learning_rate"))      # to set it would change nothing

    def update(self, w, g, *memory):
        """The new value of one parameter, and the new array of each slot, from the old ones."""
        raise TypeError(message(type(self).__name__, "a method update(w, g, *memory)", "the base class's"))

    def state(self):
        """Everything a checkpoint needs: arrays and numbers by name."""
        arrays = {f"{slot}/{name}": array for slot, named in self.memory.items() for name, array in named.items()}
        return arrays | {"kind": np.array(type(self).__name__), "t": np.array(self.t), "lr": np.array(self.lr, np.float64)}

    def load_state(self, state):
        """Take back what state() gave; the checkpoint has compared names, shapes and dtypes."""
        same_kind(self, state)
        t, lr = int(state["t"]), float(state["lr"])
        if t < 0:
            raise ValueError(message(type(self).__name__, "t >= 0", t))
        in_range(type(self).__name__, lr=lr)
        for slot, named in self.memory.items():
            for name in named:
                named[name] = state[f"{slot}/{name}"]
        self.t, self.lr = t, lr


class SGD(Optimizer):
    """Stochastic gradient descent, plain or with momentum.

        u = momentum * u + g,      w = w - lr * u

    Nesterov's form looks one step of momentum ahead:  w = w - lr * (g + momentum * u).
    Source: Sutskever, Martens, Dahl, Hinton, 'On the importance of initialization and momentum', 2013.
    """

    slots = ("u",)
    entrywise = True

    def __init__(self, parameters: dict[str, Parameter], lr: float = 0.01, momentum: float = 0.0, nesterov: bool = False,
                 weight_decay: float = 0.0):
        in_range("SGD", momentum=momentum)
        if nesterov and momentum == 0:
            raise ValueError(message("SGD", "momentum > 0 with nesterov=True", momentum, "momentum=0.9 is usual"))
        self.momentum, self.nesterov = float(momentum), bool(nesterov)
        super().__init__(parameters, lr, weight_decay)

    def update(self, w, g, *memory):
        return ops.sgd(w, g, *memory, self.lr, self.momentum, self.nesterov, self.weight_decay)


class RMSprop(Optimizer):
    """Divide each gradient by its recent size, the root of a running mean of its square.

        v = decay * v + (1 - decay) * g**2,      w = w - lr * g / (sqrt(v) + epsilon)

    Source: Hinton, Srivastava, Swersky, 'Neural Networks for Machine Learning', lecture 6e, 2012.
    """

    slots = ("v",)
    entrywise = True

    def __init__(self, parameters: dict[str, Parameter], lr: float = 0.01, decay: float = 0.99, epsilon: float = 1e-8,
                 weight_decay: float = 0.0):
        in_range("RMSprop", decay=decay, epsilon=epsilon)
        self.decay, self.epsilon = float(decay), float(epsilon)
        super().__init__(parameters, lr, weight_decay)

    def update(self, w, g, *memory):
        return ops.rmsprop(w, g, *memory, self.lr, self.decay, self.epsilon, self.weight_decay)


class Adam(Optimizer):
    """Momentum and RMSprop together, both corrected for their start at zero.

        m = beta1 * m + (1 - beta1) * g,        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t),             v_hat = v / (1 - beta2**t)
        w = w - lr * m_hat / (sqrt(v_hat) + epsilon)

    In the first step m_hat = g and v_hat = g**2, so w moves by lr * sign(g).

    Source: Kingma, Ba, 'Adam: A Method for Stochastic Optimization', 2014, algorithm 1.
    """

    slots = ("m", "v")
    entrywise = True
    decoupled = False

    def __init__(self, parameters: dict[str, Parameter], lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999),
                 epsilon: float = 1e-8, weight_decay: float = 0.0):
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise ValueError(message(type(self).__name__, "betas: a pair such as (0.9, 0.999)", shown(betas)))
        self.beta1, self.beta2 = betas
        in_range(type(self).__name__, beta1=self.beta1, beta2=self.beta2, epsilon=epsilon)
        self.beta1, self.beta2, self.epsilon = float(self.beta1), float(self.beta2), float(epsilon)
        super().__init__(parameters, lr, weight_decay)

    def update(self, w, g, *memory):
        return ops.adam(w, g, *memory, self.t, self.lr, self.beta1, self.beta2, self.epsilon, self.weight_decay,
                        self.decoupled)


class AdamW(Adam):
    """Adam with a weight decay that does not pass through m and v:  w = w - lr * (weight_decay * w + Adam's direction).

    Source: Loshchilov, Hutter, 'Decoupled Weight Decay Regularization', 2017, algorithm 2.
    """

    decoupled = True

    def __init__(self, parameters: dict[str, Parameter], lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999),
                 epsilon: float = 1e-8, weight_decay: float = 0.01):
        super().__init__(parameters, lr, betas, epsilon, weight_decay)


def check_state(thing, state):
    """Raise ValueError unless `state` is a dict with the names of thing.state()."""
    if not isinstance(state, dict) or set(state) != set(thing.state()):
        got = f"a dict of {sorted(map(str, state))[:4]}" if isinstance(state, dict) else type(state).__name__
        raise ValueError(message(f"{type(thing).__name__}.load_state", "what state() of this class gave", got))


def same_kind(thing, state):
    """Raise ValueError if the state was saved by another class, or is none."""
    if isinstance(state, dict) and "kind" in state and str(state["kind"]) != type(thing).__name__:
        raise ValueError(message(type(thing).__name__, f"the state of a {type(thing).__name__}", f"that of a {state['kind']}"))
    check_state(thing, state)
