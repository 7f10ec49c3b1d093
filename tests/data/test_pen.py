"""The pen: curves that go through their points, exact distances, edges, pressure, and the frame."""

import numpy as np
import pytest

from minicnn.data.pen import Path, Pen, _centre, _distance, _fit, _pressure, draw, pieces
from minicnn.data.strokes import parse

PLAIN = Pen(radius=(1.5, 1.5), pressure=0.0, edge=(1.0, 1.0))


def rng():
    return np.random.default_rng(0)


def line(x0, y0, x1, y1, n=1):
    """n times one stroke from (x0, y0) to (x1, y1)."""
    return Path(np.full((n, 1, 2), [x0, y0], np.float64), np.full((n, 1, 2), [x1, y1], np.float64))


def test_pieces_lead_through_the_points_and_join():
    points, spans = parse("0,0 50,10 100,50 60,100")
    for tremor in (0.0, 0.02):
        path = pieces(np.stack([points, 2 * points]), spans, tremor, rng())
        for k, scale in enumerate((1, 2)):
            np.testing.assert_allclose(path.starts[k, ::4], scale * points[:-1])
            np.testing.assert_allclose(path.ends[k, 3::4], scale * points[1:])
            np.testing.assert_allclose(path.starts[k, 1:], path.ends[k, :-1])


def test_a_tremor_moves_the_points_between_by_at_most_its_bound():
    points, spans = parse("0,0 50,10 100,50 60,100")
    calm, shaken = (pieces(points[None], spans, tremor, rng()) for tremor in (0.0, 0.02))
    moved = np.abs(shaken.ends - calm.ends)
    assert 0.01 < moved.max() <= 0.02
    assert np.all(moved.reshape(3, 4, 2)[:, :3] > 0)


def test_distance_is_the_distance_to_the_nearest_point_of_the_pieces():
    random = rng()
    starts, ends = random.uniform(0, 19, (2, 3, 4, 2)).astype(np.float32)
    ends[0, 0] = starts[0, 0]  # two points that fell together
    pressure = random.uniform(0.5, 1.5, (3, 4))
    t = np.linspace(0, 1, 2001)[:, None]
    got = _distance(starts, ends, pressure)
    for n in range(3):
        for i, j in ((0, 0), (3, 19), (13, 14), (19, 7)):
            path = [s + t * (e - s) - [j, i] for s, e in zip(starts[n], ends[n], strict=True)]
            expected = min(np.sqrt((p * p).sum(axis=1)).min() / press for p, press in zip(path, pressure[n], strict=True))
            assert got[n, i, j] == pytest.approx(expected, abs=0.01)


def test_a_stroke_is_as_wide_as_the_pen_and_its_edge_falls_over_the_given_width():
    image = draw(line(0, 0, 0, 1), PLAIN, rng())[0]
    assert image[14, 12:17].tolist() == [0, 255, 255, 255, 0]  # 2 r = 3 pixels, from edge to edge of a pixel
    assert np.count_nonzero(image.any(axis=1)) == 20
    soft = draw(line(0, 0, 0, 1), PLAIN._replace(edge=(2.0, 2.0)), rng())[0]
    assert soft[14, 13:16].tolist() == [191, 255, 191]  # (1.5 - 1) / 2 + 1/2 is 3/4


def test_pressure_widens_strokes_smoothly_and_by_at_most_its_fraction():
    pressure = _pressure(500, 40, 0.25, rng())
    assert 0.75 <= pressure.min() < 0.8 and 1.2 < pressure.max() <= 1.25
    assert np.abs(np.diff(pressure, axis=1)).max() <= 4 * 0.25 / 40  # a Bezier curve's derivative is 2 (b - a) at most
    np.testing.assert_allclose(_pressure(3, 7, 0, rng()), 1)


def test_the_radius_of_the_pen_is_within_its_bounds_and_mostly_small():
    images = draw(line(0, 0, 0, 1, n=2000), PLAIN._replace(radius=(0.5, 2.5)), rng())
    width = images[:, 14].sum(axis=1) / 255
    assert 0.99 <= width.min() < 1.1 and 4.8 < width.max() <= 5.01
    assert np.median(width) == pytest.approx(1 + 4 * 0.25, abs=0.2)  # the middle of a square of a uniform number is 1/4


def test_fit_keeps_the_proportions_and_leaves_room_for_the_pen():
    path = Path(np.array([[[5.0, 1.0], [7.0, 2.0]]]), np.array([[[7.0, 2.0], [6.0, 5.0]]]))  # 2 wide, 4 high
    fitted = _fit(path, np.full((1, 1, 1), 2.0))  # 16 of 20 pixels high, 2 for the pen on either side; 12 wide, from 4 on
    np.testing.assert_allclose(fitted.starts, [[[5.5, 1.5], [13.5, 5.5]]])
    np.testing.assert_allclose(fitted.ends, [[[13.5, 5.5], [9.5, 17.5]]])


def test_the_centre_of_mass_comes_to_the_nearest_whole_pixel_of_the_centre():
    random = rng()
    box = np.zeros((50, 20, 20), np.uint8)
    box[:, 3:, 5:12] = random.integers(0, 256, (50, 17, 7))
    for small, image in zip(box, _centre(box), strict=True):
        assert image.sum(dtype=int) == small.sum(dtype=int)
        centres = [image.sum(axis=axis, dtype=int) @ np.arange(28) / image.sum(dtype=int) for axis in (0, 1)]
        assert np.abs(np.array(centres) - 14).max() <= 0.5


def test_a_box_stays_inside_the_image_however_lopsided_it_is():
    box = np.zeros((2, 20, 20), np.uint8)
    box[0, 0, 0] = box[1, 19, 19] = 255
    image = _centre(box)
    assert np.argwhere(image[0]).tolist() == [[8, 8]] and np.argwhere(image[1]).tolist() == [[19, 19]]
