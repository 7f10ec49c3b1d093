"""A Sphinx extension: minicnn's docstrings, which are plain text, become reStructuredText.

A docstring is sentences, indented equations, lists, and the parts 'Shapes:', 'Raises:' and 'Source:'. CONTRIBUTING.md says so.
"""

import importlib
import inspect
import re

from source_pages import address, place

PARTS = re.compile(r"(?:^|(?<=[.)] ))(Shapes, Raises|Shapes|Raises|Source):\s", re.MULTILINE)
ERRORS = ("CheckpointError", "DtypeError", "NonFiniteError", "ShapeError")
IMPLEMENTATIONS = (("definition", "nested loops"), ("reference", "NumPy"), ("fast", "compiled"))


def rewritten(docstring, more=""):
    """The docstring as reStructuredText; `more` are further fields below Shapes, Raises and Source."""
    body, *parts = map(str.rstrip, PARTS.split(docstring))
    entries = "".join(entry(name, inside) for name, inside in zip(parts[::2], parts[1::2])) + more
    text = "\n\n".join(paragraph(each) for each in blocks(body))
    return f"{text}\n\n{entries}"


def blocks(text):
    """The paragraphs, indented blocks and list items of a text."""
    found, kind, blank = [], None, False
    for line in text.splitlines():
        if not line.strip():
            blank = True
            continue
        now = "indented" if line.startswith("    ") else "item" if line.startswith("- ") else "words"
        if now == kind == "indented":
            found[-1] += "\n\n" * blank + "\n" * (not blank) + line
        elif kind and not blank and now != "item" and kind != "indented":
            found[-1] += "\n" + line
        else:
            found.append(line)
            kind = now
        blank = False
    return found


def paragraph(block):
    if block.startswith("    "):
        return "::\n\n" + block
    if block.startswith("- "):
        return "- " + marked(" ".join(block[2:].split()))
    return marked(block)


def entry(name, inside):
    """One part as a field. Sentences that follow it stay in it; indented lines below it stay as they are."""
    lines = inside.splitlines()
    table = [line for line in lines if line.startswith("    ")]
    words = marked(" ".join(" ".join(line for line in lines if line not in table).split()))
    if "Raises" in name:
        words = re.sub(rf"\b({'|'.join(ERRORS)})\b", r":py:exc:`~minicnn.\1`", words)
    return f":{name}: {words}\n" + ("\n    ::\n\n" + "".join(f"    {line}\n" for line in table) + "\n" if table else "")


def marked(text):
    """Text in which names between backquotes are code, or links if they are documented; everything else is plain."""
    pieces = re.split(r"`([^`]+)`", text)
    for k, piece in enumerate(pieces):
        if k % 2:
            pieces[k] = f":py:obj:`{piece}`" if re.fullmatch(r"[A-Za-z_][\w.]*", piece) else f"``{piece}``"
        else:
            pieces[k] = re.sub(r"([\\*|_])", r"\\\1", piece)
    return "".join(pieces)


def implementations(name):
    """Links to the three implementations of an op, or nothing."""
    module, _, function = name.rpartition(".")
    if module != "minicnn.ops":
        return ""
    found = []
    for each, words in IMPLEMENTATIONS:
        package = importlib.import_module(f"minicnn.ops.{each}")
        where = place(package.__name__, function) if hasattr(package, function) else None
        if where and f"/{each}/" in where[0]:
            found.append(f"`{each} <{address('api/page', *where)[0]}>`__ ({words})")
    return ":Read it: " + ", ".join(found) + "\n" if found else ""


def change(app, what, name, obj, options, lines):
    lines[:] = rewritten("\n".join(lines).rstrip(), implementations(name)).splitlines()


class Shown(str):
    """The text of a default value."""

    __repr__ = str.__str__


def default(value):
    """A default value as a signature shows it: np.float32 and functions by their names, what has several lines as '...'."""
    text = getattr(value, "__name__", repr(value))
    return value if value is inspect.Parameter.empty else Shown("..." if "\n" in text else text)


def signature(app, what, name, obj, options, shown, returns):
    """Without types, and with short default values. A class is called with what its __init__ takes."""
    if what not in ("class", "function") or (what == "class" and obj.__init__ is object.__init__):
        return None
    parameters = inspect.signature(obj.__init__ if what == "class" else obj).parameters.values()
    plain = [each.replace(annotation=each.empty, default=default(each.default)) for each in parameters]
    return str(inspect.Signature(plain[what == "class":])), None


def setup(app):
    app.connect("autodoc-process-signature", signature)
    app.connect("autodoc-process-docstring", change)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
