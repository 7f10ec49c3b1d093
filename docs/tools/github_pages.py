"""A Sphinx extension: pages written for GitHub become pages of the site."""

import re

from docutils import nodes
from rewrite import dollars
from sphinx.transforms import SphinxTransform

LONG = 40                                                # letters of LaTeX: on a phone, such a formula may need its own line
CHAPTER = re.compile(r"course/(\d\d-.*)")
SOURCE = re.compile(r"^<!-- source: (?P<path>\S+) (?P<name>\S+) -->\n", re.MULTILINE)


def change(app, docname, text):
    """Formulas between dollars. A quotation of the source names its file; a chapter leads to its notebook."""
    def name(match):
        path = "../" * (docname.count("/") + 1) + match["path"]
        return f":::{{container}} quotation\n[`{match['name']}`]({path}) in {match['path']}\n:::\n\n"

    page, chapter = SOURCE.sub(name, text[0]), CHAPTER.fullmatch(docname)
    if chapter:
        title, rest = page.split("\n", 1)
        page = f"{title}\n\n:::{{container}} notebook\n[As a notebook](../notebooks/{chapter[1]}.ipynb)\n:::\n{rest}"
    text[0] = dollars(page)


class KeepTogether(SphinxTransform):
    """No line ends between a formula and a full stop or bracket beside it: browsers take the formula for a picture."""

    default_priority = 600

    def apply(self):
        for formula in list(self.document.findall(nodes.math)):
            if len(formula.astext()) > LONG:
                formula["classes"].append("long")
                continue
            parent, place = formula.parent, formula.parent.index(formula)
            before, after = "", ""
            if place + 1 < len(parent) and isinstance(parent[place + 1], nodes.Text):
                after = re.match(r"[^\s]{0,4}(?=\s|$)|[.,:;)]*", parent[place + 1])[0]
                parent[place + 1] = nodes.Text(parent[place + 1][len(after):])
            if place and isinstance(parent[place - 1], nodes.Text):
                before = re.search(r"[(\[]*$", parent[place - 1])[0]
                parent[place - 1] = nodes.Text(parent[place - 1][:len(parent[place - 1]) - len(before)])
            if before or after:
                parent[place] = nodes.inline("", "", nodes.Text(before), formula, nodes.Text(after), classes=["together"])


def setup(app):
    app.connect("source-read", change)
    app.add_transform(KeepTogether)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
