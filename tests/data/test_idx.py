"""The IDX reader gives back what was written, and refuses everything that is not exactly one well-formed array."""

import gzip
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from minicnn.data import read_idx
from minicnn.data.idx import CHUNK

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


def idx_bytes(array):
    header = bytes([0, 0, CODES[array.dtype.str[1:]], array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def claim(*sizes, code=0x08):
    """The header of a file that says it has these sizes."""
    return bytes([0, 0, code, len(sizes)]) + np.array(sizes, ">u4").tobytes()


def refusal(path, content):
    """Write the content, read it, and return the message of the ValueError that must come of it."""
    path.write_bytes(content)
    with pytest.raises(ValueError) as caught:
        read_idx(path)
    text = str(caught.value)
    assert text.startswith("read_idx(") and " expected " in text and ", got " in text and "; " in text
    assert path.name in text and "\n" not in text
    return text


arrays = st.sampled_from(sorted(CODES)).flatmap(
    lambda code: npst.arrays(np.dtype(code), npst.array_shapes(min_dims=1, max_dims=4, max_side=5))
)


@settings(deadline=None)
@given(array=arrays, compress=st.booleans())
def test_reads_back_what_was_written(tmp_path_factory, array, compress):
    path = tmp_path_factory.mktemp("idx") / "array"
    path.write_bytes(gzip.compress(idx_bytes(array)) if compress else idx_bytes(array))
    read = read_idx(path)
    assert read.dtype == array.dtype and read.dtype.isnative
    np.testing.assert_array_equal(read, array)


def test_64_dimensions_are_not_too_many(tmp_path):
    (tmp_path / "deep").write_bytes(claim(*[1] * 63, 2, code=0x0B) + b"\1\2\3\4")
    assert read_idx(tmp_path / "deep").ravel().tolist() == [0x102, 0x304]
    assert read_idx(tmp_path / "deep").shape == (*[1] * 63, 2)


def test_a_limit_on_the_bytes(tmp_path):
    (tmp_path / "array").write_bytes(gzip.compress(idx_bytes(IMAGES)))
    np.testing.assert_array_equal(read_idx(tmp_path / "array", most_bytes=24), IMAGES)
    with pytest.raises(ValueError, match=r"array'\) expected at most 23 bytes of data, got 24 bytes .*another data set"):
        read_idx(tmp_path / "array", most_bytes=23)


def test_what_is_no_path_is_refused():
    for wrong in (None, 3, IMAGES):
        with pytest.raises(TypeError, match="read_idx expected the path of an IDX file, got"):
            read_idx(wrong)


def test_the_first_bytes_decide_about_gzip_not_the_name(tmp_path):
    (tmp_path / "plain.gz").write_bytes(idx_bytes(IMAGES))
    (tmp_path / "compressed").write_bytes(gzip.compress(idx_bytes(IMAGES)))
    np.testing.assert_array_equal(read_idx(tmp_path / "plain.gz"), IMAGES)
    np.testing.assert_array_equal(read_idx(str(tmp_path / "compressed")), IMAGES)


def test_the_array_can_be_written_to(tmp_path):
    (tmp_path / "images").write_bytes(idx_bytes(IMAGES))
    images = read_idx(tmp_path / "images")
    images[0, 0, 0] = 7
    assert images[0, 0, 0] == 7


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(FileNotFoundError, match="read_idx expected an IDX file, got no file at") as caught:
            read_idx(path)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "an empty file"),
        (b"\0\0\x08", "got 00 00 08"),
        (b"\x89PNG\r\n", "got 89 50 4e 47"),
        (b"\0\1\x08\1" + b"\0\0\0\1" + b"x", "begins 00 00"),
        (claim(1, code=0x0A) + b"x", "got 0x0a"),
        (claim(1, code=0) + b"x", "got 0x00"),
        (claim() + b"x", "0 dimensions"),
        (claim(2, 3)[:-1], "got 7 bytes"),
        (b"\0\0\x08\x40" + bytes(20), "64 sizes"),
        (claim(*[1] * 65) + b"x", "1 to 64 dimensions, got 65"),
        (b"\0\0\x08\xff" + bytes(20), "1 to 64 dimensions, got 255"),
        (claim(0), r"sizes (0,)"),
        (claim(3, 0, 3), "sizes (3, 0, 3)"),
        (claim(2**32 - 1) + bytes(10), "4294967295 bytes"),
        (claim(*[2**32 - 1] * 64) + bytes(10), f"{(2**32 - 1) ** 64} bytes of data for sizes (4294967295, "),
        # The product is 0 in 64-bit arithmetic, and 2^32 + 1 wraps to what is there in 32-bit arithmetic.
        (claim(2**16, 2**16, 2**16, 2**16), f"{2**64} bytes"),
        (claim(641, 6700417) + b"x", f"{2**32 + 1} bytes"),
        (claim(3, code=0x0E) + bytes(23), "24 bytes"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_refuses_a_bad_header(tmp_path, content, says, pack):
    assert says in refusal(tmp_path / "images", pack(content))


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@settings(deadline=None)
@given(cut=st.integers(min_value=0, max_value=len(idx_bytes(IMAGES)) - 1))
def test_refuses_a_file_cut_anywhere(tmp_path_factory, pack, cut):
    refusal(tmp_path_factory.mktemp("idx") / "images", pack(idx_bytes(IMAGES)[:cut]))


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_refuses_trailing_bytes(tmp_path, pack):
    assert "more bytes after them" in refusal(tmp_path / "images", pack(idx_bytes(IMAGES) + b"\0"))


@pytest.mark.parametrize("length", [CHUNK - 1, CHUNK, CHUNK + 1])
def test_files_longer_than_one_chunk(tmp_path, length):
    array = np.random.default_rng(0).integers(0, 256, length, np.uint8)
    (tmp_path / "array").write_bytes(idx_bytes(array))
    np.testing.assert_array_equal(read_idx(tmp_path / "array"), array)
    assert "more bytes after them" in refusal(tmp_path / "array", idx_bytes(array) + b"\0")


def test_refuses_a_gzip_file_cut_anywhere(tmp_path):
    whole = gzip.compress(idx_bytes(IMAGES))
    for cut in range(2, len(whole)):  # below 2 bytes it is no gzip file
        assert "a damaged one" in refusal(tmp_path / "images.gz", whole[:cut])


def test_refuses_a_gzip_file_with_a_flipped_bit_or_rubbish_after_it(tmp_path):
    whole = bytearray(gzip.compress(np.random.default_rng(0).bytes(100)))
    whole[50] ^= 1
    refusal(tmp_path / "images.gz", bytes(whole))
    checksum = bytearray(gzip.compress(idx_bytes(IMAGES)))
    checksum[-8] ^= 1
    assert "a damaged one" in refusal(tmp_path / "images.gz", bytes(checksum))
    assert "a damaged one" in refusal(tmp_path / "images.gz", gzip.compress(idx_bytes(IMAGES)) + b"rubbish")


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(claim(100) + bytes(50_000_000)),  # a bomb: far more than the header promises
        gzip.compress(claim(2**20, 2**20) + bytes(50_000_000)),  # more than a file of this length can hold
        claim(2**20, 2**20) + bytes(50_000_000),
        gzip.compress(claim(50_000_000) + np.random.default_rng(0).bytes(100_000)),  # possible, but not there
    ],
    ids=["bomb", "gzip", "plain", "promise"],
)
def test_a_lie_costs_no_memory(tmp_path, content):
    tracemalloc.start()
    refusal(tmp_path / "images", content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000
