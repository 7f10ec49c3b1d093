"""Memory that is used again, without anyone noticing.

A fresh array of a megabyte costs more than filling it: the kernel hands out pages one fault at a time and takes them
back when the array dies. `empty` therefore keeps the memory of past arrays and lends it anew, as a view. NumPy makes
every view (and view of a view) hold a reference to the array that owns the memory, so the owner's reference count
says whether anybody can still see it: memory is lent again only when nobody can. A user who keeps an activation keeps
it unchanged for ever.
"""

import sys
import threading

import numpy as np

SMALL = 1 << 14  # below this many bytes the allocator is as good
MOST = 1 << 30   # above this many bytes, memory that nobody can see is given back before more is taken


class Buffers:
    """Owners of memory by size, and the rule when one may be lent again."""

    def __init__(self):
        self.lock, self.owners, self.total = threading.Lock(), {}, 0
        self.idle = self.references([np.empty(8, np.uint8)], 0)    # measured, not assumed: versions of Python differ

    @staticmethod
    def references(owners, index):
        """How many references an owner has; `idle` is what this says when nothing but its list holds it."""
        return sys.getrefcount(owners[index])

    def lend(self, size):
        """The bytes of an owner of `size` that nobody can see, or of a new one."""
        with self.lock:
            owners = self.owners.setdefault(size, [])
            for index in range(len(owners) - 1, -1, -1):
                if self.references(owners, index) == self.idle:
                    return owners[index][:]
            if self.total + size > MOST:
                self.give_back()
            owners = self.owners.setdefault(size, [])
            owners.append(np.empty(size, np.uint8))
            self.total += size
            return owners[-1][:]

    def give_back(self):
        """Forget every owner that nobody can see."""
        seen = {size: [owners[index] for index in range(len(owners)) if self.references(owners, index) > self.idle]
                for size, owners in self.owners.items()}
        self.owners, self.total = seen, sum(size * len(owners) for size, owners in seen.items())


BUFFERS = Buffers()


def size_class(size):
    """`size` rounded up to one of eight steps between two powers of two, so that nearby sizes share memory."""
    step = 1 << max(size.bit_length() - 4, 6)
    return -(-size // step) * step


def empty(shape, dtype):
    """np.empty(shape, dtype), from memory that was used before where there is any."""
    dtype = np.dtype(dtype)
    size = dtype.itemsize
    for length in shape:
        size *= int(length)
    if size < SMALL:
        return np.empty(shape, dtype)
    return BUFFERS.lend(size_class(size))[:size].view(dtype).reshape(shape)
