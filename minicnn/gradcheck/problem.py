"""What is checked: two passes as functions, the inputs, dy, and what is known about them."""

from typing import NamedTuple

import numpy as np

from .rule import Rule


class Problem(NamedTuple):
    """forward(**inputs) -> y  and  backward(dy, **inputs) -> {name: gradient}, and where to check them."""

    title: str
    forward: object
    backward: object
    inputs: dict
    dy: np.ndarray
    rule: Rule
    facts: dict                    # settings that hints may look at: kernel_size, stride, padding, rate
    alone: bool = False            # one op or layer, whose own kinks can be tested
    linear: bool = True            # backward takes a dy (a loss does not)
    again: str = ""
    drawn: tuple = ()              # names of inputs that were drawn: another draw is as good
    parameters: tuple = ()         # names of inputs that are parameters
    also: tuple = ()               # findings about the whole layer, made elsewhere
    note: str = ""                 # a sentence for the report that is no finding
    look: str = ""                 # how these inputs differ from the first ones: 'x times 10'

    @property
    def dtype(self):
        return self.dy.dtype

    def copies(self):
        return {name: array.copy() for name, array in self.inputs.items()}

    def at(self, inputs):
        return self._replace(inputs=inputs)

    def gradients(self, dy=None):
        """name -> gradient for a dy (the problem's own if None), each a copy of its own."""
        dy = self.dy.copy() if dy is None else dy
        return {name: None if g is None else np.array(g) for name, g in self.backward(dy, **self.copies()).items()}

    def along(self, name):
        """forward as a function of one array alone; its results are copies, whatever buffers forward uses."""
        return lambda value: np.array(self.forward(**{**self.inputs, name: value}))
