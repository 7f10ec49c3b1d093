"""Draws the course's diagrams as SVG text: boxes, numbers in grids, arrows and curves, for light and dark pages."""

import base64
import io
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image

LIGHT = {"paper": "#ffffff", "ink": "#1f2328", "soft": "#59636e", "cell": "#f3f5f7", "rule": "#8c959f",
         "blue": "#0067a8", "orange": "#b84a00", "green": "#00775a",
         "blue-cell": "#d6eaf8", "orange-cell": "#fde3cf", "green-cell": "#d2f0e6"}
DARK = {"paper": "#0d1117", "ink": "#e6edf3", "soft": "#9aa5b1", "cell": "#1b222c", "rule": "#6e7681",
        "blue": "#66b8f0", "orange": "#f5a35c", "green": "#4fd1a5",
        "blue-cell": "#123a56", "orange-cell": "#5a3210", "green-cell": "#0f4536"}


def _rules(colours):
    """The style sheet: text and arrow heads are filled, -line is stroked, -cell is a box with an edge of its colour."""
    rules = []
    for name, colour in colours.items():
        if name.endswith("cell"):
            edge = colours[name[:-5]] if name != "cell" else colours["rule"]
            rules.append(f".{name}{{fill:{colour};stroke:{edge}}}")
        else:
            rules.append(f".{name}{{fill:{colour}}} .{name}-line{{stroke:{colour};fill:none}}")
    rules.append(f".edged{{stroke:{colours['paper']};stroke-width:5px;paint-order:stroke;stroke-linejoin:round}}")
    return " ".join(rules)


class Drawing:
    """A picture of width x height pixels with a title and a description for people who cannot see it."""

    def __init__(self, width, height, title, description):
        self.width, self.height = width, height
        self.title, self.parts = title, []
        self.describe(description)

    def describe(self, description):
        """Words that replace the picture."""
        self.head = f"<title>{escape(self.title)}</title>\n<desc>{escape(description)}</desc>\n"

    def add(self, part):
        self.parts.append(part)

    def text(self, x, y, words, colour="ink", size=14, anchor="middle", bold=False, on_lines=False):
        """Words. With on_lines they have an edge of the page's colour, so that lines behind them do not disturb."""
        weight = ' font-weight="bold"' if bold else ""
        colour += " edged" if on_lines else ""
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" class="{colour}" font-size="{size}" text-anchor="{anchor}"{weight}>'
                 f"{escape(str(words))}</text>")

    def box(self, x, y, width, height, colour="cell", round_by=4):
        self.add(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round_by}" class="{colour}"/>')

    def frame(self, x, y, width, height, colour="orange", thick=3):
        self.add(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="3" class="{colour}-line" '
                 f'stroke-width="{thick}"/>')

    def line(self, points, colour="rule", thick=1.5, dashed=False):
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.add(f'<polyline points="{places}" class="{colour}-line" stroke-width="{thick}"{dash}/>')

    def arrow(self, x1, y1, x2, y2, colour="soft", thick=1.8):
        length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1e-9)
        ex, ey = (x2 - x1) / length, (y2 - y1) / length
        bx, by = x2 - 8 * ex, y2 - 8 * ey                          # the base of the head
        self.line([(x1, y1), (bx, by)], colour, thick)
        head = [(x2, y2), (bx - 4 * ey, by + 4 * ex), (bx + 4 * ey, by - 4 * ex)]
        self.add(f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in head)}" class="{colour}"/>')

    def dot(self, x, y, colour="ink", radius=4):
        self.add(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" class="{colour}"/>')

    def grid(self, values, x, y, cell=34, name="", marks=None, size=14, show=str):
        """An array as cells with numbers. marks: (row, column) -> colour. Returns (x, y) -> centre of a cell."""
        for i, row in enumerate(values):
            for j, value in enumerate(row):
                colour = (marks or {}).get((i, j), "")
                self.box(x + j * cell, y + i * cell, cell, cell, f"{colour}-cell" if colour else "cell", 0)
                self.text(x + (j + 0.5) * cell, y + (i + 0.5) * cell + size * 0.36, show(value), "ink", size, bold=bool(colour))
        if name:
            self.text(x + len(values[0]) * cell / 2, y - 9, name, "ink", 14, bold=True)
        return lambda i, j: (x + (j + 0.5) * cell, y + (i + 0.5) * cell)

    def image(self, values, x, y, width):
        """An array (H, W) of numbers as grey pixels: the smallest number is black, the largest white."""
        low, high = values.min(), values.max()
        grey = ((values - low) / max(high - low, 1e-12) * 255).astype(np.uint8)
        file = io.BytesIO()
        Image.fromarray(grey).save(file, "PNG", optimize=True)
        height = width * values.shape[0] / values.shape[1]
        data = base64.b64encode(file.getvalue()).decode()
        self.add(f'<image x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
                 f'style="image-rendering:pixelated" href="data:image/png;base64,{data}"/>')

    def axes(self, x, y, width, height, across, up, label_x="", label_y="", ticks_x=(), ticks_y=()):
        """A frame for curves. across and up are (low, high). Returns a function from numbers to the place in the picture."""
        def place(a, b):
            return (x + (a - across[0]) / (across[1] - across[0]) * width,
                    y + height - (b - up[0]) / (up[1] - up[0]) * height)
        self.line([(x, y), (x, y + height), (x + width, y + height)])
        for a in ticks_x:
            px, py = place(a, up[0])
            self.line([(px, py), (px, py + 5)])
            self.text(px, py + 19, f"{a:g}", "soft", 12)
        for b in ticks_y:
            px, py = place(across[0], b)
            self.line([(px - 5, py), (px, py)])
            self.text(px - 9, py + 4, f"{b:g}", "soft", 12, "end")
        self.text(x + width / 2, y + height + 37, label_x, "ink", 13)
        self.text(x - 8, y - 12, label_y, "ink", 13, "start")
        return place

    def svg(self):
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
                f'height="{self.height}" role="img" font-family="system-ui, -apple-system, Segoe UI, Helvetica, sans-serif">\n'
                f"{self.head}<style>{_rules(LIGHT)}\n@media (prefers-color-scheme: dark) {{{_rules(DARK)}}}</style>\n"
                f'<rect width="{self.width}" height="{self.height}" rx="8" class="paper"/>\n'
                + "\n".join(self.parts) + "\n</svg>\n")
