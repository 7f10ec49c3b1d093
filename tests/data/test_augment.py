"""Augmentation: every change alone does what it says, and a seed gives the same changes."""

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from minicnn import DtypeError, ShapeError, batches
from minicnn.data import Augment
from minicnn.visualize.plots import augmentations

RNG = np.random.default_rng(0)
X = RNG.random((40, 12, 16, 3), dtype=np.float32) + 1              # nothing in it is 0, the fill
EVERYTHING = dict(flip=True, rotation=20, zoom=0.2, shift=0.1, shear=10, crop=2, erase=0.5, brightness=0.2)


def test_nothing_is_changed_without_a_setting_and_never_in_place():
    x = X.copy()
    x.flags.writeable = False
    y = Augment(rng=0)(x)
    np.testing.assert_array_equal(y, x)
    assert not np.shares_memory(x, y)
    for name, value in EVERYTHING.items():
        y = Augment(**{name: value}, rng=0)(x)
        assert y.shape == x.shape and y.dtype == x.dtype and not np.array_equal(x, y), name
    assert Augment(**EVERYTHING, rng=0)(x.astype(np.float64)).dtype == np.float64


def test_a_seed_gives_the_same_changes_and_a_generator_goes_on():
    first, again = Augment(**EVERYTHING, rng=5), Augment(**EVERYTHING, rng=5)
    a, b = first(X), first(X)
    np.testing.assert_array_equal(again(X), a)
    assert not np.array_equal(a, b)
    state = first.rng.bit_generator.state
    c = first(X)
    again.rng.bit_generator.state = state                          # as a checkpoint does it
    np.testing.assert_array_equal(again(X), c)


def test_flip_mirrors_left_and_right_half_of_the_time():
    y = Augment(flip=True, rng=0)(np.repeat(X, 10, axis=0))
    x = np.repeat(X, 10, axis=0)
    flipped = (y == x[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (flipped | (y == x).all(axis=(1, 2, 3))).all()
    assert 0.4 < flipped.mean() < 0.6


def test_crop_is_a_random_crop_of_the_padded_image():
    y, seen = Augment(crop=2, fill=9.0, rng=0)(np.repeat(X[:1], 300, axis=0)), set()
    padded = np.pad(X[0], ((2, 2), (2, 2), (0, 0)), constant_values=9)
    crops = {(i, j): padded[i:i + 12, j:j + 16] for i in range(5) for j in range(5)}
    for image in y:
        places = [place for place, crop in crops.items() if np.array_equal(crop, image)]
        assert len(places) == 1
        seen.update(places)
    assert len(seen) == 25


@pytest.mark.parametrize("setting, linear", [
    ({"rotation": 30}, lambda m: np.allclose(m @ m.T, np.eye(2)) and abs(np.degrees(np.arctan2(m[1, 0], m[0, 0]))) <= 30),
    ({"zoom": 0.5}, lambda m: np.allclose(m, m[0, 0] * np.eye(2)) and 1 / 1.5 <= m[0, 0] <= 1.5),
    ({"shear": 20}, lambda m: np.allclose(m, [[1, 0], [m[1, 0], 1]]) and abs(m[1, 0]) <= np.tan(np.radians(20))),
    ({"shift": 0.25}, lambda m: np.allclose(m, np.eye(2)))])
def test_maps(setting, linear):
    """What each setting may draw, that it draws most of it, and that the middle stays where it is."""
    augment = Augment(**setting, rng=0)
    matrices = augment.matrices(200, 12, 16)
    assert all(linear(m[:, :2]) for m in matrices)
    place = matrices @ np.array([5.5, 7.5, 1])                     # of the middle
    if "shift" in setting:
        most = np.abs(place - [5.5, 7.5]).max(axis=0)
        assert (most <= [3, 4]).all() and (most > [2.8, 3.7]).all()
    else:
        np.testing.assert_allclose(place, np.tile([5.5, 7.5], (200, 1)))
        assert matrices[:, :, :2].std(axis=0).max() > 0.1


def test_all_maps_are_one_resampling():
    """The same as SciPy with the matrices that were drawn, so nothing is blurred twice."""
    settings = {name: value for name, value in EVERYTHING.items() if name not in ("erase", "brightness")}
    y, matrices = Augment(**settings, rng=3)(X), Augment(**settings, rng=3).matrices(40, 12, 16)
    for n in range(5):
        expected = ndimage.affine_transform(X[n, :, :, 1].astype(np.float64), matrices[n, :, :2], matrices[n, :, 2], order=1,
                                            mode="grid-constant")
        np.testing.assert_allclose(y[n, :, :, 1], expected, rtol=0, atol=1e-5)
    linear = Augment(flip=True, rotation=40, rng=0).matrices(40, 12, 16)[:, :, :2]
    np.testing.assert_allclose(linear @ linear.transpose(0, 2, 1), np.tile(np.eye(2), (40, 1, 1)), atol=1e-12)
    assert 0 < (np.linalg.det(linear) < 0).sum() < 40


def test_brightness_adds_one_number_to_an_image():
    added = Augment(brightness=0.3, rng=0)(X) - X
    assert np.ptp(added, axis=(1, 2, 3)).max() < 1e-6
    assert -0.3 <= added.min() < -0.25 and 0.25 < added.max() <= 0.3


def test_erase_fills_one_rectangle():
    x = np.repeat(X, 10, axis=0)
    y = Augment(erase=0.5, fill=-1.0, rng=0)(x)
    erased = (y == -1).all(axis=3)
    np.testing.assert_array_equal(y[~erased], x[~erased])
    areas = erased.sum(axis=(1, 2))
    assert 0.4 < (areas > 0).mean() < 0.6
    assert areas.max() <= 0.33 * 12 * 16 and len(np.unique(areas)) > 10
    for mask in erased[areas > 0]:
        rows, columns = mask.any(axis=1), mask.any(axis=0)
        np.testing.assert_array_equal(mask, rows[:, None] & columns)
        assert np.diff(np.flatnonzero(rows)).max(initial=1) == 1 == np.diff(np.flatnonzero(columns)).max(initial=1)
    assert (Augment(erase=1, fill=-1.0, rng=0)(np.ones((20, 1, 1, 1), np.float32)) == -1).all()


def test_it_is_a_transform_of_batches():
    shown = [x for x, _ in batches(X, np.arange(40), 16, rng=0, transform=Augment(flip=True, rng=0))]
    assert [len(x) for x in shown] == [16, 16, 8]


@pytest.mark.parametrize("setting", [{"rotation": -1}, {"rotation": 181}, {"zoom": "1"}, {"shift": 2}, {"shear": 90},
                                     {"erase": 1.1}, {"brightness": float("nan")}, {"crop": 1.5}, {"crop": -1}])
def test_what_augment_refuses(setting):
    name, = setting
    with pytest.raises((ShapeError, DtypeError), match=f"Augment expected {name}"):
        Augment(**setting)


def test_images_must_be_floats_with_four_axes():
    with pytest.raises(DtypeError, match="Augment expected x of float32 or float64, got uint8"):
        Augment(flip=True)(np.zeros((1, 4, 4, 1), np.uint8))
    with pytest.raises(ShapeError, match="Augment expected x"):
        Augment(brightness=1)(np.zeros((4, 4, 1), np.float32))


def test_augmentations_are_drawn_row_by_row(tmp_path):
    rows = {"as they are": X[:3], "flip": Augment(flip=True, rng=0)(X[:3]), "one": X[:1, :, :, :1]}
    augmentations(tmp_path / "a.png", rows)
    with Image.open(tmp_path / "a.png") as drawn:
        np.testing.assert_allclose(drawn.size, (120 * (1.3 + 3 * 0.86), 120 * 3 * 0.86), atol=1)
        assert np.ptp(np.asarray(drawn.convert("L"))) > 200
