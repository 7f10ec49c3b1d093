"""The source of a function as the recorder needs it: its statements by line, and its lines for the page."""

import ast
import functools
import inspect
import io
import keyword
import os
import tokenize

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@functools.cache
def _tree(file):
    with open(file, encoding="utf-8") as source:
        return ast.parse(source.read())


@functools.cache
def assignments(file: str) -> dict[int, ast.stmt]:
    """The assignments of a source file, by line number."""
    return {node.lineno: node for node in ast.walk(_tree(file)) if isinstance(node, (ast.Assign, ast.AugAssign))}


@functools.cache
def expression(function) -> tuple[list[str], ast.expr] | None:
    """(names of the parameters, the expression that is returned) of a lambda or of a function that only returns."""
    code = function.__code__
    for node in ast.walk(_tree(code.co_filename)):
        if isinstance(node, ast.Lambda) and code.co_name == "<lambda>" and node.lineno == code.co_firstlineno:
            return [argument.arg for argument in node.args.args], node.body
        if isinstance(node, ast.FunctionDef) and node.name == code.co_name and node.lineno == code.co_firstlineno:
            body = [statement for statement in node.body if not isinstance(statement, ast.Expr)]    # without the docstring
            if len(body) == 1 and isinstance(body[0], ast.Return):
                return [argument.arg for argument in node.args.args], body[0].value
    return None


def listing(code) -> dict:
    """The lines of a function for the page: {"file", "name", "first", "lines"}; a line is a list of (kind, text)."""
    lines, first = inspect.getsourcelines(code)
    return {"file": os.path.relpath(code.co_filename, os.path.dirname(PACKAGE)).replace(os.sep, "/"), "name": code.co_name,
            "first": first, "lines": _coloured("".join(lines))}


def _coloured(text):
    """Cut Python text into lines of (kind, text), where kind is keyword, text, comment or empty."""
    lines, place = [[] for _ in text.splitlines()], (1, 0)

    def add(kind, start, end):
        for row in range(start[0], end[0] + 1):
            whole = text.splitlines()[row - 1] if row <= len(lines) else ""
            part = whole[start[1] if row == start[0] else 0:end[1] if row == end[0] else len(whole)]
            if part:
                lines[row - 1].append((kind, part))

    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = {tokenize.COMMENT: "comment", tokenize.STRING: "text"}.get(token.type, "")
        if token.type == tokenize.NAME and keyword.iskeyword(token.string):
            kind = "keyword"
        if kind:
            add("", place, token.start)
            add(kind, token.start, token.end)
            place = token.end
    add("", place, (len(lines), len(text.splitlines()[-1])))
    for line in lines:
        if len(line) > 1 and line[-1][0] == "comment":             # comments stand in a column far to the right
            line[-2:] = [("", line[-2][1].rstrip() + "  "), line[-1]]
    return lines
