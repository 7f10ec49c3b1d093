"""The letters of docs/notation.md for the axes of an array, so that reports can say dw[u=2, v=0, c=1, f=3]."""

import numpy as np

# By the name of an array and its number of axes.
LETTERS = {("x", 4): "nijc", ("x", 2): "nd", ("y", 4): "nijc", ("y", 3): "ijc", ("y", 2): "nk", ("w", 4): "uvcf",
           ("w", 2): "dk", ("cols", 2): "rq", ("logits", 2): "nk", ("gamma", 1): "c", ("beta", 1): "c",
           ("mean", 1): "c", ("var", 1): "c"}
SIZES = {"u": "KH", "v": "KW", "c": "C", "f": "F", "n": "N", "i": "H", "j": "W", "d": "D", "k": "K"}


def letters(name, ndim, arrays):
    """The index letters of an array: 'w', 4 -> 'uvcf'. A shape that the notation does not know gets 'abcd'.

    `arrays` maps names to the arrays that belong together. The last axis of b and y is that of the w beside them: f for
    filters (KH, KW, C, F), k for a dense layer's w (D, K).
    """
    path, dot, short = name.rpartition(".")
    found = LETTERS.get((short, ndim), "abcdefgh"[:ndim])
    outputs = LETTERS.get(("w", np.ndim(arrays.get(f"{path}{dot}w"))), "")[-1:]
    return found[:-1] + outputs if outputs and short in ("b", "y") else found


def place(what, index, arrays):
    """An entry with its letters: 'dw', (2, 0, 1, 3) -> dw[u=2, v=0, c=1, f=3]. A plain number has only its name.

    `what` is the name of an array, or d and the name: its gradient. `arrays` is as for letters.
    """
    axes = letters(what[1:] if what.startswith("d") else what, len(index), arrays)
    axes = "i" if axes == "a" else axes                            # one axis without a letter of its own
    return what + (f"[{', '.join(f'{letter}={k}' for letter, k in zip(axes, index))}]" if index else "")
