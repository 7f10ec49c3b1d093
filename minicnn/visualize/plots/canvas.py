"""What all pictures share: colours, how a picture is shown, how a figure becomes a file.

Colours keep apart for colour-blind readers (Okabe, Ito). Numbers with a sign are red above 0, white at 0, blue below.
"""

import contextlib
import os
import warnings

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#595959"
SIGNED = "RdBu_r"
DPI = 120


def check_target(path):
    """Raise OSError unless a picture can be written to this path: a name, in a folder that is there or can be made."""
    if not str(path) or (os.path.exists(path) and not os.path.isfile(path)):
        raise OSError(f"a picture expected the name of a file, got {path!r}, which is a folder or a device")
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)


def save(figure, path):
    """Write the figure as a PNG; an older file stays whole until the new one is."""
    check_target(path)
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    temporary = f"{path}.{os.getpid()}.part"
    try:
        with any_script():
            FigureCanvasAgg(figure).print_figure(temporary, dpi=DPI, format="png")
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


@contextlib.contextmanager
def any_script():
    """No warning for a class name in a script that the font lacks: it is drawn as boxes."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")
        yield


class Sheet:
    """Many small pictures and texts on one page, placed in inches from its top left corner.

    A hundred axes, each with its ticks, would take seconds; this takes a tenth of one.
    """

    def __init__(self, width, height):
        self.figure = Figure(figsize=(width, height), dpi=DPI)
        FigureCanvasAgg(self.figure)                               # it measures texts
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set(xlim=(0, width), ylim=(height, 0), autoscale_on=False)
        self.axes.axis("off")

    def image(self, image, left, top, width, height, middle=True, **how):
        """Fit an image (H, W) or (H, W, 3) into a box; `how` is for imshow."""
        H, W = image.shape[:2]
        pixel = min(width / W, height / H)
        left += (width - W * pixel) / 2 if middle else 0
        top += (height - H * pixel) / 2
        smooth = "antialiased" if pixel * DPI < 1 else "nearest"   # enlarged: as it is; shrunk: nearest would drop lines
        self.axes.imshow(image, extent=(left, left + W * pixel, top + H * pixel, top), interpolation=smooth, **how)

    def picture(self, picture, left, top, width, height, **how):
        """A photo or digit as `pixels` takes it, fitted into a box."""
        image, colours = pixels(picture)
        self.image(image, left, top, width, height, **colours, **how)

    def signed(self, image, largest, left, top, width, height, **how):
        """Numbers with a sign (H, W): red above 0, white at 0, blue below."""
        largest = max(largest, 1e-30)
        self.image(image, left, top, width, height, cmap=SIGNED, vmin=-largest, vmax=largest, **how)

    def text(self, left, top, text, width=None, **how):
        """Text; with a `width` smaller where it would be wider than that."""
        text = self.axes.text(left, top, text, **how)
        with any_script():
            while width and text.get_fontsize() > 4 and text.get_window_extent().width > width * DPI:
                text.set_fontsize(text.get_fontsize() - 0.5)


def show_image(axes, picture):
    """A photo or digit as `pixels` takes it, on axes of its own."""
    image, colours = pixels(picture)
    axes.imshow(image, interpolation="antialiased" if max(image.shape[:2]) > DPI else "nearest", **colours)


def pixels(picture):
    """What imshow needs to show a picture over its full range, as a pair: an array, and the colours.

    Shapes: picture (H, W, 1) or (H, W, 3), bytes 0..255 or floats 0..1.
    """
    most = 255 if picture.dtype == np.uint8 else 1
    if picture.shape[2] == 1:
        return picture[..., 0], {"cmap": "gray", "vmin": 0, "vmax": most}
    return np.clip(picture[..., :3], 0, most), {}


def shorten(text, most):
    """`text` in one line of at most `most` characters; a dollar sign stays one (matplotlib would start a formula)."""
    text = " ".join(str(text).split())
    return (text if len(text) <= most else text[:most - 1] + "…").replace("$", r"\$")
