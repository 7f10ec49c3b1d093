"""Reading IDX, the file format of MNIST: a header that says what follows, then the numbers.

    bytes 0, 1    0 0
    byte  2       type code of the numbers (0x08: unsigned byte, ...)
    byte  3       number of dimensions D
    4 * D bytes   one size per dimension, each a big-endian unsigned 32-bit integer
    the rest      the numbers, last dimension fastest, big-endian

A header is a claim, not a fact. Nothing here is allocated because a header asks for it: the size it promises is
computed in Python integers, which do not overflow, and compared with the bytes that are really there.
"""

import gzip
import math
import os
import zlib
from pathlib import Path

import numpy as np

from ..shapes import message

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
DEFLATE_LIMIT = 1032  # one byte of a deflate stream never stands for more than 1032 bytes (zlib technical notes)
CHUNK = 1 << 20  # bytes read at a time
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)  # what a damaged gzip file raises


def read_idx(path):
    """Read one IDX file, plain or gzip-compressed, into an array of the type its header names.

    Shapes: a file with sizes (N, H, W) gives an array (N, H, W) in the machine's own byte order.
    Raises: FileNotFoundError when there is no such file; ValueError when the file is not exactly one well-formed array.
    Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section "File formats".
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(message("read_idx", "an IDX file", f"no file at {path}", "check the path"))
    with open(path, "rb") as plain:
        length = os.fstat(plain.fileno()).st_size
        stream = decompressed(plain)
        try:
            return _read_array(stream, path, most=length if stream is plain else DEFLATE_LIMIT * length)
        except DAMAGED as error:
            raise _refusal(path, "a whole gzip file", f"a damaged one ({error})") from error


def decompressed(plain):
    """What an open file holds, as a stream: decompressed when it is a gzip file, else the file itself."""
    compressed = plain.read(2) == b"\x1f\x8b"  # the name proves nothing, the first two bytes do
    plain.seek(0)
    return gzip.GzipFile(fileobj=plain) if compressed else plain


def _read_array(stream, path, most):
    """Read header and numbers from a stream that can hold no more than `most` bytes."""
    dtype, shape = _read_header(stream, path)
    promised = math.prod(shape) * dtype.itemsize
    if promised > most:
        raise _refusal(path, f"{promised} bytes of data for sizes {shape}", f"a file with room for {most} at most")

    data = bytearray()
    while len(data) <= promised:  # one byte more than promised proves that the file is too long, and is enough
        chunk = stream.read(min(CHUNK, promised + 1 - len(data)))
        if not chunk:
            break
        data += chunk
    if len(data) < promised:
        raise _refusal(path, f"{promised} bytes of data for sizes {shape}", f"{len(data)} bytes")
    if len(data) > promised:
        raise _refusal(path, f"{promised} bytes of data for sizes {shape} and then the end", "more bytes after them")
    return np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _read_header(stream, path):
    """Read the type of the numbers and the sizes of the dimensions."""
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        got = f"{magic.hex(' ')}" if magic else "an empty file"
        raise _refusal(path, "an IDX file, which begins 00 00 <type> <dimensions>", got, "is it another kind of file?")
    code, dimensions = magic[2], magic[3]
    if code not in TYPES:
        known = ", ".join(f"0x{known:02x}" for known in TYPES)
        raise _refusal(path, f"a type code among {known}", f"0x{code:02x}", "is it another kind of file?")
    if dimensions == 0:
        raise _refusal(path, "at least one dimension", "0 dimensions")
    sizes = stream.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise _refusal(path, f"{dimensions} sizes of 4 bytes each", f"{len(sizes)} bytes")
    shape = tuple(np.frombuffer(sizes, ">u4").tolist())
    if 0 in shape:
        raise _refusal(path, "sizes of at least 1", f"sizes {shape}")
    return np.dtype(TYPES[code]), shape


def _refusal(path, expected, got, fix="the file is damaged or was cut short: fetch it again"):
    return ValueError(message(f"read_idx({str(path)!r})", expected, got, fix))
