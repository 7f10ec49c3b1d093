"""Tell functions that are written from those that still wait for their body."""

import ast


def functions(source):
    """Name -> ast.FunctionDef, for each function at the top level of a program; if one is there twice, the last one counts."""
    return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def is_unwritten(node):
    """Whether a function waits for its body: it returns nothing, and has `...` in it, or only a docstring, `pass` or
    `raise NotImplementedError`."""
    if any(isinstance(inner, (ast.Return, ast.Yield, ast.YieldFrom)) for inner in ast.walk(node)):
        return False
    return any(_is_dots(statement) for statement in node.body) or all(_says_nothing(statement) for statement in node.body)


def _is_dots(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and statement.value.value is ...


def _says_nothing(statement):
    if isinstance(statement, ast.Raise):
        raised = getattr(statement.exc, "func", statement.exc)
        return getattr(raised, "id", "") == "NotImplementedError"
    return isinstance(statement, ast.Pass) or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
