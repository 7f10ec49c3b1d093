"""Small parameters, updated together as one long array.

The rules of SGD, RMSprop and Adam change each number by itself, so the parameters may lie one after the other in one array,
and the numbers stay the same. Ten calls of an op become one: at batch size 1 that was a fifth of LeNet-5's step. Gradients
are copied into the long array, so large parameters stay alone: there the copy would cost more than the call.
"""

import numpy as np

from ..shapes import DtypeError, message

SMALL = 1 << 15   # numbers


class Group:
    """One parameter, or several that are updated as one; `memory` is the optimizer's, slot -> name -> array."""

    def __init__(self, named, memory):
        self.names, self.parameters, self.memory = list(named), list(named.values()), memory
        self.spans, start = [], 0
        for p in self.parameters:
            self.spans.append((start, start + p.size, p.shape))
            start += p.size
        self.joined = {}                                           # slot (None: the values) -> (the long array, its parts)

    def gather(self):
        """The values, the gradients, and one array for each slot of the memory."""
        gradients = [p.grad for p in self.parameters]
        return [self._join(None, [p.value for p in self.parameters]),
                gradients[0] if len(gradients) == 1 else long(gradients), *self.slots()]

    def slots(self):
        """One array for each slot of the memory."""
        return [self._join(slot, [named[name] for name in self.names]) for slot, named in self.memory.items()]

    def scatter(self, value, *memory):
        """Hand out the new values, and the new arrays of the memory."""
        for p, part in zip(self.parameters, self._split(None, value)):
            p.value = part
        for (slot, named), array in zip(self.memory.items(), memory):
            named.update(zip(self.names, self._split(slot, array)))

    def _join(self, slot, arrays):
        """The arrays as one. Those that _split handed out, and nobody replaced, are one already."""
        if len(arrays) == 1:
            return arrays[0]
        joined, parts = self.joined.get(slot, (None, ()))
        if len(parts) == len(arrays) and all(array is part for array, part in zip(arrays, parts)):
            return joined
        dtypes = sorted({str(array.dtype) for array in arrays})
        if len(dtypes) > 1:
            raise DtypeError(message("Optimizer.step", f"the {slot or 'values'} of all parameters in the dtype they began with",
                                     " and ".join(dtypes), "make a new optimizer after the change"))
        return long(arrays)

    def _split(self, slot, joined):
        """The array of each parameter, as a view of the long one."""
        if len(self.spans) == 1:
            return [joined]
        parts = [joined[start:stop].reshape(shape) for start, stop, shape in self.spans]
        self.joined[slot] = joined, parts
        return parts


def long(arrays):
    """The arrays one after the other."""
    return np.concatenate([array.reshape(-1) for array in arrays])


def groups_of(parameters, memory, together):
    """The groups of an optimizer: with `together`, all small parameters of one dtype are a group; the others stay alone."""
    small = {}
    for name, p in parameters.items():
        key = p.value.dtype if together and p.size <= SMALL else name
        small.setdefault(key, {})[name] = p
    return [Group(named, memory) for named in small.values()]
