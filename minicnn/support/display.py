"""Show a result to a person: a file in the desktop's viewer, images as text."""

import os
import shutil
import subprocess
import sys


def show(path):
    """Open a file in the viewer of this desktop. Without a display it does nothing."""
    if sys.platform == "win32":
        os.startfile(path)
    elif sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        program = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
        if program:
            subprocess.Popen([program, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def sketch(images, captions, shades=" .:-=+*#%@"):
    """Images as text, side by side, each under its caption.

    Shapes: images (N, H, W, 1) floats in [0, 1], H and W even.
    """
    lines = ["".join(f"{caption:<{images.shape[2] // 2 + 2}}" for caption in captions)]
    for i in range(0, images.shape[1], 2):
        brightness = [image[i:i + 2, :, 0].reshape(2, -1, 2).mean(axis=(0, 2)) for image in images]    # (W / 2,)
        lines.append("".join("".join(shades[int(b * (len(shades) - 1) + 0.5)] for b in row) + "  " for row in brightness))
    return "\n".join(line.rstrip() for line in lines)
