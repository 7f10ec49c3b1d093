"""Used by all plots: colours, how an image is shown, how a matplotlib figure becomes a file.

Colour-blind readers can tell the colours apart (palette of Okabe and Ito). Numbers with a sign are red above 0, white at 0
and blue below.
"""

import contextlib
import os
import warnings

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ...support.files import replacing

FilePath = str | os.PathLike
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#595959"
SIGNED = "RdBu_r"
DPI = 120


def check_target(path: FilePath) -> None:
    """Raise OSError if no picture can be written to this path. Its folder is made if there is none."""
    if not str(path) or (os.path.exists(path) and not os.path.isfile(path)):
        raise OSError(f"a picture expected the name of a file, got {path!r}, which is a folder or a device")
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)


def save(figure: Figure, path: FilePath) -> None:
    """Write the figure as a PNG file. An older file of that name is replaced only when the new one is complete."""
    check_target(path)
    with replacing(path) as file, any_script():
        FigureCanvasAgg(figure).print_figure(file, dpi=DPI, format="png")


@contextlib.contextmanager
def any_script():
    """No warning if the font lacks the script of a class name: matplotlib then draws boxes."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")
        yield


class Sheet:
    """Many small images and texts on one page, placed in inches from its top left corner.

    A hundred matplotlib axes, each with its ticks, would take seconds. A sheet takes a tenth of a second.
    """

    def __init__(self, width: float, height: float):
        self.figure = Figure(figsize=(width, height), dpi=DPI)
        FigureCanvasAgg(self.figure)                               # it measures texts
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set(xlim=(0, width), ylim=(height, 0), autoscale_on=False)
        self.axes.axis("off")

    def array(self, array, left, top, width, height, middle=True, **style):
        """Fit an array (H, W) or (H, W, 3) into a box; `style` goes to imshow."""
        H, W = array.shape[:2]
        pixel = min(width / W, height / H)
        left += (width - W * pixel) / 2 if middle else 0
        top += (height - H * pixel) / 2
        smooth = "antialiased" if pixel * DPI < 1 else "nearest"   # "nearest" would drop lines of an image that shrinks
        self.axes.imshow(array, extent=(left, left + W * pixel, top + H * pixel, top), interpolation=smooth, **style)

    def image(self, image, left, top, width, height, **style):
        """Fit an image, as `pixels` takes it, into a box."""
        array, colours = pixels(image)
        self.array(array, left, top, width, height, **colours, **style)

    def signed(self, array, largest, left, top, width, height, **style):
        """Numbers with a sign (H, W): red above 0, white at 0, blue below."""
        largest = max(largest, 1e-30)
        self.array(array, left, top, width, height, cmap=SIGNED, vmin=-largest, vmax=largest, **style)

    def text(self, left, top, text, width=None, **style):
        """Text. If it is wider than `width`, its font becomes smaller."""
        text = self.axes.text(left, top, text, **style)
        with any_script():
            while width and text.get_fontsize() > 4 and text.get_window_extent().width > width * DPI:
                text.set_fontsize(text.get_fontsize() - 0.5)


def show_image(axes: Axes, image: np.ndarray) -> None:
    """Show an image, as `pixels` takes it, on axes of its own."""
    array, colours = pixels(image)
    axes.imshow(array, interpolation="antialiased" if max(array.shape[:2]) > DPI else "nearest", **colours)


def pixels(image: np.ndarray) -> tuple[np.ndarray, dict]:
    """What imshow needs to show an image over its full range: an array, and the arguments for its colours.

    Shapes: image (H, W, 1) or (H, W, 3), bytes 0..255 or floats 0..1.
    """
    most = 255 if image.dtype == np.uint8 else 1
    if image.shape[2] == 1:
        return image[..., 0], {"cmap": "gray", "vmin": 0, "vmax": most}
    return np.clip(image[..., :3], 0, most), {}


def shorten(text: str, most: int) -> str:
    """`text` in one line of at most `most` characters. A dollar sign is escaped: it would start a formula in matplotlib."""
    text = " ".join(str(text).split())
    return (text if len(text) <= most else text[:most - 1] + "…").replace("$", r"\$")
