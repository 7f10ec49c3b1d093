"""A Sphinx extension: a command such as `minicnn step conv2d --backward` in a text becomes a link to the page that it writes.

On GitHub the reader runs the command. The site runs each of them once, and holds their pages in the folder steps.
"""

import contextlib
import io
import posixpath
import re
import shlex
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform

from minicnn.__main__ import main

COMMAND = re.compile(r"minicnn step (?P<flags>[a-z].*)")


def page_of(flags):
    """The name of the page of a command: 'conv2d --backward --stride 2' -> 'steps/conv2d-backward-stride-2.html'."""
    words = [word.lstrip("-") for word in shlex.split(flags) if word != "--open"]
    return f"steps/{'-'.join(words)}.html"


class StepLinks(SphinxTransform):
    """Links each command, and notes which pages the site needs."""

    default_priority = 510

    def apply(self):
        for node in list(self.document.findall(nodes.literal)):
            match = COMMAND.fullmatch(node.astext())
            if match and not isinstance(node.parent, nodes.reference):
                page = page_of(match["flags"])
                commands(self.env)[page] = match["flags"]
                target = posixpath.relpath(page, posixpath.dirname(self.env.docname) or ".")
                node.replace_self(nodes.reference("", "", node.deepcopy(), refuri=target, internal=True))


def commands(env):
    """page -> flags, for all commands that the texts name."""
    if not hasattr(env, "minicnn_steps"):
        env.minicnn_steps = {}
    return env.minicnn_steps


def write(app):
    """Write the pages. Returns no pages for Sphinx: these are complete."""
    folder = Path(app.outdir) / "steps"
    folder.mkdir(exist_ok=True)
    for page, flags in commands(app.env).items():
        words = [word for word in shlex.split(flags) if word != "--open"]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
            try:
                status = main(["step", *words, "--out", str(Path(app.outdir) / page)])
            except SystemExit as stopped:                          # a wrong flag
                status = stopped.code
        if status:
            raise ExtensionError(f"minicnn step {flags}: {said.getvalue().strip()}")
    return []


def setup(app):
    app.add_transform(StepLinks)
    app.connect("html-collect-pages", write)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
