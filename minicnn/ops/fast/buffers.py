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
KEEP = 1 << 26   # this much may always lie idle


class Buffers:
    """Owners of memory by size, and the rule when one may be lent again."""

    def __init__(self):
        self.lock, self.owners = threading.Lock(), {}
        self.idle = self.references([np.empty(8, np.uint8)], 0)

    @staticmethod
    def references(owners, index):
        """How many references an owner has when only its list holds it is measured, not assumed: versions differ."""
        return sys.getrefcount(owners[index])

    def lend(self, size):
        """An owner of at least `size` bytes that nobody can see, or a new one, as a view of all its bytes."""
        with self.lock:
            owners = self.owners.setdefault(size, [])
            for index in range(len(owners) - 1, -1, -1):
                if self.references(owners, index) == self.idle:
                    return owners[index][:]
            self.shrink()
            owners.append(np.empty(size, np.uint8))
            return owners[-1][:]

    def shrink(self):
        """Give memory back to the system when more lies idle than is in use: work of another size has begun."""
        idle = {size: [i for i in range(len(owners)) if self.references(owners, i) == self.idle]
                for size, owners in self.owners.items()}
        idle_bytes = sum(size * len(places) for size, places in idle.items())
        all_bytes = sum(size * len(owners) for size, owners in self.owners.items())
        if idle_bytes > max(KEEP, all_bytes - idle_bytes):
            for size, places in idle.items():
                for index in reversed(places):
                    del self.owners[size][index]


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
