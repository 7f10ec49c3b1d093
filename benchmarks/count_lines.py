"""Lines of code of a Python package, part by part:  python -m benchmarks.count_lines [FOLDER]

The rule: a line counts if a token of the program is on it. Blank lines, comments and docstrings do not count. A statement
over several lines counts as several; the linter allows one statement a line, so none is hidden.
"""

import ast
import io
import sys
import tokenize
from collections import Counter
from pathlib import Path

from .figures import table

NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def lines_of_code(source):
    """How many lines of a program are code."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    code = {line for token in tokens if token.type not in NO_CODE for line in range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, WITH_DOCSTRING) and ast.get_docstring(node) is not None:
            code -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(code)


def count(folder):
    """Part (a file or folder at the top level) -> its lines of code."""
    counts = Counter()
    for file in sorted(folder.rglob("*.py")):
        path = file.relative_to(folder)
        part = f"{path.parts[0]}/{path.parts[1]}" if path.parts[0] == "ops" and len(path.parts) > 2 else path.parts[0]
        counts[part] += lines_of_code(file.read_text())
    return counts


def main(arguments):
    """Print the table."""
    folder = Path(arguments[0] if arguments else Path(__file__).parent.parent / "minicnn")
    counts = count(folder)
    if not counts:
        sys.exit(f"expected a folder of Python files, got {folder}")
    print(table([str(folder.name), "lines of code"], [*counts.most_common(), ("all", f"{sum(counts.values()):,}")]), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
