"""What a check found, as objects and as text: where, what, why it might be, and how to see it again."""

import math
from typing import NamedTuple


class Row(NamedTuple):
    """The verdict on one array: its largest relative error, where, both gradients there, and the hints."""

    name: str
    shape: tuple
    error: float
    worst: tuple
    analytic: float
    numeric: float
    bar: float                     # the error bar of `numeric`
    wrong: int                     # entries that differ
    kinks: int                     # entries that stood on a kink, and are right at a nudged input
    problem: str
    hints: list
    vacuous: bool = False          # y does not depend on this array here: nothing was compared
    note: str = ""                 # a sentence that is no problem
    place: str = ""                # `worst` with its letters: dw[u=2, v=0, c=1, f=3]; "" if there is no such entry

    @property
    def ok(self):
        return not self.problem

    @property
    def size(self):
        return math.prod(self.shape)

    @property
    def verdict(self):
        """'ok', 'KINK' (right, but only beside the kink) or 'WRONG'."""
        return "WRONG" if self.problem else "KINK" if self.kinks else "ok"

    def lines(self, why=True):
        """One line, and where it failed: where, what and why."""
        kinks = f", {self.kinks} kinks stepped around" if self.kinks else ""
        yield f"d{self.name:<16} {self.shape!s:<18} {self.verdict:<5} relative error {self.error:.1e}{kinks}"
        if self.problem:
            yield f"    {self.problem}"
            if self.place:
                yield f"    where  worst at {self.place}"
                yield f"    what   analytic {self.analytic:.9g}, numeric {self.numeric:.9g} +- {self.bar:.0e}"
            for k, hint in enumerate(self.hints if why else ()):
                yield f"    {'why ' if k == 0 else 'or  '}   {hint.text}"
        if self.note:
            yield f"    note: {self.note}"


class Report:
    """What a check found: `.ok`, `.rows`, `.findings` (broken rules that are no number), and str() of it a table."""

    def __init__(self, title, rows, findings=(), again="", note=""):
        self.title, self.rows, self.findings, self.again, self.note = title, rows, list(findings), again, note

    @property
    def ok(self):
        return not self.findings and all(row.ok for row in self.rows)

    @property
    def vacuous(self):
        """Whether nothing was compared at all: y depends on no input here."""
        return all(row.vacuous for row in self.rows)

    @property
    def error(self):
        """The largest relative error of all arrays."""
        return max(row.error for row in self.rows)

    @property
    def hints(self):
        """What may be the cause, the likeliest first."""
        return self.findings + [hint for row in self.rows for hint in row.hints]

    def lines(self, why=True):
        """A line per array, more for what failed, and the command that shows it again; without `why` no word of a cause."""
        for hint in self.findings:
            yield f"rule broken: {hint.text if why else '(ask for the hints)'}"
        for row in self.rows:
            yield from row.lines(why)
        if self.note:
            yield f"note: {self.note}"
        if self.again and not self.ok:
            yield f"again: {self.again}"

    def __str__(self):
        return "\n     ".join([f"{'ok  ' if self.ok else 'FAIL'} {self.title}", *self.lines()])

    __repr__ = __str__
