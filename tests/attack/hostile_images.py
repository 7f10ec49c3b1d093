"""Hostile pictures: all modes, damage, headers that lie, chunks that do not fit, and bombs, drawn from a generator."""

import functools
import io
import struct
import zlib

import numpy as np
from PIL import Image

from .hostile_idx import damaged

MODES = ("L", "RGB", "RGBA", "P", "1", "LA", "I;16", "CMYK", "YCbCr")
BOMBS = ("1 10000x10000", "P 9000x9000", "L 9999x9999", "RGBA 4500x4500", "I;16 6000x6000", "RGB 7000x7000", "jpeg 7000x7000",
         "jpeg L 9000x9000", "progressive 7000x7000", "jpeg 65500x700", "png 10001x10000", "png 65535x100", "png 100x70000")


def saved(image, format, **settings):
    file = io.BytesIO()
    image.save(file, format, **settings)
    return file.getvalue()


def drawn(rng):
    """A correct PNG or JPEG file of any mode, upright or not, animated or not."""
    h, w = (int(size) for size in rng.integers(1, 80, 2))
    image = Image.fromarray(rng.integers(0, 256, (h, w, 3), dtype=np.uint8))
    mode = str(rng.choice(MODES))
    image = Image.fromarray(rng.integers(0, 65536, (h, w)).astype(np.uint16)) if mode == "I;16" else image.convert(mode)
    jpeg = mode in ("CMYK", "YCbCr") or (mode in ("L", "RGB") and rng.random() < 0.5)
    settings = {}
    if rng.random() < 0.4:
        exif = Image.Exif()
        exif[0x0112] = int(rng.integers(0, 12))
        settings["exif"] = exif.tobytes() if rng.random() < 0.7 else b"Exif\0\0MM\0*" + rng.bytes(rng.integers(0, 80))
    if jpeg:
        return saved(image, "JPEG", progressive=bool(rng.random() < 0.3), quality=int(rng.integers(1, 100)), **settings)
    if mode in ("P", "L", "RGB", "1") and rng.random() < 0.4:
        settings["transparency"] = (1, 2, 3) if mode == "RGB" else int(rng.integers(256))
    if rng.random() < 0.15 and mode in ("L", "RGB"):
        settings |= {"save_all": True, "append_images": [image, image.rotate(90)], "duration": 1}
    return saved(image, "PNG", **settings)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def odd_png(rng):
    """Chunks with right checksums that lie: sizes, depths, colour types, text, profiles, animation, order, lengths."""
    def size():
        return int(rng.choice([0, 1, 5, 50, 70000, 2**31 - 1, 2**31, 2**32 - 1], p=[.05, .2, .3, .3, .05, .04, .03, .03]))
    depth, colour = int(rng.choice([0, 1, 2, 4, 8, 16, 17])), int(rng.choice([0, 1, 2, 3, 4, 6, 9]))
    start = chunk(b"IHDR", struct.pack(">IIBBBBB", size(), size(), depth, colour, *rng.choice([0, 0, 0, 1, 7], 3).tolist()))
    bomb = zlib.compress(bytes(20_000_000))
    kinds = [chunk(b"IDAT", zlib.compress(rng.bytes(rng.integers(0, 9000)))), chunk(b"PLTE", rng.bytes(rng.integers(0, 800))),
             chunk(b"tRNS", rng.bytes(rng.integers(0, 300))), chunk(b"zTXt", b"a\0\0" + bomb), chunk(b"IEND", b""),
             chunk(b"iCCP", b"a\0\0" + bomb), chunk(b"iTXt", b"a\0\1\0\0\0" + bomb), chunk(b"eXIf", rng.bytes(60)),
             chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)), chunk(b"fcTL", rng.bytes(26)), chunk(b"fdAT", rng.bytes(40)),
             chunk(b"gAMA", rng.bytes(rng.integers(0, 9))), chunk(b"IHDR", rng.bytes(13)), struct.pack(">I", 2**31) + b"IDATxx"]
    chunks = [start] * (rng.random() < 0.9) + [kinds[k] for k in rng.integers(0, len(kinds), rng.integers(0, 7))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IDAT", zlib.compress(bytes(30_000))) + chunk(b"IEND", b"")


def odd_jpeg(rng):
    """A JPEG whose frame header promises another size or number of channels, or with segments that do not fit."""
    file = bytearray(saved(Image.new("RGB", (40, 30), (9, 99, 200)), "JPEG", progressive=bool(rng.random() < 0.5)))
    frame = max(file.find(b"\xff\xc0"), file.find(b"\xff\xc2"))
    if rng.random() < 0.7:
        sizes = [(0, 0), (0, 9), (7000, 7000), (9999, 9999), (10001, 10001), (65535, 65535), (1, 65535), (4000, 60)]
        file[frame + 5:frame + 9] = struct.pack(">HH", *sizes[rng.integers(len(sizes))])
    if rng.random() < 0.3:
        file[frame + 9] = int(rng.integers(256))                   # the number of channels
    if rng.random() < 0.3:
        segment = b"\xff" + bytes([int(rng.integers(0xC0, 0xFF))]) + struct.pack(">H", int(rng.integers(0, 99)))
        file[2:2] = segment + rng.bytes(rng.integers(0, 99))
    if rng.random() < 0.3:
        file[2:2] = b"\xff\xe2" + struct.pack(">H", 98) + b"MPF\0MM\0*" + rng.bytes(88)
    return bytes(file)


def other_kind(rng):
    """Other formats, texts, nothing; correct starts with nothing behind them."""
    image = Image.new("RGB", (8, 8))
    formats = [saved(image, kind) for kind in ("GIF", "BMP", "TIFF", "PPM", "ICO", "TGA")]
    kinds = [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xd9", b"\x89PNG", b"RIFF", b"%PDF-1.7",
             b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\0" * 99, *formats]
    return kinds[rng.integers(len(kinds))] if rng.random() < 0.7 else rng.bytes(rng.integers(0, 500))


@functools.cache
def bomb(name):
    """A small correct file of very many equal pixels; one of each kind is made."""
    *mode, size = name.split()
    w, h = (int(side) for side in size.split("x"))
    mode = " ".join(mode)
    if "jpeg" in mode or mode == "progressive":
        return saved(Image.new("L" if "L" in mode else "RGB", (w, h)), "JPEG", progressive=mode == "progressive", quality=1)
    if mode == "png":                                              # a header alone
        return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 6, 0, 0, 0))
                + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b""))
    return saved(Image.new(mode, (w, h)), "PNG", **({"transparency": 0} if mode == "P" else {}))


def draw(rng):
    """(what kind of file, its bytes)."""
    kind = str(rng.choice(["correct", "damaged", "odd PNG", "odd JPEG", "other kind", "bomb"],
                          p=[0.15, 0.37, 0.18, 0.15, 0.1, 0.05]))
    if kind == "correct":
        return kind, drawn(rng)
    if kind == "damaged":
        return kind, damaged(rng, drawn(rng))
    if kind == "bomb":
        name = BOMBS[rng.integers(len(BOMBS))]
        return f"bomb {name}", bomb(name)
    return kind, {"odd PNG": odd_png, "odd JPEG": odd_jpeg, "other kind": other_kind}[kind](rng)
