"""Parts of a gradient that are missing: samples, repeated indices, ways around."""

import numpy as np

from ..evidence import Hint, alike


def one_sample(e):
    """A gradient that comes from a single sample of the batch."""
    N = e.dy.shape[0] if e.dy.ndim else 1
    if N < 2 or (not e.is_parameter and e.x.ndim and e.x.shape[0] == N):
        return None
    for k in (N - 1, *range(N - 1)):
        alone = np.zeros_like(e.dy)
        alone[k] = e.dy[k]
        if alike(e.backward(alone), e.analytic):
            which = {0: "the first image", N - 1: "the last image"}.get(k, f"image {k}")
            return Hint("one sample", f"only {which} of the batch counts: the sum over the batch is missing")
    return None


def shortcut(e):
    """analytic - numeric = +-dy: the way around (a shortcut, the identity) is forgotten or taken twice."""
    for sign, what in ((-1, "forgotten"), (1, "added twice")):
        if alike(e.analytic - e.numeric, sign * e.dy):
            return Hint(f"shortcut {what}", f"off by exactly {sign:+d} * dy: a path from {e.name} to y (a shortcut, the "
                                            "identity) is "
                                            f"{what}")
    return None


def identity(e):
    """backward returns dy itself."""
    if alike(e.analytic, e.dy) and e.x.size > 1:
        return Hint("identity", f"d{e.name} is dy itself, unchanged: a term, a factor or a mask is left out, or a path through "
                                "something that depends on it is missing")
    return None


def overwritten(e):
    """Of several contributions to an entry, one is there and the others are not."""
    J = e.jacobians
    if J is None or not (J.same | ~J.here).all() or e.dy.size < 2:
        return None
    lost = J.there & ~J.here
    rows = np.flatnonzero(lost.any(axis=1))
    several = [k for k in rows if J.there[k].sum() > 1]
    if len(several) < len(rows) or not len(rows):
        return None
    k = int(rows[0])
    at = [int(i) for i in np.unravel_index(k, e.x.shape)]
    there = [[int(i) for i in np.unravel_index(o, e.dy.shape)] for o in np.flatnonzero(J.there[k])]
    left = [[int(i) for i in np.unravel_index(o, e.dy.shape)] for o in np.flatnonzero(J.here[k])]
    some = f"y{there[0]}, y{there[1]}" + (f" and {len(there) - 2} more" if len(there) > 2 else "")
    if (J.here[rows].sum(axis=1) == 1).all():
        which = "the last" if all(J.here[k, np.flatnonzero(J.there[k])[-1]] for k in rows) else "one"
        return Hint("overwritten", f"{e.name}{at} is used for {some}, but only the contribution of {which} of them, "
                                   f"dy{left[0]}, "
                                   "arrives. Contributions of repeated indices, overlapping windows or broadcast copies must "
                                   "be "
                                   "added (+=, np.add.at, a sum over the copies), not assigned")
    samples = _whole_samples(e, lost)
    if samples:
        return Hint("samples lost", f"no gradient arrives from sample {samples} of the batch: each row has to count")
    return Hint("contributions lost", f"{e.name}{at} is used for {some}, but the contributions of {int(lost[k].sum())} of "
                                      "these "
                                      f"{len(there)} do not arrive: a path is missing, or contributions of repeated indices "
                                      "overwrite "
                                      "each other (they must be added)")


def _whole_samples(e, lost):
    if e.dy.ndim < 2 or e.dy.shape[0] < 2:
        return ""
    by_sample = lost.reshape(len(lost), e.dy.shape[0], -1).any(axis=(0, 2))
    return ", ".join(map(str, np.flatnonzero(by_sample))) if 0 < by_sample.sum() < len(by_sample) else ""


def extra_paths(e):
    """Gradients where y does not depend on x at all, and right elsewhere."""
    J = e.jacobians
    if J is None or not e.dy.ndim or not (J.same | (J.here & ~J.there)).all() or not (J.here & ~J.there).any():
        return None
    k, o = (int(i) for i in np.argwhere(J.here & ~J.there)[0])
    at, out = ([int(i) for i in np.unravel_index(k, e.x.shape)], [int(i) for i in np.unravel_index(o, e.dy.shape)])
    return Hint("extra path", f"y{out} does not depend on {e.name}{at} here, but dy{out} reaches d{e.name}{at}; all else is "
                              "right. A "
                              "mask (dropout, a comparison, a triangle, a connection that is cut) is not applied in backward")


def off_diagonal(e):
    """Each entry's own output alone counts, although others depend on it too."""
    J = e.jacobians
    if J is None or e.x.shape != e.dy.shape or e.x.size < 4:
        return None
    own = np.eye(e.x.size, dtype=bool)
    if (J.here & ~own).any() or not (J.there & ~own).any():
        return None
    o = int(np.flatnonzero((J.there & ~own).any(axis=0))[0])
    k = int(np.flatnonzero(J.there[:, o] & ~own[:, o])[0])
    at, out = ([int(i) for i in np.unravel_index(i, e.x.shape)] for i in (k, o))
    axes = ", ".join(e.letters[a] for a, (i, j) in enumerate(zip(at, out)) if i != j)
    return Hint("off diagonal", f"y{out} depends on {e.name}{at} too (along {axes}), but its dy does not reach that entry: a "
                                "mean, a "
                                "norm, a sum or a weight that depends on x is taken for a constant, so a path is missing")
