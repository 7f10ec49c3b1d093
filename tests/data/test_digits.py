"""The drawn digits: repeatable, balanced, framed as MNIST frames them, and a test split in styles of its own."""

import hashlib
import sys

import numpy as np
import pytest

from minicnn.data import digits
from minicnn.data.digits import Hand, _bend, _write
from minicnn.data.handwriting import digit
from minicnn.data.skeletons import TRAIN_STYLES
from minicnn.data.strokes import TEST_STYLES, parse


@pytest.fixture(scope="module")
def drawn():
    return digits(train=3000, test=300, seed=0)


def test_shapes_types_and_classes(drawn):
    train_images, train_labels, test_images, test_labels = drawn
    assert train_images.shape == (3000, 28, 28, 1) and test_images.shape == (300, 28, 28, 1)
    assert train_images.dtype == test_images.dtype == np.uint8
    assert train_labels.shape == (3000,) and test_labels.shape == (300,)
    assert train_labels.dtype == test_labels.dtype == np.int64
    assert drawn.classes == tuple("0123456789")


def test_labels_are_balanced_and_shuffled(drawn):
    for labels, count in ((drawn.train_labels, 300), (drawn.test_labels, 30)):
        assert np.bincount(labels, minlength=10).tolist() == [count] * 10
        runs = np.count_nonzero(np.diff(labels)) + 1
        assert 0.8 * len(labels) < runs < len(labels)  # sorted: 10 runs; in turn: a run each; at random: 9 of 10
    assert np.bincount(digits(17, 13).train_labels, minlength=10).tolist() == [2] * 7 + [1] * 3


def test_every_digit_is_white_on_black(drawn):
    for images in (drawn.train_images, drawn.test_images):
        assert np.all(images.max(axis=(1, 2, 3)) > 200)
        fraction = (images > 100).mean(axis=(1, 2, 3))
        assert fraction.min() > 0.02 and fraction.max() < 0.41  # MNIST's training images: 0.025 to 0.402
        assert np.mean(images == 0) == pytest.approx(0.81, abs=0.02)  # 0.809 of their pixels are black
        assert np.mean(images > 250) == pytest.approx(0.07, abs=0.01)  # and 0.072 white


def test_every_digit_is_framed_as_in_mnist(drawn):
    """The longer side of the ink is 20 pixels, its centre of mass within half a pixel of (14, 14) if the image has room."""
    images = np.concatenate([drawn.train_images, drawn.test_images])[..., 0]
    for axis in (1, 2):
        light = images.sum(axis=3 - axis, dtype=np.int64)
        centre = (light @ np.arange(28)) / light.sum(axis=1)
        assert np.mean(np.abs(centre - 14) <= 0.5) > 0.99 and np.abs(centre - 14).max() < 3
    ink = images > 0
    sides = np.stack([np.count_nonzero(ink.any(axis=axis), axis=1) for axis in (1, 2)])
    assert np.all(sides.max(axis=0) == 20)


def test_a_drawn_digit_is_a_fixed_point_of_the_preprocessing_of_photos(drawn):
    """What `minicnn predict` does to a photo of a digit leaves a drawn one as it is: both frame it in the same way."""
    errors = [np.abs(image.astype(int) - digit(image)).mean() for image in drawn.test_images[:50]]
    assert np.mean(np.array(errors) < 1) > 0.9, errors


def test_a_seed_gives_the_same_images_and_another_seed_others():
    first, again, other = digits(40, 20, seed=3), digits(40, 20, seed=3), digits(40, 20, seed=4)
    for a, b, c in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c)


def test_a_seed_gives_the_same_images_on_every_machine():
    everything = hashlib.sha256(b"".join(array.astype("<i8").tobytes() for array in digits(500, 100, seed=3)))
    assert everything.hexdigest() == "ce6e8578a708e47c5d51baa402aad32faf0da25d8883917627bb8810cb3d9ef7"


def test_the_test_images_do_not_depend_on_the_number_of_training_images():
    np.testing.assert_array_equal(digits(10, 30).test_images, digits(50, 30).test_images)


def test_each_split_is_drawn_in_its_own_styles(monkeypatch):
    before = digits(60, 60)
    monkeypatch.setattr(sys.modules["minicnn.data.digits"], "TEST_STYLES", (("50,0 50,100",),) * 10)
    after = digits(60, 60)
    np.testing.assert_array_equal(after.train_images, before.train_images)
    assert np.all((after.test_images > 127).sum(axis=(1, 2, 3)) < 120)  # sticks only
    assert np.any((before.test_images > 127).sum(axis=(1, 2, 3)) > 120)


def test_images_of_one_digit_differ(drawn):
    for label in range(10):
        images = drawn.train_images[drawn.train_labels == label].reshape(300, -1)
        assert len(np.unique(images, axis=0)) == 300


def test_no_test_style_is_a_training_style_that_a_hand_could_have_moved():
    """Equal strokes through equally many points: then some point is farther away than a hand's wobble."""
    for training, testing in zip(TRAIN_STYLES, TEST_STYLES, strict=True):
        assert len(set(testing)) == len(testing) >= 2
        for style in testing:
            points, spans = parse(style)
            for other, other_spans in map(parse, training):
                if np.array_equal(spans, other_spans):
                    assert np.abs(points - other).max() > Hand().wobble, style


def test_a_nearest_neighbour_finds_most_but_not_all_test_digits(drawn):
    """The images are digits (chance is 10%), and the new styles are not the old ones again."""
    a = drawn.train_images.reshape(3000, -1).astype(np.float64)
    b = drawn.test_images.reshape(300, -1).astype(np.float64)
    nearest = np.argmin((a * a).sum(1) - 2 * b @ a.T, axis=1)
    accuracy = np.mean(drawn.train_labels[nearest] == drawn.test_labels)
    assert 0.7 < accuracy < 0.95


def test_every_style_is_on_the_grid():
    for training, testing in zip(TRAIN_STYLES, TEST_STYLES, strict=True):
        assert len(set(training)) == len(training) >= 10
        for style in (*training, *testing):
            points, spans = parse(style)
            assert points.min() >= 0 and points.max() <= 1.1, style
            assert np.ptp(points[:, 1]) > 0.9, style  # as high as the grid
            assert set(spans.ravel()) == set(range(len(points)))


def test_parse_joins_closes_and_lifts():
    points, spans = parse("0,0 100,0 100,0 0,100 | 0,100 0,0 50,50 0,100")
    np.testing.assert_array_equal(points, [[0, 0], [1, 0], [0, 1], [0.5, 0.5]])
    corner = [[0, 0, 1, 1], [1, 1, 2, 2]]  # a point written twice has no curve of its own
    closed = [[3, 2, 0, 3], [2, 0, 3, 2], [0, 3, 2, 0]]  # the neighbours of the joint lie across it
    np.testing.assert_array_equal(spans, corner + closed)


class Drawn:
    """A Generator whose numbers are all the same."""

    def __init__(self, value):
        self.value = value

    def random(self, shape):
        return np.full(shape, self.value)


def test_the_middle_hand_writes_the_skeleton_as_it_is_but_for_its_slant():
    points = np.array([[0.1, 0.0], [0.5, 0.5], [0.9, 1.0]])
    upright = Hand()._replace(slant=(-0.2, 0.2))
    np.testing.assert_allclose(_write(2, points, upright, Drawn(0.5)), [points - 0.5] * 2, atol=1e-15)
    leaning = _write(1, points, upright._replace(slant=(0.2, 0.2)), Drawn(0.5))[0]
    np.testing.assert_allclose(leaning, points - 0.5 + [[0.1, 0], [0, 0], [-0.1, 0]], atol=1e-15)  # the top to the right
    turned = _write(1, points, upright._replace(turn=(1, 1)), Drawn(0.5))[0]  # half of 90 degrees has the tangent 1
    np.testing.assert_allclose(turned, (points - 0.5)[:, ::-1] * [-1, 1], atol=1e-15)


def test_bending_adds_the_same_kind_of_smooth_polynomial_to_x_and_to_y():
    x, y = np.array([[0.0, 0.5, 0.0, -0.5]]), np.array([[0.0, 0.0, 0.5, 0.5]])
    terms = np.array([1.0, 1.5, 0.5, 0.5])  # the sums of the six terms at these points: every coefficient is then `bend`
    np.testing.assert_allclose(_bend(x, y, 0.1, Drawn(1.0)), [x + 0.1 * terms, y + 0.1 * terms], atol=1e-15)
    np.testing.assert_allclose(_bend(x, y, 0.1, Drawn(0.5)), [x, y], atol=1e-15)
    bent = np.array(_bend(x.repeat(9, 0), y.repeat(9, 0), 0.1, np.random.default_rng(0)))
    assert len(np.unique(bent[:, :, 0])) == 18  # every digit has coefficients of its own, for x and for y


@pytest.mark.parametrize("count", [1, 9, 11])
def test_small_numbers_of_images(count):
    assert len(digits(count, count).train_images) == count


@pytest.mark.parametrize("bad", [{"train": 0}, {"test": -1}, {"train": 10.0}, {"test": "2"}, {"seed": -1}])
def test_refuses_numbers_that_are_none(bad):
    (name,) = bad
    with pytest.raises((TypeError, ValueError), match=f"digits expected {name} .*, got"):
        digits(**{"train": 10, "test": 10, **bad})
