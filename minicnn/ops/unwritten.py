"""Tell functions that are written from those that still wait for their body."""

import ast


def functions(source):
    """Name -> ast.FunctionDef, for each function at the top level of a program; if one is there twice, the last one counts."""
    return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def offered(source):
    """As functions, but only the functions that the program offers to others: those in its list __all__, if it has one."""
    found = functions(source)
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "__all__" for target in node.targets):
            names = {constant.value for constant in ast.walk(node.value) if isinstance(constant, ast.Constant)}
            found = {name: function for name, function in found.items() if name in names}
    return found


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
