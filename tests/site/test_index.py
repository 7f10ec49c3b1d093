"""What `make docs` would find missing, found without its tools: pages that docs/index.md lacks, names that docs/api lacks."""

import re

from chapters import ROOT

import minicnn
from minicnn import ops

DOCS = ROOT / "docs"


def test_every_page_has_a_line_in_the_index():
    lists = re.findall(r"```\{toctree\}\n(.*?)```", (DOCS / "index.md").read_text(), re.DOTALL)
    lines = [line for each in lists for line in each.splitlines() if line and not line.startswith(":")]
    listed = [re.sub(r".* <(.*)>", r"\1", line) for line in lines]
    pages = {page.relative_to(DOCS).with_suffix("").as_posix() for page in DOCS.rglob("*.md")} - {"index"}
    assert len(listed) == len(set(listed))
    assert set(listed) == pages


def test_every_public_name_has_an_entry_in_the_reference():
    entries = []
    for page in (DOCS / "api").glob("*.md"):
        module = None
        for word, name in re.findall(r"^\.\. (currentmodule|auto\w+):: (\S+)", page.read_text(), re.MULTILINE):
            module = name if word == "currentmodule" else module
            entries += [f"{module}.{name}"] if word != "currentmodule" else []
    public = {f"minicnn.ops.{name}" for name in ops.__all__}
    public |= {f"minicnn.{name}" for name in minicnn.__all__ if name != "ops" and f"minicnn.ops.{name}" not in public}
    assert public <= set(entries)
    assert len(entries) == len(set(entries)), "a name has two entries"
