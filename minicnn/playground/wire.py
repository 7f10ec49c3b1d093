"""Messages to the page: a header of JSON, then arrays as bytes from 0 to 255, because the page only draws them.

    4 bytes                     the length of the header, little-endian
    header                      JSON; its "arrays" has a name, a shape and a scale for each array
    the arrays' bytes           one after the other
"""

import base64
import json
import struct

import numpy as np


def pack(facts, arrays):
    """The message with these facts (a dict that JSON can hold) and these arrays (name -> array of floats)."""
    headers, parts = [], []
    for name, array in arrays.items():
        pixels, scale = as_bytes(array)
        headers.append({"name": name, "shape": pixels.shape, **scale})
        parts.append(pixels.tobytes())
    header = json.dumps(facts | {"arrays": headers}, allow_nan=False).encode()
    return b"".join([struct.pack("<I", len(header)), header, *parts])


def as_text(array):
    """An array of floats as a dict that JSON can hold: its shape, its scale, and its bytes in base64."""
    pixels, scale = as_bytes(array)
    return {"shape": pixels.shape, **scale, "bytes": base64.b64encode(pixels.tobytes()).decode()}


def as_bytes(array):
    """An array as bytes, and what they mean: {"low": ..., "high": ..., "signed": ...}.

    If no number is negative, 0 to the largest becomes 0 to 255. Otherwise 0 becomes 128, and the number that is farthest
    from 0 becomes 1 or 255. Maps come one after the other: (H, W, C) becomes (C, H, W).
    """
    array = np.asarray(array)
    low, high = float(array.min()), float(array.max())
    signed = low < 0
    largest = max(-low, high)
    with np.errstate(over="ignore", invalid="ignore"):
        if largest == 0 or not np.isfinite(largest):
            pixels = np.zeros(array.shape) + 128 * signed
        else:
            pixels = np.rint(128 + array * (127 / largest)) if signed else np.rint(array * (255 / largest))
    pixels = np.moveaxis(pixels, -1, 0) if array.ndim == 3 else pixels
    return np.ascontiguousarray(pixels, np.uint8), {"low": finite(low), "high": finite(high), "signed": signed}


def finite(number):
    """A number as JSON can hold it: None for NaN and infinity."""
    return float(number) if np.isfinite(number) else None
