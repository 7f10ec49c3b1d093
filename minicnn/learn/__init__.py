"""The exercises of the course, and what checks them. `minicnn learn` is the command; docs/learn.md describes it.

    exercises/NN_name/   one exercise: task.py, solution.py, hints.md, and check.py with a function check(task)
    faults.py            Fault: what is wrong with an answer
    task.py              a learner's file as check.py sees it: its functions and its values
    compare.py           compare_forward: the first wrong number, and what it should be the sum of
    traced.py            numbers that remember how they were computed
    results.py           shapes and kinds of what a learner's function returns
    gradients.py         check_gradients: the gradient check on a learner's backward pass
    backward.py          check_backward: shapes, the gradient check, and numbers to follow with a pencil
    advice.py            advised: one more line for a message; Named: a function with a readable name
    small.py             the small arrays of the chapters
    values.py            check_value: answers that are no code
    worker.py            the process in which a learner's code runs
    sandbox.py           starts that process, and stops it if it takes too long

    catalogue.py         the exercises that minicnn ships
    folder.py            the folder of a learner: its files; progress.py: what was solved
    watch.py report.py   watch mode, and the text that is shown after a check
    mine.py train.py     the learner's functions that pass their checks, and a training on them

check.py of an exercise imports only the names below, and minicnn itself.
"""

from .advice import Named, advised
from .backward import check_backward
from .compare import compare_forward
from .faults import Fault, WrongNumber
from .gradients import check_gradients
from .task import Task
from .values import check_value
