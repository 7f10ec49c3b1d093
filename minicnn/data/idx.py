"""Read IDX, the file format of MNIST: a header that describes an array, then the numbers of the array.

    bytes 0, 1    0 0
    byte  2       type of the numbers (0x08: unsigned byte, ...)
    byte  3       number of dimensions D
    4 * D bytes   the size of each dimension: a big-endian unsigned 32-bit integer
    the rest      the numbers, last dimension fastest, big-endian

A header may be wrong, so it is not trusted. The number of bytes that it promises is computed in Python integers, which do
not overflow, and memory is used only for bytes that the file really holds.
"""

import gzip
import math
import os
import zlib
from pathlib import Path

import numpy as np

from ..shapes import message
from .checks import check_path

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MOST_DIMENSIONS = 64  # that a NumPy array can have
DEFLATE_LIMIT = 1032  # one byte of a deflate stream never stands for more than 1032 bytes (zlib technical notes)
CHUNK = 1 << 20       # bytes read at a time
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)  # what a damaged gzip file raises


def read_idx(path: str | os.PathLike, most_bytes: int | None = None) -> np.ndarray:
    """Read one IDX file, plain or gzip-compressed, into an array of the type that its header names.

    `most_bytes` limits the memory that the array may take. Without it, a compressed file can become an array 1000 times
    as large as the file.

    Shapes: a file with sizes (N, H, W) gives an array (N, H, W) in the machine's own byte order.
    Raises: FileNotFoundError if there is no such file; ValueError if the file is not exactly one well-formed array, or if
    the array is larger than `most_bytes`.
    Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section "File formats".
    """
    check_path("read_idx", "the path of an IDX file", path)
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(message("read_idx", "an IDX file", f"no file at {path}", "check the path"))
    with open(path, "rb") as plain:
        length = os.fstat(plain.fileno()).st_size
        stream = decompressed(plain)
        possible = length if stream is plain else DEFLATE_LIMIT * length
        try:
            return _read_array(stream, path, possible, most_bytes)
        except DAMAGED as error:
            raise _refusal(path, "a whole gzip file", f"a damaged one ({error})") from error


def decompressed(plain):
    """The content of an open file as a stream: decompressed if it is a gzip file, else the file itself."""
    compressed = plain.read(2) == b"\x1f\x8b"  # the name of a file proves nothing, its first two bytes do
    plain.seek(0)
    return gzip.GzipFile(fileobj=plain) if compressed else plain


def _read_array(stream, path, possible, most_bytes):
    """Read header and numbers from a stream that cannot hold more than `possible` bytes."""
    dtype, shape = _read_header(stream, path)
    promised = math.prod(shape) * dtype.itemsize
    what = f"{promised} bytes of data for sizes {_short(shape)}"
    if promised > possible:
        raise _refusal(path, what, f"a file with room for {possible} at most")
    if most_bytes is not None and promised > most_bytes:
        raise _refusal(path, f"at most {most_bytes} bytes of data", what, "is this another data set?")

    data = bytearray()
    while len(data) <= promised:  # one byte more than promised proves that the file is too long
        chunk = stream.read(min(CHUNK, promised + 1 - len(data)))
        if not chunk:
            break
        data += chunk
    if len(data) != promised:
        raise _refusal(path, what, f"{len(data)} bytes" if len(data) < promised else "more bytes after them")
    array = np.frombuffer(data, dtype).reshape(shape)
    return array if dtype.isnative else array.byteswap(inplace=True).view(dtype.newbyteorder("="))


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
    if not 1 <= dimensions <= MOST_DIMENSIONS:
        raise _refusal(path, f"1 to {MOST_DIMENSIONS} dimensions", f"{dimensions} dimensions")
    sizes = stream.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise _refusal(path, f"{dimensions} sizes of 4 bytes each", f"{len(sizes)} bytes")
    shape = tuple(np.frombuffer(sizes, ">u4").tolist())
    if 0 in shape:
        raise _refusal(path, "sizes of at least 1", f"sizes {_short(shape)}")
    return np.dtype(TYPES[code]), shape


def _short(shape):
    """A shape as text; of more than eight sizes, the first eight."""
    return str(shape) if len(shape) <= 8 else f"({', '.join(map(str, shape[:8]))}, ... {len(shape)} sizes)"


def _refusal(path, expected, got, fix="the file is damaged or was cut short: fetch it again"):
    return ValueError(message(f"read_idx({str(path)!r})", expected, got, fix))
