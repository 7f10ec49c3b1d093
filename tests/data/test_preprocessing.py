"""From pixels to what a network gets, for a data set and for one image from elsewhere."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from minicnn import DtypeError, ShapeError, as_float, digits, fashion_mnist, mnist
from minicnn.data import ImageError, Preprocessing, resize
from minicnn.data.handwriting import digit, garment

REAL = Path(os.environ.get("MINICNN_DATA", "") or "no folder")
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (7, 10, 12, 3), dtype=np.uint8)


def test_ranges():
    x = Preprocessing.of("0..1", (10, 12, 3))(IMAGES)
    assert x.dtype == np.float32
    np.testing.assert_array_equal(x, as_float(IMAGES))
    np.testing.assert_allclose(Preprocessing.of("-1..1", (10, 12, 3))(IMAGES), as_float(IMAGES) * 2 - 1, atol=1e-6)
    prepare = Preprocessing.of("standard", (5, 6, 3), IMAGES)
    x = prepare(IMAGES)
    np.testing.assert_allclose(x.mean(axis=(0, 1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(x.std(axis=(0, 1, 2)), 1, rtol=1e-5)
    assert len(prepare.mean) == 3 and len(set(prepare.std)) == 3


def test_images_are_resized_a_few_at_a_time(monkeypatch):
    prepare = Preprocessing.of("0..1", (5, 4, 3))
    x = prepare(IMAGES)
    np.testing.assert_array_equal(x, as_float(resize(IMAGES, (5, 4))))
    monkeypatch.setattr("minicnn.data.preprocessing.CHUNK", 800)
    np.testing.assert_allclose(prepare(IMAGES), x, atol=1.1 / 255)


def test_a_preprocessing_goes_through_json():
    prepare = Preprocessing.of("standard", (8, 8, 3), IMAGES, "photo")
    again = Preprocessing.from_dict(json.loads(json.dumps(prepare.as_dict())))
    assert again == prepare
    assert isinstance(again.x_shape, tuple)
    for wrong in ({}, {"x_shape": 3}, None, prepare.as_dict() | {"more": 1}):
        with pytest.raises(ValueError, match="Preprocessing.from_dict expected a dict of x_shape, mean, std, kind"):
            Preprocessing.from_dict(wrong)
    for name, value in (("kind", "cat"), ("mean", [0.0, 1.0]), ("std", [0.0]), ("x_shape", [8, 8, 4])):
        with pytest.raises(ValueError, match=f"Preprocessing expected .*{name}"):
            Preprocessing.from_dict(prepare.as_dict() | {name: value})


def test_what_a_preprocessing_refuses():
    prepare = Preprocessing((8, 8, 1))
    with pytest.raises(DtypeError, match="Preprocessing expected images of uint8, got float32"):
        prepare(as_float(IMAGES))
    with pytest.raises(ShapeError, match=r"images \(N, h, w, 1\), got \(7, 10, 12, 3\); one_image"):
        prepare(IMAGES)
    with pytest.raises(ValueError, match=r"Preprocessing.of expected 0..1 or -1..1 or standard, got '0-1'"):
        Preprocessing.of("0-1", (8, 8, 1))
    with pytest.raises(ValueError, match='images for "standard", got None'):
        Preprocessing.of("standard", (8, 8, 1))
    with pytest.raises(ValueError, match="images that differ"):
        Preprocessing.of("standard", (8, 8, 1), np.zeros((2, 8, 8, 1), np.uint8))


def test_a_photo_is_cut_to_the_middle_and_gets_the_networks_channels():
    sheet = np.zeros((60, 100, 3), np.uint8)
    sheet[:, 20:80] = 255
    x = Preprocessing.of("0..1", (16, 16, 3)).one_image(sheet)
    assert x.shape == (1, 16, 16, 3) and x.dtype == np.float32 and (x == 1).all()
    assert Preprocessing.of("0..1", (16, 16, 1)).one_image(sheet).shape == (1, 16, 16, 1)
    assert Preprocessing.of("0..1", (16, 16, 3)).one_image(sheet[..., 0]).shape == (1, 16, 16, 3)


# --------------------------------------------------------------------------------------- foreign digits and garments

def foreign(image, rng, times=8, light=0.0, grain=0.0, contrast=1.0):
    """An image enlarged, dark on light, somewhere on a larger sheet, under light that falls unevenly, with grain."""
    size = times * image.shape[0]
    sheet = np.zeros((2 * size, 2 * size + 30, 1))
    top, left = rng.integers(0, size, 2)
    sheet[top:top + size, left:left + size] = resize(image, size)
    h, w = sheet.shape[:2]
    shade = light * (np.arange(h)[:, None, None] / h + np.arange(w)[:, None] / w) / 2
    return (255 - contrast * sheet - 255 * shade + rng.normal(0, grain, sheet.shape)).clip(0, 255).astype(np.uint8)


def likeness(a, b):
    return np.corrcoef(a.ravel().astype(float), b.ravel().astype(float))[0, 1]


CASES = [{}, {"times": 3}, {"light": 0.4, "contrast": 0.6}, {"light": 0.2, "grain": 6, "contrast": 0.7},
         {"grain": 9, "contrast": 0.6, "times": 4}]


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("real", [False, True], ids=["digits()", "MNIST"])
def test_a_digit_comes_back_from_a_larger_sheet(case, real):
    """Measured on 300 of MNIST: on average 8 to 10 levels of 255 a pixel, a correlation of 0.94; see docs/data.md."""
    if real and not (REAL / "mnist").is_dir():
        pytest.skip("MINICNN_DATA does not hold the real MNIST")
    rng = np.random.default_rng(1)
    images = mnist().test_images[:8] if real else [digit(image) for image in digits(train=1, test=40).test_images]
    pairs = [(image, digit(foreign(image, rng, **case))) for image in images]
    errors = [np.abs(a.astype(int) - b).mean() for a, b in pairs]
    assert np.mean(errors) < 12 and max(errors) < 30, errors
    assert np.mean([likeness(a, b) for a, b in pairs]) > 0.92


@pytest.mark.skipif(not (REAL / "mnist").is_dir(), reason="MINICNN_DATA does not hold the real MNIST")
def test_an_image_of_mnist_is_left_as_it_is():
    images = mnist().test_images[:100]
    errors = [np.abs(image.astype(int) - digit(image)).mean() for image in images]
    assert np.mean(np.array(errors) < 0.5) > 0.9


def test_a_digit_is_centred_by_mass_in_28_by_28_whatever_its_proportions():
    bar = np.zeros((90, 70, 1), np.uint8)
    bar[5:85, 60:64] = 255
    y = digit(bar)[..., 0]
    rows, columns = np.flatnonzero(y.any(axis=1)), np.flatnonzero(y.any(axis=0))
    assert (rows[0], rows[-1], columns.tolist()) == (4, 23, [14])
    lopsided = np.zeros((40, 40, 1), np.uint8)
    lopsided[10:30, 10:30], lopsided[10:30, 10:14] = 60, 255
    y = digit(lopsided)[..., 0] / 255
    centre = (y.sum(axis=0) @ np.arange(28)) / y.sum()
    assert abs(centre - 14) <= 0.5
    np.testing.assert_array_equal(digit(255 - lopsided), digit(lopsided))
    assert digit(np.pad(np.full((1, 1, 1), 255, np.uint8), ((3, 3), (3, 3), (0, 0)))).sum() > 0


def test_a_digit_is_resized_to_the_networks_size_and_channels():
    prepare = Preprocessing.of("0..1", (32, 32, 3), kind="digit")
    sheet = foreign(digits(train=1, test=1).test_images[0], np.random.default_rng(0), grain=0)
    x = prepare.one_image(np.repeat(sheet, 3, axis=2))
    assert x.shape == (1, 32, 32, 3)
    np.testing.assert_array_equal(x[..., 0], x[..., 2])
    np.testing.assert_array_equal(x[0, :, :, :1], as_float(resize(digit(sheet), 32)))


def test_a_garment_fills_the_image_light_on_dark():
    shirt = np.full((200, 300, 1), 250, np.uint8)
    shirt[50:150, 100:150] = 90
    y = garment(shirt)[..., 0]
    rows, columns = np.flatnonzero(y.any(axis=1)), np.flatnonzero(y.any(axis=0))
    assert len(rows) == 28 and len(columns) == 14
    assert abs(columns.mean() - 13.5) <= 0.5
    assert y[5:-5, 10:-10].min() > 200


@pytest.mark.skipif(not (REAL / "fashion-mnist").is_dir(), reason="MINICNN_DATA does not hold the real Fashion-MNIST")
def test_a_garment_comes_back_from_a_larger_sheet():
    rng, images = np.random.default_rng(0), fashion_mnist().test_images[:8]
    for case in ({"times": 4}, {"times": 4, "grain": 4, "contrast": 0.7}):
        assert np.mean([likeness(image, garment(foreign(image, rng, **case))) for image in images]) > 0.85


@pytest.mark.parametrize("kind", ["digit", "garment"])
def test_a_blank_image_is_refused(kind):
    prepare, rng = Preprocessing((28, 28, 1), kind=kind), np.random.default_rng(0)
    for blank in (np.full((40, 50), 200, np.uint8), np.full((1, 1), 0, np.uint8),
                  rng.integers(198, 203, (60, 60, 3), dtype=np.uint8), rng.integers(100, 140, (60, 60, 1), dtype=np.uint8)):
        with pytest.raises(ImageError, match="expected something that differs from the background, got a blank"):
            prepare.one_image(blank)
