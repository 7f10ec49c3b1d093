"""Formulas and links are rewritten, and code is never touched."""

import pytest
from rewrite import dollars, links


@pytest.mark.parametrize("github, dollar", [
    ("with $`x_{i}`$ and $`y`$.", "with $x_{i}$ and $y$."),
    ("```math\na = b\n```\n", "$$\na = b\n$$\n"),
    ("1. so\n   ```math\n   a\n   ```\n", "1. so\n   $$\n   a\n   $$\n"),
    ("a `$` and a `$x$` of code", "a `$` and a `$x$` of code"),
    ("```python\nprint('$`x`$')\n```\n$`x`$", "```python\nprint('$`x`$')\n```\n$x$"),
    ("```text\n```\n\n```math\nb\n```", "```text\n```\n\n$$\nb\n$$"),
    ("split\n$`over\nlines`$", "split\n$over\nlines$"),
])
def test_formulas(github, dollar):
    assert dollars(github) == dollar


def test_links_and_pictures():
    page = "[a `b`](c.md#d) and ![one [2] three](e.svg) `[no](link)` $`[i](j)`$\n```python\nx[0](y)\n```\n[keep](z)"
    seen = []

    def change(picture, words, target):
        seen.append((picture, words, target))
        return None if target == "z" else f"<{target}>"

    assert links(page, change) == "<c.md#d> and <e.svg> `[no](link)` $`[i](j)`$\n```python\nx[0](y)\n```\n[keep](z)"
    assert seen == [(False, "a `b`", "c.md#d"), (True, "one [2] three", "e.svg"), (False, "keep", "z")]
