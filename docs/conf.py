"""Settings of the site: Sphinx reads this file in `make docs`."""

import importlib.metadata
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "tools"), str(HERE.parent)]

import minicnn  # noqa: E402

project, author, release = "minicnn", "The minicnn team", minicnn.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx.ext.linkcode", "sphinx_copybutton",
              "github_pages", "source_pages", "step_pages", "docstrings"]
root_doc = "index"
exclude_patterns = ["notebooks", "site", "tools", "course/pictures", "Thumbs.db", ".DS_Store"]

myst_enable_extensions = ["attrs_inline", "colon_fence", "dollarmath"]
myst_heading_anchors = 3
highlight_language = "none"
smartquotes = False                                      # "same" is a Python string
autodoc_typehints = "none"                               # ShapeError and 'Shapes' say more than np.ndarray does
autodoc_member_order = "bysource"
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = "minicnn"
html_static_path = ["site/style.css"]
html_css_files = ["style.css"]
html_theme_options = {"navigation_with_keys": True}
html_copy_source = False
html_use_index = False
html_show_sphinx = False
html_show_copyright = False
html_show_search_summary = False                         # summaries are fetched, which no browser does from a disk
copybutton_selector = "div.highlight-python pre, div.highlight-bash pre"

# The mathematics works without a network: MathJax with SVG output is one file. It comes from a package of the docs extra.
mathjax_path = "tex-svg.js"
html_static_path += [str(importlib.metadata.distribution("sphinx-mathjax-offline").locate_file(
    "sphinx-mathjax-offline/static/mathjax/tex-svg.js"))]
mathjax3_config = {"options": {"enableMenu": False}, "svg": {"scale": 0.95}}
