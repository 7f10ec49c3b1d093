"""Data by its name: three parts that do not overlap, limited and resized alike for every source."""

import numpy as np
import pytest
from PIL import Image

from minicnn.data import sources
from minicnn.data.datasets import GARMENTS, Dataset
from minicnn.data.sources import load


@pytest.fixture
def numbered(monkeypatch):
    """A data set whose every image has a colour of its own."""
    def fake(data_dir=None):
        images = np.arange(120, dtype=np.uint8)[:, None, None, None] * np.ones((1, 28, 28, 1), np.uint8)
        labels = np.arange(120) % 10
        return Dataset(images[:80], labels[:80], images[80:], labels[80:], GARMENTS)
    monkeypatch.setattr(sources, "fashion_mnist", fake)
    monkeypatch.setattr(sources, "mnist", fake)


def numbers(images):
    return images[:, 0, 0, 0].tolist()


def test_the_parts_are_the_data_and_do_not_overlap(numbered):
    source = load("fashion-mnist", validation=0.25)
    assert (source.name, source.kind, source.classes, source.skipped) == ("fashion-mnist", "garment", GARMENTS, [])
    assert [len(part) for part in source[1:7]] == [60, 60, 20, 20, 40, 40]
    assert sorted(numbers(source.train_images) + numbers(source.validation_images)) == list(range(80))
    assert numbers(source.test_images) == list(range(80, 120))
    for images, labels in (source[1:3], source[3:5], source[5:7]):
        assert [n % 10 for n in numbers(images)] == labels.tolist()


def test_the_seed_draws_the_validation_images(numbered):
    a, b, c = (numbers(load("mnist", seed=seed).validation_images) for seed in (0, 0, 1))
    assert a == b != c


def test_a_limit_takes_of_every_class_its_share(numbered):
    source = load("mnist", limit=40, validation=0.25)
    assert [len(part) for part in (source.train_images, source.validation_images, source.test_images)] == [30, 10, 40]
    assert (np.bincount(source.train_labels) == 3).all()
    assert (np.bincount(source.validation_labels) == 1).all()
    assert not set(numbers(source.train_images)) & set(numbers(source.validation_images))
    assert [len(part) for part in load("mnist", limit=1000)[1:7:2]] == [72, 8, 40]


def test_a_limit_below_two_a_class_is_refused(numbered):
    with pytest.raises(ValueError, match="--limit expected at least two images for each of the 10 classes, got 19"):
        load("mnist", limit=19)


def test_digits_are_drawn_no_more_than_needed(monkeypatch):
    asked, draw = [], sources.digits
    monkeypatch.setattr(sources, "digits", lambda **most: asked.append(most) or draw(train=60, test=20))
    assert len(load("digits", limit=30).train_images) == 27
    load("digits")
    assert asked == [{"train": 60, "test": 30}, {}]


def test_a_size_resizes_every_part(numbered):
    for part in load("mnist", size=12)[1:7:2]:
        assert part.shape[1:] == (12, 12, 1)


def test_a_folder_is_a_source(tmp_path):
    for name, shade in (("day", 200), ("night", 20)):
        (tmp_path / name).mkdir()
        for k in range(10):
            Image.fromarray(np.full((9, 12, 3), shade + k, np.uint8)).save(tmp_path / name / f"{k}.png")
    (tmp_path / "day" / "broken.jpg").write_bytes(b"nothing")
    counted = []
    source = load(str(tmp_path), size=8, validation=0.2, limit=12, progress=lambda done, total: counted.append((done, total)))
    assert (source.kind, source.classes) == ("photo", ("day", "night"))
    assert source.train_images.shape == (10, 8, 8, 3)
    assert source.validation_images.shape == (2, 8, 8, 3)
    assert [str(path) for path, _ in source.skipped] == [str(tmp_path / "day" / "broken.jpg")]
    assert ((source.train_images[:, 0, 0, 0] < 100) == source.train_labels).all()
    assert counted[-1] == (21, 21)
    assert load(str(tmp_path)).train_images.shape[1:] == (64, 64, 3)
    with pytest.raises(ValueError, match="broken"):
        load(str(tmp_path), strict=True)


@pytest.mark.parametrize("name, fix", [("mnits", "did you mean mnist"), ("Fashion_MNIST", "did you mean fashion-mnist"),
                                       ("zebra", "there is no such folder"), (__file__, "it is a file")])
def test_an_unknown_name_is_refused_with_the_nearest(name, fix):
    with pytest.raises(ValueError, match=f"--data expected mnist, fashion-mnist, digits or a folder.*{fix}"):
        load(name)
