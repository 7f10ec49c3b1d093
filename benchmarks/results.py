"""Results on disk: NAME.json is what was measured; NAME.md, NAME.png and the block in docs/benchmarks.md follow from it."""

import json
import os
from pathlib import Path

from . import charts, tables

FOLDER = Path("benchmarks/results")
DOCS = Path("docs/benchmarks.md")
BEGIN, END = "<!-- results: begin, written by python -m benchmarks -->", "<!-- results: end -->"


def save(folder, section, found):
    """Write NAME.json; if the program is interrupted, the older file stays."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{section}.json"
    unfinished = path.with_suffix(".json.part")
    unfinished.write_text(json.dumps(found, indent=1) + "\n")
    os.replace(unfinished, path)


def load(folder, sections):
    """Section -> its results, for the sections that were measured."""
    paths = {section: folder / f"{section}.json" for section in sections}
    return {section: json.loads(path.read_text()) for section, path in paths.items() if path.exists()}


def report(folder, sections):
    """Tables and charts of all sections in a folder; and docs/benchmarks.md if the folder is the default one."""
    found = load(folder, sections)
    for section, measured in found.items():
        (folder / f"{section}.md").write_text(tables.section(measured))
        charts.section(measured, folder / f"{section}.png")
    if folder == FOLDER and DOCS.exists() and found:
        DOCS.write_text(filled(DOCS.read_text(), found))
    print(f"\nresults: {folder}")


def filled(text, found):
    """The page with its marked block replaced by the tables and charts of `found`."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    parts = [tables.section(measured) + f"\n![{section}](../{(FOLDER / section).as_posix()}.png)\n"
             for section, measured in found.items()]
    return before + BEGIN + "\n\n" + "\n".join(parts) + "\n" + END + after


def refusals(found):
    """All reasons why a competitor was not timed, from all parts of the results."""
    if isinstance(found, dict):
        own = [f"{name}: {reason}" for name, reason in found.get("refused", {}).items()]
        return own + [reason for key, value in found.items() if key != "refused" for reason in refusals(value)]
    return [reason for value in found for reason in refusals(value)] if isinstance(found, list) else []
