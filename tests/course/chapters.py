"""Reads the chapters of docs/course, runs their code and compares what they print. Imports nothing of minicnn.

    python tests/course/chapters.py --update-sources        write today's source into the excerpts of all chapters
    python tests/course/chapters.py --update-outputs        write what the code prints below it; then read what changed

docs/course/README.md, 'For authors', has the conventions.
"""

import ast
import contextlib
import io
import re
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
COURSE = ROOT / "docs" / "course"
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w])")
COMMENT = re.compile(r"<!-- (source|compare): (.*?) -->")


class Block(NamedTuple):
    """A fenced block. `first` is the number of its first line of text, counted from 1; `note` the comment before it."""

    kind: str                      # python, output, excerpt, math, other
    text: str
    first: int
    note: str
    after: int                     # the index in blocks() of the block whose output this is, or -1


def chapters():
    """The pages of the chapters, in order."""
    return sorted(COURSE.glob("[0-9][0-9]-*.md"))


def blocks(page):
    """Every fenced block of a page's text, in order."""
    found, lines, note, previous = [], page.splitlines(), {}, -1
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        if line.startswith("```"):
            end = next((k for k in range(at + 1, len(lines)) if lines[k].strip() == "```"), len(lines))
            language = line[3:].split(" ")[0]
            text = "".join(f"{each}\n" for each in lines[at + 1:end])
            if "source" in note:
                kind, value = "excerpt", note["source"]
            elif language == "text" and previous >= 0:
                kind, value = "output", note.get("compare", "exactly")
            else:
                kind, value = language if language in ("python", "math") else "other", ""
            found.append(Block(kind, text, at + 2, value, previous if kind == "output" else -1))
            previous = len(found) - 1 if kind == "python" else -1
            at, note = end, {}
        elif match := COMMENT.fullmatch(line):
            note[match[1]] = match[2]
        elif line:
            previous, note = -1, {}
        at += 1
    return found


def run(page, name="page"):
    """Run the Python blocks of a page's text from top to bottom in one namespace.

    Returns (namespace, printed), where printed[k] is what block k of blocks(page) printed.
    """
    space, printed = {"__name__": name}, {}
    for k, block in enumerate(blocks(page)):
        if block.kind == "python":
            out = io.StringIO()
            program = compile("\n" * (block.first - 1) + block.text, name, "exec")      # tracebacks name the page's line
            with contextlib.redirect_stdout(out):
                exec(program, space)
            printed[k] = out.getvalue()
    return space, printed


def output_problems(page, printed):
    """What a page shows and its code does not print: a list of sentences, empty if all agrees."""
    problems, shown = [], {block.after: block for block in blocks(page) if block.kind == "output"}
    for k, text in printed.items():
        line = blocks(page)[k].first
        if k in shown:
            problems += [f"line {line}: {problem}" for problem in compare(shown[k].text, text, shown[k].note)]
        elif text:
            problems.append(f"line {line}: the page does not show what the block prints: {text!r}")
    return problems


def compare(shown, printed, how="exactly"):
    """A list of sentences that say how `printed` differs from what is `shown`.

    how: "exactly"; "to 1e-3": words and whole numbers equal, decimals to 1e-3 of their size; or
    "numbers[0] >= 90, numbers[1] < 0.5": words equal, and these statements about the printed numbers true.
    """
    if how == "exactly":
        same = [line.rstrip() for line in shown.splitlines()] == [line.rstrip() for line in printed.splitlines()]
        return [] if same else [f"shown {shown!r}, printed {printed!r}"]
    if _words(shown) != _words(printed):
        return [f"other words: shown {shown!r}, printed {printed!r}"]
    expected, got = NUMBER.findall(shown), NUMBER.findall(printed)
    if how == "to 1e-3":
        return [f"shown {a}, printed {b}" for a, b in zip(expected, got) if not _close(a, b)]
    problems = []
    for numbers in ([float(text) for text in expected], [float(text) for text in got]):    # the page keeps its own bound
        problems += [f"{statement.strip()} is false of {numbers}" for statement in how.split(",")
                     if not eval(statement, {"numbers": numbers})]
    return problems


def _words(text):
    return NUMBER.sub("#", text).split()


def _close(a, b):
    if a.lstrip("+-").isdigit():
        return a == b
    return abs(float(a) - float(b)) <= 1e-3 * abs(float(a)) + 1e-12


def source(place):
    """The source that 'minicnn/ops/reference/dense.py dense_backward' or '... dense.py Dense.forward' names."""
    path, name = place.split()
    text = (ROOT / path).read_text()
    holder = ast.parse(text)
    for part in name.split("."):
        holder = next((node for node in holder.body if getattr(node, "name", "") == part), None)
        if holder is None:
            raise LookupError(f"no {name} in {path}")
    first = min([holder.lineno, *(decorator.lineno for decorator in holder.decorator_list)])
    lines = text.splitlines()[first - 1:holder.end_lineno]
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "".join(f"{line[indent:]}\n" for line in lines)


def source_problems(page):
    """The excerpts that differ from the source."""
    return [f"line {block.first}: this is not {block.note} any more" for block in blocks(page)
            if block.kind == "excerpt" and block.text != source(block.note)]


def prose(page):
    """A page's text without code, comments, formulas and addresses: what a person reads."""
    lines, inside = [], False
    for line in page.splitlines():
        if line.strip().startswith("```"):
            inside = not inside
        elif not inside:
            lines.append(line)
    text = re.sub(r"<!--.*?-->|\$`.*?`\$|<[^>]+>", " ", "\n".join(lines), flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)", "]", text)


def update(page, sources=False, outputs=False):
    """The page's text with today's excerpts, or with what its code prints."""
    printed = run(page)[1] if outputs else {}
    lines = page.splitlines(keepends=True)
    for block in reversed(blocks(page)):
        new = None
        if sources and block.kind == "excerpt":
            new = source(block.note)
        if outputs and block.kind == "output":
            new = printed[block.after]
        if new is not None:
            start = block.first - 1
            lines[start:start + len(block.text.splitlines())] = [new]
    return "".join(lines)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    wanted = {"sources": "--update-sources" in sys.argv, "outputs": "--update-outputs" in sys.argv}
    only = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    for path in chapters():
        if not only or any(path.name.startswith(name) for name in only):
            path.write_text(update(path.read_text(), **wanted))
