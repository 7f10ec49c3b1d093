"""Images: resizing as Pillow does it, and files of every kind, good and bad."""

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from minicnn import DtypeError, ShapeError
from minicnn.data import ImageError, image_files, read_image, resize
from minicnn.data.images import as_channels, centre_crop
from tests.attack.data import peak_since, start_of_peak

RNG = np.random.default_rng(0)
COLOURS = RNG.integers(0, 256, (20, 30, 3), dtype=np.uint8)
sizes = st.integers(1, 40)


@settings(max_examples=40)
@given(sizes, sizes, sizes, sizes, st.integers(0, 2**32 - 1))
def test_resize_is_pillows_bilinear(H, W, OH, OW, seed):
    """Every image of a batch is resized as if Pillow resized it alone. Pillow may round its two passes in another order."""
    rng = np.random.default_rng(seed)
    x, f = rng.integers(0, 256, (2, H, W, 3), dtype=np.uint8), rng.random((H, W, 1), dtype=np.float32)
    for n in range(2):
        expected = np.asarray(Image.fromarray(x[n]).resize((OW, OH), Image.Resampling.BILINEAR))
        assert np.abs(resize(x, (OH, OW))[n].astype(int) - expected).max() <= 1
    expected = np.asarray(Image.fromarray(f[..., 0]).resize((OW, OH), Image.Resampling.BILINEAR))
    np.testing.assert_allclose(resize(f, (OH, OW))[..., 0], expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("H, OH", [(1, 3), (5, 9), (9, 4), (28, 32), (30, 7)])
def test_resize_weighs_pixels_by_a_triangle(H, OH):
    """y[i] = sum over h of a[i, h] x[h], a[i, h] ~ max(0, 1 - |(h + 1/2) / s - (i + 1/2)| * s / r), r = max(1, s)."""
    s, x = H / OH, RNG.random((H, 1, 1), dtype=np.float32)
    a = np.maximum(0, 1 - np.abs((np.arange(H) + 0.5) - (np.arange(OH)[:, None] + 0.5) * s) / max(1, s))
    expected = a @ x[:, 0, 0] / a.sum(axis=1)
    np.testing.assert_allclose(resize(x, (OH, 1))[:, 0, 0], expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_resize_keeps_dtypes_and_batches_and_returns_new_arrays(dtype):
    x = RNG.integers(0, 256, (5, 6, 4, 2)).astype(dtype)
    y = resize(x, (3, 7))
    assert y.dtype == dtype and y.shape == (5, 3, 7, 2) and y.flags.c_contiguous and y.flags.writeable
    np.testing.assert_array_equal(y[3], resize(x[3], (3, 7)))
    np.testing.assert_array_equal(y, resize(np.asfortranarray(x), (3, 7)))
    same = resize(x, (6, 4))
    np.testing.assert_array_equal(same, x)
    assert not np.shares_memory(same, x)
    np.testing.assert_allclose(resize(np.full((1, 9, 9, 1), 200, dtype), 4), 200, rtol=1e-6)


def test_what_resize_refuses():
    for wrong, error in (([1], DtypeError), (COLOURS.astype(int), DtypeError), (COLOURS[0], ShapeError),
                         (COLOURS[:0], ShapeError)):
        with pytest.raises(error, match="resize expected"):
            resize(wrong, 4)
    with pytest.raises(ShapeError, match="resize expected size >= 1, got 0"):
        resize(COLOURS, (0, 3))


def test_the_middle_is_cut_to_proportions():
    x = np.arange(20 * 30).reshape(20, 30, 1)
    np.testing.assert_array_equal(centre_crop(x, 7), x[:, 5:25])
    assert centre_crop(x, (32, 64)).shape == (15, 30, 1)
    assert centre_crop(x, (1000, 1)).shape == (20, 1, 1)
    np.testing.assert_array_equal(centre_crop(x, (2, 3)), x)


def test_grey_from_colour_and_colour_from_grey():
    grey = as_channels(COLOURS, 1)
    expected = np.asarray(Image.fromarray(COLOURS).convert("L")).astype(int)
    assert grey.shape == (20, 30, 1) and np.abs(grey[..., 0] - expected).max() <= 1
    assert (as_channels(grey, 3) == grey).all() and as_channels(grey[..., 0]).shape == (20, 30, 1)
    with pytest.raises(ShapeError, match="as_channels expected image"):
        as_channels(np.zeros((3, 3, 4), np.uint8), 3)
    with pytest.raises(DtypeError, match="as_channels expected image of uint8, got float64"):
        as_channels(np.zeros((3, 3, 3)), 3)


# ---------------------------------------------------------------------------------------------------------- files

def saved(tmp_path, image, name="image.png", **settings):
    path = tmp_path / name
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(path, **settings)
    return path


@pytest.mark.parametrize("mode", ["RGB", "P", "RGBA", "L", "LA", "1"])
def test_modes(tmp_path, mode):
    """What is not transparent is what Pillow makes of it."""
    image = Image.fromarray(COLOURS).convert(mode)
    expected = np.asarray(image.convert("L" if mode in ("L", "LA", "1") else "RGB"))
    found = read_image(saved(tmp_path, image))
    assert found.dtype == np.uint8 and found.shape == (20, 30, 1 if expected.ndim == 2 else 3)
    np.testing.assert_array_equal(found.reshape(expected.shape), expected)
    assert read_image(saved(tmp_path, image), 3).shape == (20, 30, 3)
    assert read_image(saved(tmp_path, image), 1).shape == (20, 30, 1)


def test_what_is_transparent_is_white(tmp_path):
    rgba = np.zeros((2, 3, 4), np.uint8)
    rgba[0], rgba[1, 0] = (255, 0, 0, 255), (0, 0, 255, 51)        # a fifth of blue
    found = read_image(saved(tmp_path, rgba))
    assert found[0, 0].tolist() == [255, 0, 0]
    assert found[1].tolist() == [[204, 204, 255], [255, 255, 255], [255, 255, 255]]
    grey = read_image(saved(tmp_path, rgba[..., 2:]))            # "LA"
    assert grey[..., 0].tolist() == [[0, 0, 0], [255, 255, 255]]
    palette = Image.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 40, 50, 60])
    palette.putpixel((1, 0), 1)
    assert read_image(saved(tmp_path, palette, transparency=0))[0].tolist() == [[255, 255, 255], [40, 50, 60]]


def test_16_bits_become_8(tmp_path):
    x = np.array([[0, 257, 128 * 257, 250 * 257, 65535]], np.uint16)
    assert read_image(saved(tmp_path, x))[..., 0].tolist() == [[0, 1, 128, 250, 255]]


def test_cmyk_jpeg(tmp_path):
    smooth = np.full((16, 16, 3), (200, 100, 50), np.uint8)
    found = read_image(saved(tmp_path, Image.fromarray(smooth).convert("CMYK"), "c.jpg"))
    assert np.abs(found.astype(int) - smooth).max() < 8


@pytest.mark.parametrize("orientation, upright", [
    (1, lambda x: x), (2, lambda x: x[:, ::-1]), (3, lambda x: x[::-1, ::-1]), (4, lambda x: x[::-1]),
    (5, lambda x: x.swapaxes(0, 1)), (6, lambda x: np.rot90(x, -1)), (7, lambda x: np.rot90(x, 2).swapaxes(0, 1)),
    (8, lambda x: np.rot90(x, 1)), (77, lambda x: x)])
def test_images_stand_upright(tmp_path, orientation, upright):
    exif = Image.Exif()
    exif[0x0112] = orientation
    np.testing.assert_array_equal(read_image(saved(tmp_path, COLOURS, exif=exif)), upright(COLOURS))
    jpeg = read_image(saved(tmp_path, np.repeat(np.repeat(COLOURS, 8, 0), 8, 1), "c.jpg", exif=exif, quality=95))
    assert jpeg.shape[:2] == upright(np.zeros((160, 240))).shape


def test_damaged_exif_says_nothing(tmp_path):
    path = saved(tmp_path, COLOURS, "c.jpg", exif=b"Exif\0\0MM\0*\0\0\0\xff broken")
    assert read_image(path).shape == (20, 30, 3)


def png(width, height):
    """A PNG whose header promises much, and nothing behind it."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("width, height", [(30_000, 30_000), (10_000, 10_001), (65_536, 1)])
def test_a_image_that_is_too_large_is_refused_before_it_is_decoded(tmp_path, width, height, monkeypatch):
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("it was decoded"))
    (tmp_path / "a.png").write_bytes(png(width, height))
    says = f"at most 100,000,000 pixels, and 65,535 on each side, got {width * height:,} in .*a.png; make it smaller"
    with pytest.raises(ImageError, match=says):
        read_image(tmp_path / "a.png")


@pytest.mark.parametrize("mode", ["RGB", "P", "RGBA", "L", "LA", "1"])
def test_conversion_in_strips_changes_nothing(tmp_path, mode, monkeypatch):
    path = saved(tmp_path, Image.fromarray(COLOURS).convert(mode))
    whole = read_image(path)
    monkeypatch.setattr(image_files, "STRIP", 70)                  # two rows of 30 pixels
    np.testing.assert_array_equal(read_image(path), whole)


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_large_image_is_read_at_a_fraction_of_its_size(tmp_path, orientation, monkeypatch):
    monkeypatch.setattr(image_files, "LARGE", 100)                 # 600 pixels: k = ceil(sqrt(6)) = 3
    monkeypatch.setattr(image_files, "STRIP", 200)
    exif = Image.Exif()
    exif[0x0112] = orientation
    expected = np.rot90(np.asarray(Image.fromarray(COLOURS).reduce(3)), -1 if orientation == 6 else 0)
    assert sorted(expected.shape) == [3, 7, 10]
    np.testing.assert_array_equal(read_image(saved(tmp_path, COLOURS, exif=exif)), expected)
    smooth = resize(COLOURS, (80, 120))                            # 9600 pixels: k = 10; libjpeg decodes at 1/8
    jpeg = read_image(saved(tmp_path, smooth, "c.jpg", exif=exif, quality=95))
    assert sorted(jpeg.shape) == [3, 5, 8]                         # 10 x 15 at 1/8, and then k = 2
    expected = np.rot90(np.asarray(Image.fromarray(smooth).reduce(16)), -1 if orientation == 6 else 0)
    assert np.abs(jpeg.astype(int) - expected).mean() < 6


@pytest.mark.parametrize("name, mode, side, shape, megabytes", [("c.jpg", "RGB", 7000, (1750, 1750, 3), 60),
                                                                ("c.png", "P", 4500, (1500, 1500, 3), 60)])
def test_a_large_image_takes_little_memory(tmp_path, name, mode, side, shape, megabytes):
    """All at once, the JPEG takes 500 MB, and the transparent PNG 350 MB, of which Pillow needs 20 for its pixels."""
    path = saved(tmp_path, Image.new(mode, (side, side)), name, **({"transparency": 0} if mode == "P" else {}))
    read_image(saved(tmp_path, Image.fromarray(COLOURS).convert(mode), "small.png"))       # what the first call imports
    before = start_of_peak()
    if not before:
        pytest.skip("the peak of the memory cannot be measured on this system")
    assert read_image(path).shape == shape
    assert peak_since(before) < 1e6 * megabytes


@pytest.mark.parametrize("name, content, what", [
    ("a.png", b"hello, I am a text", "another kind of file: .*a.png"), ("a.jpg", b"", "an empty file: .*a.jpg"),
    ("a.png", png(0, 5), "a damaged one"), ("a.jpg", b"\xff\xd8", "a damaged one"), ("a.gif", b"GIF89a", "another kind")])
def test_files_that_are_no_images(tmp_path, name, content, what):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImageError, match=f"^read_image expected a PNG or JPEG image, got {what}.*; save"):
        read_image(tmp_path / name)


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_a_file_cut_anywhere_is_one_error_that_names_it(tmp_path, name):
    whole = saved(tmp_path, COLOURS, name).read_bytes()
    for length in [1, 2, 8, 20, 33, *range(40, len(whole) - 20, 151)]:
        (tmp_path / name).write_bytes(whole[:length])
        with pytest.raises(ImageError, match=f"read_image expected a PNG or JPEG image, got .*{name}"):
            read_image(tmp_path / name)


def test_paths_that_cannot_be_opened(tmp_path):
    for path, why in ((tmp_path / "none.png", "No such file"), (tmp_path, "Is a directory|Permission")):
        with pytest.raises(ImageError, match=f"read_image expected a PNG or JPEG file .*, got '({why}).*is the name right"):
            read_image(path)
    with pytest.raises(ShapeError, match="read_image expected channels 1 or 3, got 4"):
        read_image(tmp_path, 4)
