"""HTML for the report page: the frame of the page, its style, and the few elements it is made of.

Every function escapes the text it is given; what is already HTML is a `Html`.
"""

import base64
import html
import struct

STYLE = """
:root { color-scheme: light; --ink: #1c1e21; --soft: #5c636b; --line: #dfe3e8; --paper: #fff; --tint: #f5f7f9;
  --blue: #005a8f; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 1.5rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  -webkit-text-size-adjust: 100%; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .5rem 0 .25rem; }
h2 { font-size: 1.3rem; margin: 2.75rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line); }
p { max-width: 44rem; }
.soft, figcaption { color: var(--soft); }
.missing { background: #fff6e5; border-left: 4px solid #e69f00; padding: .75rem 1rem; margin: 1.25rem 0; }
.missing ul { margin: .35rem 0 0; padding-left: 1.2rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.5rem 0; }
.figures div { background: var(--tint); border-radius: .5rem; padding: .7rem .9rem; }
.figures b { display: block; font-size: 1.5rem; line-height: 1.25; font-variant-numeric: tabular-nums; color: var(--blue); }
.figures span { color: var(--soft); font-size: .875rem; }
.scroll { overflow-x: auto; }
figure { margin: 1.25rem 0 2rem; }
figure img { display: block; max-width: 100%; height: auto; }
figure.wide img { min-width: 40rem; }
figcaption { max-width: 44rem; margin-top: .6rem; font-size: .9375rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9375rem; }
th, td { padding: .3rem .8rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
td.text { text-align: left; white-space: normal; }
pre { font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-x: auto; background: var(--tint);
  padding: .9rem 1rem; border-radius: .5rem; overflow-wrap: normal; }
summary { cursor: pointer; color: var(--blue); margin: .75rem 0; }
@media (max-width: 40rem) { body { padding: 1rem .9rem 3rem; } h1 { font-size: 1.5rem; } th, td { padding: .3rem .5rem; } }
@media print { details > * { display: block; } figure { break-inside: avoid; } }
"""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"       # the browser enforces: one file, no scripts


class Html(str):
    """Text that is HTML already."""


def tag(name, *inner, **attributes):
    """<name attributes>inner</name>; class_ is the attribute class."""
    words = "".join(f' {key.rstrip("_")}="{html.escape(str(value))}"' for key, value in attributes.items())
    return Html(f"<{name}{words}>{join(inner)}</{name}>")


def join(parts):
    return Html("".join(part if isinstance(part, Html) else html.escape(str(part)) for part in parts))


def table(head, rows):
    """A table that scrolls sideways where the screen is narrower."""
    return tag("div", tag("table", tag("thead", tag("tr", *(tag("th", cell, scope="col") for cell in head))),
                          tag("tbody", *(tag("tr", *(tag("td", cell) for cell in row)) for row in rows))), class_="scroll")


def pairs(values):
    """A table of names and values, both text."""
    return tag("table", *(tag("tr", tag("th", name, scope="row"), tag("td", value, class_="text"))
                          for name, value in values.items()))


def png_size(data):
    """(width, height) of a PNG file's bytes; None where they are no whole PNG file."""
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR" or data[-8:-4] != b"IEND":
        return None
    return struct.unpack(">II", data[16:24])


def figure(data, alt, caption):
    """A PNG with its caption, inside the page."""
    width, height = png_size(data)
    image = Html(f'<img src="data:image/png;base64,{base64.b64encode(data).decode()}" width="{width}" height="{height}" '
                 f'alt="{html.escape(alt)}">')
    return tag("figure", tag("div", image, class_="scroll"), tag("figcaption", caption), class_="wide" if width > 1200 else "")


def page(title, *body):
    """A whole page, as text."""
    return (f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{html.escape(POLICY)}">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{html.escape(title)}</title>\n'
            f"<style>{STYLE}</style>\n</head>\n<body>\n{join(body)}\n</body>\n</html>\n")
