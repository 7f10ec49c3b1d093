"""Tell functions that are written from those that still wait for their body."""

import ast


def functions(source):
    """Name -> ast.FunctionDef, for each function at the top level of a program; if one is there twice, the last one counts."""
    return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def is_unwritten(node):
    """Whether a function has no body yet: nothing but a docstring, `...`, `pass` and `raise NotImplementedError`."""
    return all(_says_nothing(statement) for statement in node.body)


def _says_nothing(statement):
    if isinstance(statement, ast.Raise):
        raised = getattr(statement.exc, "func", statement.exc)
        return getattr(raised, "id", "") == "NotImplementedError"
    constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass) or constant
