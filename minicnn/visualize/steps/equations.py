"""Write the right-hand side of a statement with its numbers filled in:  x[n, i + u, j + v, c] * w[u, v, c, f]  ->  3 x 2.

The expression is walked as Python's `ast` gives it. A part that reads a cell of a known array becomes a reference to that
cell, so the page can colour it; everything else becomes a number.
"""

import ast
import inspect
import math
import types
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from . import source

OPERATORS = {ast.Add: (" + ", 1), ast.Sub: (" \u2212 ", 1), ast.Mult: (" \u00d7 ", 2), ast.Div: (" / ", 2)}
COMPARISONS = {ast.Lt: " < ", ast.Gt: " > ", ast.LtE: " \u2264 ", ast.GtE: " \u2265 ", ast.Eq: " = "}
TIGHT, LEAF = 3, 4                                                 # how strongly a text holds together: + 1, x 2, power 3


class Unreadable(Exception):
    """An expression that cannot be shown as one line of numbers, such as a call of a long function."""


class Cell(float):
    """The value of one entry of a known array. `place` says which."""

    place = None

    @classmethod
    def at(cls, place, value):
        """The Cell of a value and its place."""
        cell = cls(value)
        cell.place = place
        return cell


class Local(float):
    """The value of a local variable. `step` is the index of the step that assigned it."""

    step = None

    @classmethod
    def of(cls, step, value):
        """The Local of a value and its step."""
        local = cls(value)
        local.step = step
        return local


class Text(NamedTuple):
    """Tokens (words, Cells and Locals), how strongly they hold together, and whether they are only a constant."""

    tokens: list
    level: float
    constant: bool = False


def number(value, digits=4) -> str:
    """A number as the page shows it: 3, -0.25 (with a real minus sign), 1.234, an infinity as its symbol."""
    if isinstance(value, tuple):
        return "(" + ", ".join(map(number, value)) + ")"
    value = float(value)
    if math.isinf(value):
        return "\u221e" if value > 0 else "\u2212\u221e"
    text = str(int(value)) if value.is_integer() and abs(value) < 1e6 else f"{value:.{digits}g}"
    return text.replace("-", "\u2212").replace("e+0", "e").replace("e\u22120", "e\u2212")


class Reader:
    """Fills in numbers. find(array, index) gives the Cell of an entry, or None for arrays that the page does not show."""

    def __init__(self, find: Callable, environment: dict):
        self.find, self.environment = find, environment

    def read(self, node) -> Text:
        """The Text of an expression. Raises: Unreadable."""
        method = getattr(self, "_" + type(node).__name__.lower(), None)
        if method is None:
            return self._constant(node)
        return method(node)

    def value(self, node):
        """The value of an expression."""
        return eval(compile(ast.Expression(node), "<step>", "eval"), self.environment)

    def within(self, names):
        """A Reader that knows more names."""
        return Reader(self.find, self.environment | names)

    def cell(self, node):
        """The Cell that an expression such as x[i] or float(x[i]) reads; None if it reads none."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
            return self.cell(node.args[0])
        if isinstance(node, ast.Name) and isinstance(self.environment.get(node.id), Cell):
            return self.environment[node.id]
        if isinstance(node, ast.Subscript) and isinstance(array := self.value(node.value), np.ndarray):
            return self.find(array, self.value(node.slice))
        return None

    def _constant(self, node):
        value = self.value(node)
        if isinstance(value, (bool, int, float, np.number, np.bool_)) or (
                isinstance(value, tuple) and all(isinstance(v, (int, float)) for v in value)):
            return Text([number(value)], LEAF if isinstance(value, tuple) or not value < 0 else 0, True)
        raise Unreadable(ast.unparse(node))

    def _name(self, node):
        value = self.environment[node.id]
        if isinstance(value, Cell):                                # the page puts a box around it
            return Text([value], LEAF)
        if isinstance(value, Local):
            return Text([value], 0 if value < 0 else LEAF)
        return self._constant(node)

    def _subscript(self, node):
        cell = self.cell(node)
        return Text([cell], LEAF) if cell is not None else self._constant(node)

    def _tuple(self, node):
        parts = [self.read(part) for part in node.elts]
        return Text(["(", *_joined(parts, ", ", -1), ")"], LEAF, all(part.constant for part in parts))

    def _starred(self, node):
        raise Unreadable(ast.unparse(node))

    def _unaryop(self, node):
        inner = self.read(node.operand)
        if inner.constant or not isinstance(node.op, ast.USub):
            return self._constant(node)
        return Text(["\u2212", *_held(inner, TIGHT)], 0)

    def _binop(self, node):
        left, right = self.read(node.left), self.read(node.right)
        if left.constant and right.constant:
            return self._constant(node)
        if isinstance(node.op, ast.Pow):
            power = "\u00b2" if right.tokens == ["2"] else "^" + right.tokens[0]
            return Text([*_held(left, LEAF), power], TIGHT)
        if type(node.op) not in OPERATORS:
            raise Unreadable(ast.unparse(node))
        sign, level = OPERATORS[type(node.op)]
        ordered = not isinstance(node.op, (ast.Add, ast.Mult))     # a - (b + c), a / (b * c)
        return Text([*_held(left, level), sign, *_held(right, level + ordered)], level)

    def _compare(self, node):
        left, right = self.read(node.left), self.read(node.comparators[0])
        return Text([*left.tokens, COMPARISONS[type(node.ops[0])], *right.tokens], 0, left.constant and right.constant)

    def _ifexp(self, node):
        if self.read(node.test).constant:                          # an option such as nesterov: only one way is possible
            return self.read(node.body if self.value(node.test) else node.orelse)
        parts = [self.read(part).tokens for part in (node.body, node.test, node.orelse)]
        return Text([*parts[0], " if ", *parts[1], " else ", *parts[2]], 0)

    def _call(self, node):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "sum" and not node.args:
            return self._sum_of_entries(node.func.value)
        function = self.value(node.func)
        if isinstance(function, types.FunctionType) and function.__module__.startswith("minicnn"):
            return self._inlined(function, node)
        if function is float:
            return self.read(node.args[0])
        if function is np.where:
            return self.read(node.args[1 if self.value(node.args[0]) else 2])
        if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp) and function in (sum, max):
            parts = self._items(node.args[0])
            return Text(_joined(parts, " + ", 1), 1) if function is sum else \
                Text(["max(", *_joined(parts, ", ", -1), ")"], LEAF)
        parts = [self.read(part) for part in node.args]
        if all(part.constant for part in parts):
            return self._constant(node)
        name = "\u221a" if function is math.sqrt else getattr(function, "__name__", "?")
        return Text([f"{name}(", *_joined(parts, ", ", -1), ")"], LEAF)

    def _inlined(self, function, node):
        """A lambda or a function of one line: its expression, with the arguments in the places of the parameters."""
        found = source.expression(function)
        if found is None:
            raise Unreadable(function.__name__)
        parameters, body = found
        values = [cell if (cell := reader.cell(part)) is not None else reader.value(part)
                  for reader, part in self._arguments(node.args)]
        known = function.__globals__ | inspect.getclosurevars(function).nonlocals
        return Reader(self.find, known | dict(zip(parameters, values))).read(body)

    def _sum_of_entries(self, node):
        """array.sum() of an elementwise expression: the sum over its entries, each with its own numbers."""
        shape = np.shape(self.value(node))
        return Text(_joined([self.entry(index).read(node) for index in np.ndindex(shape)], " + ", 1), 1)

    def entry(self, index):
        """A Reader in which a known array stands for its entry at `index`, as elementwise arithmetic pairs them."""
        return self.within({name: cell for name, value in self.environment.items()
                            if isinstance(value, np.ndarray) and value.ndim == len(index)
                            and all(i < size for i, size in zip(index, value.shape))
                            and (cell := self.find(value, index)) is not None})

    def _arguments(self, nodes):
        """(Reader, node) of each argument; *(... for ...) gives several."""
        for node in nodes:
            if isinstance(node, ast.Starred):
                yield from self._readers(node.value)
            else:
                yield self, node

    def _readers(self, generator):
        """(Reader, node) of each item of a generator expression with one loop."""
        loop = generator.generators[0]
        over = self.value(loop.iter)
        if isinstance(over, np.ndarray):
            over = [cell if (cell := self.find(over, (k,))) is not None else over[k] for k in range(len(over))]
        for item in over:
            yield self.within({loop.target.id: item}), generator.elt

    def _items(self, generator):
        return [reader.read(node) for reader, node in self._readers(generator)]


def _held(text, level):
    """The tokens of a part of a larger expression, in parentheses if they would come apart there."""
    return ["(", *text.tokens, ")"] if text.level < level else text.tokens


def _joined(parts, between, level):
    tokens = []
    for part in parts:
        tokens += [between] if tokens else []
        tokens += _held(part, level)
    return tokens
