"""The right numbers in the wrong places: transposed, flipped, shifted."""

import itertools

import numpy as np

from ..evidence import Hint, alike


def reordered(e):
    """The gradient has the right numbers in other places."""
    n, axes = e.numeric, range(e.numeric.ndim)
    if alike(e.analytic, n):                                       # wrong in small entries alone: any order looks right
        return None
    for order in itertools.permutations(axes):
        if list(order) != list(axes) and (alike(e.analytic.ravel(), n.transpose(order).ravel())
                                          or alike(e.analytic.transpose(order).ravel(), n.ravel())):
            return Hint("transposed", "the right numbers with axes exchanged: the transpose with order "
                                      f"{order} was taken for the array itself (a reshape where a transpose is due?)")
    for count in axes:
        for flipped in itertools.combinations(axes, count + 1):
            if alike(e.analytic, np.flip(n, flipped)):
                return Hint("flipped", f"the right numbers, flipped along {', '.join(e.letters[k] for k in flipped)}")
    for rows, columns in itertools.product((0, 1, -1, 2, -2), repeat=2) if e.letters == "nijc" else ():
        if (rows, columns) != (0, 0) and _shifted(e.analytic, n, (0, rows, columns, 0)):
            return Hint("shifted", f"the right numbers, shifted by {rows} rows and {columns} columns: "
                                   "is the padding cut off at the right side?")
    if e.letters != "nijc":
        for axis, k in itertools.product(axes, (1, -1, 2, -2)):
            if n.shape[axis] >= abs(k) + 3 and _shifted(e.analytic, n, [k * (axis == other) for other in axes]):
                return Hint("shifted", f"the right numbers, shifted by {k} along {e.letters[axis]}: is an index off by "
                                       f"{abs(k)}?")
    if n.size > 3 and alike(np.sort(e.analytic, axis=None), np.sort(n, axis=None)):
        return Hint("permuted", "the right numbers in the wrong places: the order of axes (C or Fortran) or of indices is "
                                "mixed "
                                "up, or two halves are exchanged")
    return None


def matrix_transposed(e):
    """dx = dy m where m^T is due: dy[o]/dx[k] and dy[k]/dx[o] are exchanged."""
    J = e.jacobians
    if J is None or e.x.shape != e.dy.shape or alike(J.ours, J.right):
        return None
    if alike(J.ours, J.right.T):
        return Hint("matrix transposed", "backward sends dy[o] to x[k] with the factor that forward has from x[o] to y[k]: a "
                                         "matrix "
                                         "must be transposed in backward (or not), or a kernel flipped: the direction is "
                                         "reversed")
    axes = [axis for axis, size in enumerate(e.x.shape) if size > 1]
    ours, right = (array.reshape(e.x.shape + e.dy.shape) for array in (J.ours, J.right))
    for axis in axes:
        if alike(ours, np.swapaxes(right, axis, axis + e.x.ndim)):
            return _reversed(e, axis)
    return None


def direction(e):
    """The same along one axis where x and y have as many places but other channels: a kernel used in forward's direction."""
    J = e.jacobians
    if J is None or e.x.ndim != e.dy.ndim:
        return None
    ours, right = (array.reshape(e.x.shape + e.dy.shape) for array in (J.ours, J.right))
    for axis, (a, b) in enumerate(zip(e.x.shape, e.dy.shape)):
        if a == b > 2 and not alike(ours, right) and alike(ours, np.swapaxes(right, axis, axis + e.x.ndim)):
            return _reversed(e, axis)
    return None


def _reversed(e, axis):
    letter = e.letters[axis]
    return Hint("direction", f"along {letter} backward goes in the same direction as forward: where y[{letter}] sees "
                             f"x[{letter} - 1], "
                             f"dy[{letter}] has to go to dx[{letter} - 1]. The direction is reversed: flip the kernel or "
                             "transpose "
                             "the matrix, or undo that")


def misplaced(e):
    """Each entry gets the right factors, from outputs that stand a fixed number of places away."""
    J = e.jacobians
    if J is None or not J.there.any():
        return None
    ours, right = (array.reshape(e.x.size, *e.dy.shape) for array in (J.ours, J.right))
    for axis, size in enumerate(e.dy.shape):
        for k in (1, -1, 2, -2):
            if size > abs(k) + 1 and _shifted(ours, right, [0] + [k * (axis == other) for other in range(e.dy.ndim)]):
                return Hint("dy shifted", f"right, if dy were shifted by {k} along its axis {axis}: an index of dy is off by "
                                          f"{abs(k)}")
    ours, right = (array.reshape(*e.x.shape, e.dy.size) for array in (J.ours, J.right))
    for axis, size in enumerate(e.x.shape):
        for k in (1, -1, 2, -2):
            if size > abs(k) + 1 and _shifted(ours, right, [k * (axis == other) for other in range(e.x.ndim)] + [0]):
                return Hint("dx shifted", f"the right numbers, shifted by {k} along {e.letters[axis]}: an index is off by "
                                          f"{abs(k)}")
    return None


def permuted_outputs(e):
    """Right, if the outputs stood in another order."""
    J = e.jacobians
    if J is None or e.dy.size < 3:
        return None
    if alike(J.ours, J.right):
        return None
    for what, ours, right in (("dy", J.ours.T, J.right.T), (f"d{e.name}", J.ours, J.right)):
        order = _matching(ours, right)
        if order is None:
            continue
        moved = [k for k, other in enumerate(order) if k != other]
        if not moved:
            continue
        k = moved[0]
        shape = e.dy.shape if what == "dy" else e.x.shape
        one, two = ([int(i) for i in np.unravel_index(index, shape)] for index in (k, order[k]))
        return Hint("order of " + what, f"the right numbers in another order: {what}{one} is used as if it stood at {two} (and "
                                        f"{len(moved) - 1} more). Two axes, halves or indices are exchanged, or a matrix "
                                        "transposed")
    return None


def _matching(ours, right):
    """The order for which ours[k] = right[order[k]], or None."""
    order, free = [], set(range(len(right)))
    largest = np.abs(right).max()
    for row in ours:
        match = next((k for k in sorted(free) if np.abs(right[k] - row).max() <= 1e-6 * largest), None)
        if match is None:
            return None
        free.discard(match)
        order.append(match)
    return order


def _shifted(a, n, shift):
    """a[i + shift] = n[i] wherever both exist."""
    ours, theirs = [], []
    for k, size in zip(shift, n.shape):
        ours.append(slice(max(k, 0), size + min(k, 0)))
        theirs.append(slice(max(-k, 0), size - max(k, 0)))
    return alike(a[tuple(ours)], n[tuple(theirs)])
