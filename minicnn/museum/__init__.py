"""A museum of bugs, most of which really stood in public code: look at them, run them, and see what catches them.

    exhibit.py                          a card, and the engine with that bug in it
    convolution.py ... structure.py     the cards
    guards.py                           the checks that catch them, and lax ones that do not
    quiz.py                             find the bug, with the checker as the only tool
"""


from . import activations, batchnorm, convolution, losses, optimizers, pooling, structure
from .exhibit import Exhibit, broken
from .guards import LAX, Verdict, caught, misses, report

EXHIBITS = {exhibit.name: exhibit for room in (convolution, pooling, activations, batchnorm, losses, structure, optimizers)
            for exhibit in room.EXHIBITS}
