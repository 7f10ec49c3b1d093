"""Hostile IDX and gzip files: valid ones, lies, damage and bombs, drawn from a generator."""

import functools
import gzip
import struct
import zlib

CODES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MNIST = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def header(code, sizes):
    return bytes([0, 0, code, len(sizes) % 256]) + b"".join(struct.pack(">I", size) for size in sizes)


def valid(rng):
    """(bytes of a well-formed file, the array that is in it)."""
    code = int(rng.choice(list(CODES)))
    shape = tuple(int(size) for size in rng.integers(1, 6, rng.integers(1, 5)))
    array = rng.integers(0, 100, shape).astype(CODES[code])
    return header(code, shape) + array.tobytes(), array


def odd_header(rng):
    code, dimensions = int(rng.integers(256)), int(rng.choice([0, 1, 2, 3, 4, 16, 32, 33, 63, 64, 65, 128, 255]))
    code = code if rng.random() < 0.3 else int(rng.choice(list(CODES)))
    sizes = [int(rng.choice([0, 1, 1, 1, 2, 3, 2**16, 2**31, 2**32 - 1])) for _ in range(dimensions)]
    return header(code, sizes) + rng.bytes(rng.integers(0, 300))


def deep(rng):
    """A file that keeps all its promises, with up to 255 dimensions of size 1: NumPy arrays have 64 at most."""
    return header(0x08, [1] * int(rng.integers(1, 256))) + b"x"


def lie(rng):
    """Sizes whose product is huge, or wraps around in 32 or 64 bits."""
    sizes = [(2**16,) * 4, (641, 6700417), (2**32 - 1,) * 3, (2**32 - 1,), (10**6, 28, 28), (2**20, 2**20), (3, 10**8)]
    return header(int(rng.choice(list(CODES))), sizes[rng.integers(len(sizes))]) + rng.bytes(rng.integers(0, 2000))


@functools.lru_cache(maxsize=1)
def _zeros():
    return gzip.compress(bytes(9_800_000)) * 40                    # the members of a gzip file are one stream


def bomb(rng):
    """400 kB of gzip that become 390 MB; the header tells the truth, or not."""
    sizes = [(500_000, 28, 28), (500_000, 28, 28), (392_000_000,), (60_000, 28, 28), (100,), (2**30,)][rng.integers(6)]
    return gzip.compress(header(0x08, sizes)) + _zeros()


def other_kind(rng):
    kinds = (b"", b"\0", b"\0\0", b"\0\0\x08", b"<html>404</html>", b"\x89PNG\r\n\x1a\n" + bytes(50), b"PK\3\4", b"\x1f\x8b",
             b"\x1f\x8b\x08", b"\x1f\x8b\x09" + bytes(30), b"not idx", bytes(1000), "Ünicode".encode("utf-16"))
    return kinds[rng.integers(len(kinds))] if rng.random() < 0.6 else rng.bytes(rng.integers(0, 500))


def damaged(rng, content):
    """Cut, flip bits, overwrite, repeat, or append."""
    content = bytearray(content)
    how = rng.integers(5)
    if how == 0 or not content:
        return bytes(content[:rng.integers(len(content) + 1)])
    if how == 1:
        for place in rng.integers(0, len(content), rng.integers(1, 20)):
            content[place] ^= 1 << rng.integers(8)
    elif how == 2:
        at = rng.integers(len(content))
        content[at:at + rng.integers(1, 50)] = rng.bytes(rng.integers(0, 50))
    elif how == 3:
        content += content[rng.integers(len(content)):]
    else:
        content += rng.bytes(rng.integers(1, 100))
    return bytes(content)


def odd_gzip(rng, content):
    """A gzip file with flags, extra fields, wrong checksums, several members or zeros at its end."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = deflate.compress(content) + deflate.flush()
    flags = int(rng.integers(256)) if rng.random() < 0.5 else 0
    start = b"\x1f\x8b\x08" + bytes([flags]) + rng.bytes(6) + (rng.bytes(rng.integers(0, 60)) if flags else b"")
    crc = zlib.crc32(content) if rng.random() < 0.5 else int(rng.integers(2**32))
    length = len(content) if rng.random() < 0.7 else int(rng.integers(2**32))
    file = start + body + struct.pack("<II", crc, length)
    how = rng.integers(4)
    return file + (b"", bytes(100), gzip.compress(b""), rng.bytes(9))[how] if how else gzip.compress(file)


def draw(rng):
    """(what kind of file, its bytes, the array that must come of it or None)."""
    kind = str(rng.choice(["valid", "odd header", "deep", "lie", "other kind", "damaged", "odd gzip", "gzip", "bomb"],
                          p=[0.05, 0.14, 0.02, 0.1, 0.1, 0.25, 0.2, 0.12, 0.02]))
    content, array = valid(rng)
    if kind == "valid":
        return kind, gzip.compress(content) if rng.random() < 0.5 else content, array
    if kind in ("damaged", "gzip"):
        file = gzip.compress(content) if rng.random() < 0.5 else content
        file = damaged(rng, file)
        return kind, gzip.compress(file) if kind == "gzip" else file, None
    if kind == "odd gzip":
        return kind, odd_gzip(rng, content if rng.random() < 0.5 else odd_header(rng)), None
    make = {"odd header": odd_header, "deep": deep, "lie": lie, "other kind": other_kind, "bomb": bomb}[kind]
    content = make(rng)
    return kind, gzip.compress(content) if kind != "bomb" and rng.random() < 0.4 else content, None
