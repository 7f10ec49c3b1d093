"""The arrays that a page shows, and which place in memory belongs to which of their cells."""

import math
from typing import NamedTuple

import numpy as np

from .equations import Cell, number

GRIDS = {1: (None, 0), 2: (0, 1), 4: (1, 2)}                       # number of axes: which are the rows and columns of a grid
FILTERS = (0, 1)                                                   # those of filters (KH, KW, C, F)


class Place(NamedTuple):
    """A cell on the page: the index of its array, and of the cell in it."""

    array: int
    cell: int


class Numbers:
    """Every number of a recording once: its exact value and its text. Steps refer to it by index."""

    def __init__(self):
        self.values, self.index = [], {}

    def __call__(self, value):
        value = float(value)
        key = "nan" if math.isnan(value) else value + 0.0          # + 0.0: -0.0 is shown as 0
        if key not in self.index:
            self.index[key] = len(self.values)
            exact, text, short = key, *((number(key), number(key, 3)) if key != "nan" else ("NaN", "NaN"))
            exact = exact if isinstance(exact, float) and math.isfinite(exact) else str(exact)
            self.values.append([exact, text] + [short] * (short != text))
        return self.index[key]


class Shown:
    """One array of the page.

    ids: an integer for each cell, in the shape of the array with its frame of padding. role: the colour. axes: a letter for
    each axis; an array of four axes that start with u is a filter bank. rows: names of the rows. line: arrays with the same
    line stand side by side. side: 1 for a second column beside the first.
    """

    def __init__(self, index, name, shape, role, axes="", frame=(0, 0, 0, 0), note="", rows=None, line=0, side=0):
        top, bottom, left, right = frame
        self.index, self.name, self.role, self.axes, self.frame, self.note = index, name, role, axes, frame, note
        self.rows, self.line, self.side, self.shape = rows, line, side, tuple(shape)
        whole = list(shape)
        if any(frame):
            whole[1] += top + bottom
            whole[2] += left + right
        self.ids = np.arange(math.prod(whole)).reshape(whole)
        self.inside = self.ids[:, top:whole[1] - bottom, left:whole[2] - right] if any(frame) else self.ids
        self.start = [None] * self.ids.size                        # numbers before the first step; None: not there yet
        self.state = [None] * self.ids.size                        # numbers now

    def labels(self):
        """The index of each cell as text, with the frame at negative numbers and beyond the end."""
        top, _, left, _ = self.frame
        shift = np.zeros(self.ids.ndim, int)
        if any(self.frame):
            shift[1:3] = top, left
        return [", ".join(map(str, np.array(index) - shift)) for index in np.ndindex(self.ids.shape)]

    def panels(self):
        """One grid for each index of the axes that are neither rows nor columns: {"label", "rows": [[cell, ...], ...]}."""
        row, column = FILTERS if self.axes.startswith("uv") else GRIDS[self.ids.ndim]
        others = [axis for axis in range(self.ids.ndim) if axis not in (row, column)]
        found = []
        for index in np.ndindex(*(self.ids.shape[axis] for axis in others)):
            key = [slice(None)] * self.ids.ndim
            for axis, k in zip(others, index):
                key[axis] = k
            cells = self.ids[tuple(key)]
            label = ", ".join(f"{self.axes[axis]} = {k}" for axis, k in zip(others, index) if self.ids.shape[axis] > 1)
            found.append({"label": label, "rows": np.atleast_2d(cells).tolist()})
        return found

    def page(self):
        """What the page needs."""
        inside = set(self.inside.ravel().tolist())
        return {"name": self.name, "role": self.role, "note": self.note, "shape": list(self.shape), "labels": self.labels(),
                "panels": self.panels(), "start": self.start, "rows": self.rows, "line": self.line, "side": self.side,
                "frame": [cell for cell in range(self.ids.size) if cell not in inside]}


class Memory:
    """Knows for each address of a known array which cell of the page lies there."""

    def __init__(self):
        self.known = []                                            # (first address, end, array, the Place of each entry)

    def put(self, array, shown, ids):
        """The entries of `array` are the cells `ids` of a Shown; -1 is none. The array is kept: its address stays its own."""
        if not array.flags.c_contiguous:
            raise ValueError("Memory.put expected a contiguous array")
        first = array.__array_interface__["data"][0]
        self.known.append((first, first + array.nbytes, array, shown, np.ascontiguousarray(ids).ravel()))

    def find(self, array, index):
        """The Cell at array[index], or None if no cell of the page lies there, or if the index leaves axes out."""
        index = index if isinstance(index, tuple) else (index,)
        if len(index) != array.ndim or not all(isinstance(i, (int, np.integer)) for i in index):
            return None
        address = array.__array_interface__["data"][0] + sum(
            (i + size if i < 0 else i) * stride for i, size, stride in zip(index, array.shape, array.strides))
        for first, end, owner, shown, ids in reversed(self.known):
            if first <= address < end:
                cell = int(ids[(address - first) // owner.itemsize])
                return None if cell < 0 else Cell.at(Place(shown.index, cell), array[index])
        return None

    def entries(self, array, index):
        """The Cells at array[index], in order: one, or several if the index is of arrays such as x[rows, columns]."""
        if (cell := self.find(array, index)) is not None:
            return [cell]
        for _, _, owner, shown, ids in self.known:
            if owner is array and (np.ndim(ids.reshape(array.shape)[index]) > 0):
                return [Cell.at(Place(shown.index, cell), value)
                        for cell, value in zip(ids.reshape(array.shape)[index].ravel().tolist(), array[index].ravel().tolist())]
        return []

    def holds(self, array):
        """Whether the array, or what it is a view of, is known."""
        address = array.__array_interface__["data"][0]
        return any(first <= address < end for first, end, *_ in self.known)
