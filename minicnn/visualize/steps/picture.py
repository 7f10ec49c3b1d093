"""One step of a recording as a picture: an SVG file for a slide, or all steps as an animated GIF."""

import os

import matplotlib
import numpy as np
from matplotlib.animation import PillowWriter
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.patches import Rectangle

from ...shapes import message
from ...support.files import replacing
from ..plots.canvas import Sheet, check_target

COLOURS = {"input": ("#0067a8", "#d9ecf9"), "parameter": ("#a84300", "#fde0c8"), "output": ("#006e53", "#cdf0e4"),
           "middle": ("#7a3a86", "#f1ddf5")}                       # strong and light, as on the page
INK, SOFT, LINE = "#1b1f24", "#59636e", "#d5dae0"
CELL, EDGE, GAP, TOP = 0.42, 0.2, 0.4, 1.3                         # inches; TOP: where the arrays start
MOST_PICTURES = 400                                                # of a GIF


class Picture:
    """Draws the steps of a view. The layout is that of the whole run, so that nothing jumps from step to step."""

    def __init__(self, view, map=None):
        self.recording, self.map = view.recorder.page(), map
        self.title = view.title
        self.places, self.labels = {}, []                          # (array, cell) -> (left, top); (left, top, text, colour)
        right, bottom = self._lay_out()
        self.map_top = bottom
        self.width = max(right + EDGE, 7.0)
        self.height = bottom + (4.2 if map else 0) + 0.45

    def _lay_out(self):
        """Give every cell its place. Returns where the arrays end on the right and at the bottom."""
        arrays, right, bottom, start = self.recording["arrays"], 0, 0, EDGE
        for side in sorted({array["side"] for array in arrays}):
            top = TOP
            for line in sorted({array["line"] for array in arrays if array["side"] == side}):
                left, low = start, top
                for k, array in enumerate(arrays):
                    if (array["side"], array["line"]) != (side, line):
                        continue
                    self.labels.append((left, top, array["name"], COLOURS[array["role"]][0]))
                    for panel in array["panels"]:
                        for i, j in np.ndindex(len(panel["rows"]), len(panel["rows"][0])):
                            self.places[k, panel["rows"][i][j]] = left + CELL * j, top + 0.12 + CELL * i
                        low = max(low, top + 0.12 + CELL * len(panel["rows"]))
                        left += CELL * len(panel["rows"][0]) + 0.15
                    left += GAP
                right, top = max(right, left - GAP), low + GAP
            start, bottom = right + GAP, max(bottom, top)
        return right, bottom - 0.15

    def draw(self, count):
        """The figure of the state after `count` steps."""
        sheet = Sheet(self.width, self.height)
        step = self.recording["steps"][count - 1] if count else None
        state = self._state(count)
        written, reads = [], []
        if step:
            written = [tuple(step["write"][:2])] if "write" in step else []
            reads = [tuple(read[:2]) for read in step["reads"]]
        for left, top, text, colour in self.labels:
            sheet.text(left, top, text, color=colour, weight="bold", fontsize=12)
        for (k, cell), (left, top) in self.places.items():
            strong, light = COLOURS[self.recording["arrays"][k]["role"]]
            fill, edge, ink, wide = "white", LINE, INK, 0.8
            if (k, cell) in reads:
                fill, edge, wide = light, strong, 2.2
            if (k, cell) in written:
                fill, edge, ink, wide = strong, strong, "white", 2.2
            sheet.axes.add_patch(Rectangle((left + 0.02, top + 0.02), CELL - 0.04, CELL - 0.04, facecolor=fill, edgecolor=edge,
                                           linewidth=wide))
            if state[k][cell] is not None:
                text = self.recording["numbers"][state[k][cell]][-1]
                sheet.text(left + CELL / 2, top + CELL / 2, text, ha="center", va="center_baseline", color=ink,
                           fontsize=10 if len(text) < 5 else 7, weight="bold" if ink != INK or wide > 1 else "normal")
        self._equation(sheet, step, count)
        if self.map:
            self._surface(sheet, count)
        return sheet.figure

    def _state(self, count):
        state = [list(array["start"]) for array in self.recording["arrays"]]
        for step in self.recording["steps"][:count]:
            for array, cell, number in [*step.get("sets", []), *([step["write"]] if "write" in step else [])]:
                state[array][cell] = number
        return state

    def _equation(self, sheet, step, count):
        """The equation at the top, and the line of code at the bottom."""
        stages = [stage["name"] for stage in self.recording["stages"] if stage["first"] <= max(count - 1, 0)]
        total = len(self.recording["steps"])
        sheet.text(EDGE, 0.25, f"{stages[-1] if stages else self.title}   ({count} of {total})", color=SOFT, fontsize=10)
        if not step:
            return
        left, parts = EDGE + 0.08, []
        if "write" in step:
            parts += [step["write"], " = "]
            if "before" in step:
                parts += [[*step["write"][:2], step["before"]], f" {step['sign']} "]
        else:
            parts += [step["text"] + (" = " if step["reads"] else "")]
        for part in parts + [part if isinstance(part, str) else step["reads"][part] for part in step["equation"]]:
            left = self._token(sheet, left, part, part is step.get("write"))
            if left > self.width - EDGE:
                break
        function, line = step["at"][-1]
        listing = self.recording["functions"][function]
        code = "".join(text for kind, text in listing["lines"][line] if kind != "comment").strip()
        place = f"{listing['file']}, line {listing['first'] + line}:  {code}"
        sheet.text(EDGE, self.height - 0.18, place, self.width - 2 * EDGE, fontsize=9, family="monospace", color=INK)

    def _token(self, sheet, left, part, filled):
        """A sign, or a number in a box with the name of its cell. Returns where it ends."""
        if isinstance(part, str):
            text = sheet.axes.text(left, 0.62, part, fontsize=14, color=INK, va="center_baseline")
            return left + _width(text, part)
        array, cell, number = part
        shown = self.recording["arrays"][array]
        strong, light = COLOURS[shown["role"]]
        value, label = self.recording["numbers"][number][1], f"{shown['name']}[{shown['labels'][cell]}]"
        wide = max(0.105 * len(value), 0.058 * len(label)) + 0.14
        fill, ink = (strong, "white") if filled else (light, INK)
        sheet.axes.add_patch(Rectangle((left, 0.4), wide, 0.52, facecolor=fill, edgecolor=strong, linewidth=1.6))
        sheet.text(left + wide / 2, 0.6, value, ha="center", va="center_baseline", fontsize=13, weight="bold", color=ink)
        sheet.text(left + wide / 2, 0.81, label, ha="center", va="center_baseline", fontsize=6.5, color=ink)
        return left + wide + 0.06

    def _surface(self, sheet, count):
        """The map of the optimizers, below the arrays."""
        wide, high = self.map["size"]
        axes = sheet.figure.add_axes((0.08, 0.5 / self.height, 5.2 / self.width, 3.9 / self.height))
        axes.set(xlim=(0, wide), ylim=(high, 0), xticks=[], yticks=[])
        for contour in self.map["contours"]:
            axes.plot(*np.transpose([*contour, contour[0]]), color=SOFT, linewidth=0.6)
        ends = [stage["first"] for stage in self.recording["stages"][1:]] + [len(self.recording["steps"])]
        done = sum(end <= count for end in ends)
        for path, (strong, _), style in zip(self.map["paths"], COLOURS.values(), ("-", "--", ":", "-.")):
            places = np.transpose(path["places"][:done + 1])
            axes.plot(*places, style, marker="o", markersize=2.5, color=strong, label=path["title"])
        axes.plot(*self.map["lowest"], "+", color=INK, markersize=12)
        axes.legend(loc="lower left", fontsize=8)


def _width(text, words):
    """How wide matplotlib draws a text, in inches."""
    return 0.115 * len(words) if not words.strip() else text.get_window_extent().width / text.figure.dpi + 0.09 * (
        len(words) - len(words.strip()))


def check_steps(picture, count, animated):
    """Raise ValueError if there is no step `count` (None is none), or if a GIF of all steps would have too many pictures."""
    total = len(picture.recording["steps"])
    if count is not None and count > total:
        raise ValueError(message("minicnn step --svg", f"a step from 0 to {total}", count))
    if animated and total > MOST_PICTURES:
        raise ValueError(message("minicnn step --gif", f"at most {MOST_PICTURES} steps", f"{total:,}",
                                 "a smaller input, or --view NAME for another view"))


def write_svg(path, picture, count):
    """Write the state after `count` steps as an SVG file."""
    check_target(path)
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "minicnn"}), replacing(path) as file:
        FigureCanvasSVG(picture.draw(count)).print_svg(file, metadata={"Date": None, "Title": picture.title})


def write_gif(path, picture, per_second=2):
    """Write all steps as an animated GIF."""
    check_target(path)
    temporary = f"{path}.{os.getpid()}.part.gif"
    writer = PillowWriter(fps=per_second)
    try:
        for count in range(len(picture.recording["steps"]) + 1):
            writer.fig = picture.draw(count)
            if not count:
                writer.setup(writer.fig, temporary, dpi=80)
            writer.grab_frame()
        writer.finish()
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
