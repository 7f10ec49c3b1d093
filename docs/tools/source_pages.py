"""A Sphinx extension: the source as pages of the site, to which all links to files of the project lead.

A page of the site for each Python file is written from the file itself, with an anchor on each line: source/FILE.html#L12.
A link to a folder leads to a list of its files.
"""

import ast
import html
import importlib
import inspect
import posixpath
from pathlib import Path

from docutils import nodes
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.util import ClassNotFound
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

ROOT = Path(__file__).parent.parent.parent
ALWAYS = ("minicnn", "examples")                         # all files of these folders have a page, and those that a page names
WIDE = "<style>.content { flex: 1 1 auto }</style>"


# ------------------------------------------------------------------------------------------------------- where things are

def page_of(path):
    """The name of the page of a file or folder of the project, or None if there is no such file."""
    path = path.strip("/")
    if (ROOT / path).is_dir():
        return f"source/{path}/index"
    return f"source/{path}" if (ROOT / path).is_file() else None


def address(from_page, path, line=None):
    """The relative address of a file's page, seen from another page, and the page's name."""
    page = page_of(path)
    relative = posixpath.relpath(f"{page}.html", posixpath.dirname(from_page) or ".")
    return relative + (f"#L-{line}" if line else ""), page


def line_of(path, name):
    """The line on which a file defines a function or class, such as `conv2d` or `Residual.backward`; None without it."""
    if not path.endswith(".py") or not name.replace(".", "").isidentifier():
        return None
    holder = ast.parse((ROOT / path).read_text())
    for part in name.split("."):
        holder = next((node for node in getattr(holder, "body", []) if getattr(node, "name", "") == part), None)
        if holder is None:
            return None
    return holder.lineno


def place(module, name):
    """(path, line) of an object that the API reference describes, or None for one without source."""
    thing = importlib.import_module(module)
    for part in name.split("."):
        thing = getattr(thing, part, None)
    thing = getattr(thing, "fget", None) or inspect.unwrap(thing) if thing is not None else None
    try:
        file, (_, line) = inspect.getsourcefile(thing), inspect.getsourcelines(thing)
    except TypeError:
        return None
    file = Path(file).resolve()
    return (file.relative_to(ROOT).as_posix(), line) if ROOT in file.parents else None


# ------------------------------------------------------------------------------------------------------------------ links

class FileLinks(SphinxTransform):
    """Links to files and folders of the project lead to their pages. If the words are a function's name, to its line."""

    default_priority = 500                               # before Sphinx copies the files that are to be downloaded

    def apply(self):
        for node in [*self.document.findall(addnodes.download_reference), *self.document.findall(addnodes.pending_xref)]:
            if isinstance(node, addnodes.pending_xref) and node["reftype"] != "myst":
                continue
            folder = (ROOT / "docs" / self.env.docname).parent
            file = (folder / node["reftarget"].partition("#")[0]).resolve()
            path = file.relative_to(ROOT).as_posix() if ROOT in file.parents else ""
            if not path or not page_of(path) or file.suffix in (".md", ".ipynb"):
                continue
            target, page = address(self.env.docname, path, line_of(path, node.astext()))
            wanted(self.env).add(page)
            node.replace_self(nodes.reference("", "", *node.children, refuri=target, internal=True))


def wanted(env):
    """The names of the pages that other pages link to."""
    if not hasattr(env, "minicnn_source_pages"):
        env.minicnn_source_pages = set()
    return env.minicnn_source_pages


def linkcode_resolve(domain, info):
    """Sphinx's linkcode asks for the address of each documented object. All API pages lie in the folder api."""
    found = place(info["module"], info["fullname"]) if domain == "py" and info["module"] else None
    return address("api/page", *found)[0] if found else None


# ------------------------------------------------------------------------------------------------------------------ pages

def collect(app):
    """The pages of the files, for Sphinx to write."""
    linked = {page.removeprefix("source/") for page in wanted(app.env)}
    folders = [ROOT / path.removesuffix("/index") for path in linked if path.endswith("/index")]
    files = {file.relative_to(ROOT).as_posix() for folder in ALWAYS for file in (ROOT / folder).rglob("*.py")}
    files |= {file.relative_to(ROOT).as_posix() for folder in folders for file in folder.glob("*.py")}
    files |= {path for path in linked if not path.endswith("/index")}
    folders = {folder.relative_to(ROOT).as_posix() for folder in folders}
    folders |= {parent.as_posix() for path in files | folders for parent in Path(path).parents if parent != Path(".")}
    pages = {file: file_page(file) for file in files}
    pages |= {f"{folder}/index": folder_page(folder, files | folders) for folder in folders}
    for path, body in sorted(pages.items()):
        title = path.removesuffix("/index")
        parents = [{"title": "Home", "link": posixpath.relpath("index.html", posixpath.dirname(f"source/{path}"))}]
        body = f'{WIDE}<div class="source-page">{body}</div>'
        yield f"source/{path}", {"title": title, "body": body, "parents": parents}, "page.html"


def file_page(path):
    try:
        lexer = get_lexer_for_filename(path)
    except ClassNotFound:
        lexer = TextLexer()
    shown = HtmlFormatter(linenos="inline", lineanchors="L", anchorlinenos=True, wrapcode=True)
    return f"<h1>{crumbs(path)}</h1>\n" + highlight((ROOT / path).read_text(), lexer, shown)


def folder_page(folder, paths):
    """A list of the folder: folders first, then files with the first line of their docstrings; links to what has a page."""
    rows = []
    for file in sorted((ROOT / folder).iterdir(), key=lambda file: (file.is_file(), file.name)):
        name = html.escape(file.name)
        if file.relative_to(ROOT).as_posix() in paths:
            target, name = (f"{name}/index", f"{name}/") if file.is_dir() else (name, name)
            rows.append(f'<li><a href="{target}.html">{name}</a> <span class="about">{about(file)}</span></li>')
        elif file.is_file():
            rows.append(f"<li>{name}</li>")
    return f"<h1>{crumbs(folder)}</h1>\n<ul class=\"files\">{''.join(rows)}</ul>"


def about(file):
    """The first line of the docstring of a file or a package."""
    file = file / "__init__.py" if file.is_dir() else file
    docstring = ast.get_docstring(ast.parse(file.read_text())) if file.suffix == ".py" and file.exists() else None
    return html.escape((docstring or "").split("\n")[0])


def crumbs(path):
    """A path whose folders are links."""
    parts, up = path.split("/"), []
    for depth, part in enumerate(parts[:-1]):
        back = len(parts) - 2 - depth + (not (ROOT / path).is_file())
        up.append(f'<a href="{"../" * back}index.html">{html.escape(part)}</a>/')
    return "".join(up) + html.escape(parts[-1])


def setup(app):
    app.add_transform(FileLinks)
    app.connect("html-collect-pages", collect)
    app.config.linkcode_resolve = linkcode_resolve
    return {"parallel_read_safe": False, "parallel_write_safe": True}
