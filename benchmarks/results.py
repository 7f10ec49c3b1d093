"""Results on disk, a folder for each machine. In it, NAME.json is what was measured; NAME.md and NAME.png follow from it.

The block in docs/benchmarks.md shows the results of all machines, each with its processor.
"""

import datetime
import json
import os
from pathlib import Path

from . import charts, tables
from .environment import DATE

FOLDER = Path("benchmarks/results")
DOCS = Path("docs/benchmarks.md")
DAY = datetime.timedelta(days=1)
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


def fresh(folder, section, environment):
    """Whether a section was measured on this machine with these versions and threads, not more than a day ago."""
    path = folder / f"{section}.json"
    if not path.exists():
        return False
    before = json.loads(path.read_text())["environment"]
    measured, now = (datetime.datetime.strptime(each["date"], DATE) for each in (before, environment))
    same = ("cpu", "cores", "threads", "packages", "quick")
    return now - measured <= DAY and all(before.get(what) == environment[what] for what in same)


def report(folder, sections):
    """Tables and charts of all sections of a machine; and docs/benchmarks.md if its folder lies in the default one."""
    found = load(folder, sections)
    for section, measured in found.items():
        (folder / f"{section}.md").write_text(tables.section(measured))
        charts.section(measured, folder / f"{section}.png")
    if folder.parent == FOLDER and DOCS.exists() and found:
        DOCS.write_text(filled(DOCS.read_text(), machines(sections)))
    print(f"\nresults: {folder}")


def machines(sections):
    """The folder of each machine -> its results, as `load` gives them."""
    return {machine: load(machine, sections) for machine in sorted(FOLDER.iterdir()) if machine.is_dir()}


def filled(text, machines):
    """The page with its marked block replaced by the tables and charts of all machines."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    parts = []
    for folder, found in machines.items():
        if found:
            parts.append(f"### {name_of(found)}\n")
            for section, measured in found.items():
                chart = f"\n![{section}](../{(folder / section).as_posix()}.png)\n"
                parts.append(tables.section(measured) + (chart if (folder / f"{section}.png").exists() else ""))
    return before + BEGIN + "\n\n" + "\n".join(parts) + "\n" + END + after


def name_of(found):
    """The processor and its cores, as a heading."""
    environment = next(iter(found.values()))["environment"]
    simulated = f", {environment['simulated']} simulated" if environment.get("simulated") else ""
    return f"{environment['cpu']}, {environment['cores']} cores{simulated}"


def refusals(found):
    """All reasons why a competitor was not timed, from all parts of the results."""
    if isinstance(found, dict):
        own = [f"{name}: {reason}" for name, reason in found.get("refused", {}).items()]
        return own + [reason for key, value in found.items() if key != "refused" for reason in refusals(value)]
    return [reason for value in found for reason in refusals(value)] if isinstance(found, list) else []
