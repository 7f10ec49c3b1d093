"""The drawn digits: repeatable, balanced, pictures as they should be, and a test split in hands of its own."""

import hashlib

import numpy as np
import pytest

from minicnn.data import digits
from minicnn.data.digits import TEST_HAND, TRAIN_HAND, _distance, _pieces
from minicnn.data.strokes import TEST_STYLES, TRAIN_STYLES, parse


@pytest.fixture(scope="module")
def drawn():
    return digits(train=1000, test=300, seed=0)


def test_shapes_types_and_classes(drawn):
    train_images, train_labels, test_images, test_labels = drawn
    assert train_images.shape == (1000, 28, 28, 1) and test_images.shape == (300, 28, 28, 1)
    assert train_images.dtype == test_images.dtype == np.uint8
    assert train_labels.shape == (1000,) and test_labels.shape == (300,)
    assert train_labels.dtype == test_labels.dtype == np.int64
    assert drawn.classes == tuple("0123456789")


def test_labels_are_balanced_and_shuffled(drawn):
    for labels, count in ((drawn.train_labels, 100), (drawn.test_labels, 30)):
        assert np.bincount(labels, minlength=10).tolist() == [count] * 10
        runs = np.count_nonzero(np.diff(labels)) + 1
        assert 0.8 * len(labels) < runs < len(labels)  # sorted: 10 runs; in turn: a run each; at random: 9 of 10
    assert np.bincount(digits(17, 13).train_labels, minlength=10).tolist() == [2] * 7 + [1] * 3


def test_every_digit_is_white_on_black_and_inside_the_picture(drawn):
    for images, hand in ((drawn.train_images, TRAIN_HAND), (drawn.test_images, TEST_HAND)):
        margin = np.concatenate(
            [images[:, 0].ravel(), images[:, -1].ravel(), images[:, :, 0].ravel(), images[:, :, -1].ravel()]
        )
        assert margin.mean() < 20  # noise, but no strokes
        assert np.all(images.max(axis=(1, 2, 3)) > 150)
        share = (images > 100).mean(axis=(1, 2, 3))
        assert share.min() > 0.015 and share.max() < 0.35
        assert images.min() == 0
        assert images[images < 60].max() <= 255 * (1 + hand.noise) and np.median(images) <= 255 * hand.noise / 2


def test_a_seed_gives_the_same_pictures_and_another_seed_others():
    first, again, other = digits(40, 20, seed=3), digits(40, 20, seed=3), digits(40, 20, seed=4)
    for a, b, c in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c)


def test_a_seed_gives_the_same_pictures_on_every_machine():
    everything = hashlib.sha256(b"".join(array.astype("<i8").tobytes() for array in digits(100, 100, seed=3)))
    assert everything.hexdigest() == "9942f5176bf45b86a52eb42b33345a3b919a516b076cbb19f2e23e650da7971e"


def test_the_test_pictures_do_not_depend_on_the_number_of_training_pictures():
    np.testing.assert_array_equal(digits(10, 30).test_images, digits(50, 30).test_images)


def test_pictures_of_one_digit_differ(drawn):
    for label in range(10):
        pictures = drawn.train_images[drawn.train_labels == label].reshape(100, -1)
        assert len(np.unique(pictures, axis=0)) == 100


def test_the_test_split_has_styles_pens_and_noise_of_its_own():
    for training, testing in zip(TRAIN_STYLES, TEST_STYLES, strict=True):
        assert len(set(training)) == len(training) >= 3 and len(set(testing)) == len(testing) >= 2
        assert not set(training) & set(testing)
    assert TEST_HAND.radius[1] <= TRAIN_HAND.radius[0]
    assert TEST_HAND.noise > TRAIN_HAND.noise


def test_a_nearest_neighbour_finds_most_but_not_all_test_digits(drawn):
    """The pictures are digits (chance is 10%), and the new styles are not the old ones again."""
    a = drawn.train_images.reshape(1000, -1).astype(np.float64)
    b = drawn.test_images.reshape(300, -1).astype(np.float64)
    nearest = np.argmin((a * a).sum(1) - 2 * b @ a.T, axis=1)
    accuracy = np.mean(drawn.train_labels[nearest] == drawn.test_labels)
    assert 0.6 < accuracy < 0.95


def test_every_style_is_on_the_grid():
    for styles in (*TRAIN_STYLES, *TEST_STYLES):
        for style in styles:
            points, spans = parse(style)
            assert points.min() >= 0 and points.max() <= 1.02
            assert np.ptp(points[:, 1]) > 0.9  # as high as the grid
            assert set(spans.ravel()) == set(range(len(points)))


def test_parse_joins_closes_and_lifts():
    points, spans = parse("0,0 100,0 100,0 0,100 | 0,100 0,0 50,50 0,100")
    np.testing.assert_array_equal(points, [[0, 0], [1, 0], [0, 1], [0.5, 0.5]])
    corner = [[0, 0, 1, 1], [1, 1, 2, 2]]  # a point written twice has no curve of its own
    closed = [[3, 2, 0, 3], [2, 0, 3, 2], [0, 3, 2, 0]]  # the neighbours of the joint lie across it
    np.testing.assert_array_equal(spans, corner + closed)


def test_pieces_lead_through_the_points_and_join():
    points, spans = parse("0,0 50,10 100,50 60,100")
    starts, ends = _pieces(np.stack([points, 2 * points]), spans)
    for k, scale in enumerate((1, 2)):
        np.testing.assert_allclose(starts[k, ::4], scale * points[:-1])
        np.testing.assert_allclose(ends[k, 3::4], scale * points[1:])
        np.testing.assert_allclose(starts[k, 1:], ends[k, :-1])


def test_distance_is_the_distance_to_the_nearest_point_of_the_pieces():
    rng = np.random.default_rng(0)
    starts, ends = rng.uniform(0, 27, (2, 3, 4, 2)).astype(np.float32)
    ends[0, 0] = starts[0, 0]  # two points that fell together
    t = np.linspace(0, 1, 2001)[:, None]
    row, column = np.meshgrid(np.arange(28), np.arange(28), indexing="ij")
    got = _distance(starts, ends)
    for n in range(3):
        sampled = np.concatenate([s + t * (e - s) for s, e in zip(starts[n], ends[n], strict=True)])
        for i, j in ((0, 0), (3, 20), (13, 14), (27, 27)):
            x, y = column[i, j], row[i, j]
            expected = np.sqrt((sampled[:, 0] - x) ** 2 + (sampled[:, 1] - y) ** 2).min()
            assert got[n, i, j] == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("count", [1, 9, 11])
def test_small_numbers_of_pictures(count):
    assert len(digits(count, count).train_images) == count


@pytest.mark.parametrize("bad", [{"train": 0}, {"test": -1}, {"train": 10.0}, {"test": "2"}, {"seed": -1}])
def test_refuses_numbers_that_are_none(bad):
    (name,) = bad
    with pytest.raises((TypeError, ValueError), match=f"digits expected {name} .*, got"):
        digits(**{"train": 10, "test": 10, **bad})
