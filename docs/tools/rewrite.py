"""Rewrites a page's Markdown for notebooks and for the site. Code is never touched.

GitHub reads formulas in a `math` block or between a dollar sign and a backquote; notebooks and the site read dollars.
"""

import re

# A fenced block with its indentation, or a span of code. A formula between $` and `$ is tried first: it looks like code.
FENCE = r"^(?P<indent>[ ]*)```(?P<language>[^\n`]*)\n(?P<inside>.*?)^[ ]*```[ ]*$"
SPAN = r"(?P<code>`[^`\n]+`)"
FORMULA = r"\$`(?P<formula>[^`]+)`\$"
LINK = r"(?P<start>!?\[(?P<words>(?:[^\[\]]|\[[^\]]*\])*)\]\()(?P<target>[^)\s]+)\)"


def dollars(page):
    """The page with each formula between dollars: $...$ in a line of text, $$...$$ for a `math` block."""
    def change(match):
        if match["formula"]:
            return f"${match['formula']}$"
        if match["language"] == "math":
            return f"{match['indent']}$$\n{match['inside']}{match['indent']}$$"
        return match[0]
    return re.sub(f"{FENCE}|{FORMULA}|{SPAN}", change, page, flags=re.DOTALL | re.MULTILINE)


def links(page, change):
    """The page with each link and picture replaced by change(whether it is a picture, its words, its target).

    change returns the new Markdown, or None to leave the link as it is.
    """
    def replace(match):
        if match["target"] is None:
            return match[0]
        return change(match["start"].startswith("!"), match["words"], match["target"]) or match[0]
    return re.sub(f"{FENCE}|{FORMULA}|{LINK}|{SPAN}", replace, page, flags=re.DOTALL | re.MULTILINE)
