"""Checks that the formulas of a page are in the forms that GitHub shows, and well formed. Imports nothing of minicnn."""

import re

# What the chapters use of LaTeX; all of it is known to GitHub, to KaTeX and to MathJax. Add a name when a page needs it.
KNOWN = """
frac sum prod sqrt partial cdot times le ge ne approx equiv to in quad qquad text mathrm mathbf left right begin
end log exp max min tanh sigma mu gamma beta epsilon alpha eta delta Delta lambda theta hat bar tilde dots cdots
ldots vdots cases pmatrix mathrel int pm infty top circ star underbrace overbrace operatorname mid lVert rVert
lfloor rfloor big Big bigl bigr mathbb odot leftarrow cos pi
""".split()  # noqa: SIM905


def formula_problems(page):
    """Sentences about formulas that are not well formed, or not in GitHub's forms."""
    problems = []
    outside = re.sub(r"```(\w*).*?\n(.*?)```", lambda m: _block(m, problems), page, flags=re.DOTALL)
    inline = re.findall(r"\$`(.*?)`\$", outside, re.DOTALL)
    for formula in inline:
        problems += formula_faults(formula)
    rest = re.sub(r"`[^`]*`", "", re.sub(r"\$`.*?`\$", "", outside, flags=re.DOTALL))
    if "$" in rest:
        problems.append("a dollar sign outside of $`...`$: " + rest[max(0, rest.index("$") - 30):][:60])
    return problems


def _block(match, problems):
    if match[1] == "math":
        problems += formula_faults(match[2])
    return ""


def formula_faults(formula):
    """What is wrong with one formula: a list of sentences."""
    found = []
    bare = re.sub(r"\\[{}]", "", formula)
    depth = 0
    for letter in bare:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth < 0:
            break
    if depth:
        found.append(f"braces do not match: {formula!r}")
    for opening, closing in ((r"\\left\b", r"\\right\b"), (r"\\begin\b", r"\\end\b")):
        if len(re.findall(opening, formula)) != len(re.findall(closing, formula)):
            found.append(f"{opening[2:-2]} without its counterpart: {formula!r}")
    if re.findall(r"\\begin\{(\w+)\}", formula) != list(reversed(re.findall(r"\\end\{(\w+)\}", formula))) \
            and re.findall(r"\\begin\{(\w+)\}", formula) != re.findall(r"\\end\{(\w+)\}", formula):
        found.append(f"begin and end name other environments: {formula!r}")
    unknown = set(re.findall(r"\\([A-Za-z]+)", formula)).difference(KNOWN)
    if unknown:
        found.append(f"unknown: {sorted(unknown)} in {formula!r}")
    if not formula.strip():
        found.append("an empty formula")
    return found
