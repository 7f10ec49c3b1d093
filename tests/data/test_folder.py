"""Own images: a folder of class folders, whatever lies in it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from minicnn import ShapeError
from minicnn.data import ImageError, class_weights, image_folder

PAGE = Path(__file__).parents[2] / "docs" / "data.md"


def image(path, value, size=(6, 8), **settings):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((*size, 3), value, np.uint8)).save(path, **settings)


@pytest.fixture
def pets(tmp_path):
    """20 cats of value 50 and up, 40 dogs of 150 and up, no two alike; .png and .JPG."""
    for name, first, count in (("dog", 150, 40), ("cat", 50, 20)):
        for k in range(count):
            image(tmp_path / name / f"{k}.png", first + k, (5 + k, 40 - k))
    (tmp_path / "cat" / "0.png").rename(tmp_path / "cat" / "0.JPG")            # goes by what is in it
    return tmp_path


def values(images):
    return sorted(images[:, 0, 0, 0].tolist())


def test_a_folder_is_read_and_split_alike_for_every_class(pets):
    found = image_folder(pets, (4, 5), validation=0.15, test=0.25, seed=3)
    assert found.classes == ("cat", "dog") and found.counts == (20, 40) and found.skipped == []
    for part, N, cats in (("train", 36, 12), ("validation", 9, 3), ("test", 15, 5)):
        images, labels = getattr(found, f"{part}_images"), getattr(found, f"{part}_labels")
        assert images.shape == (N, 4, 5, 3) and images.dtype == np.uint8 and labels.dtype == np.int64
        assert (labels == 0).sum() == cats
        np.testing.assert_array_equal(labels, images[:, 0, 0, 0] >= 150)       # every image kept its label
    everything = np.concatenate([found.train_images, found.validation_images, found.test_images])
    assert values(everything) == [*range(50, 70), *range(150, 190)]            # each once


def test_the_seed_decides_the_split(pets):
    first, again, other = (image_folder(pets, 2, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.test_images, again.test_images)
    assert values(first.test_images) != values(other.test_images)
    assert values(first.validation_images) != values(other.validation_images)


def test_shares_of_nothing(pets):
    found = image_folder(pets, 2, validation=0, test=0)
    assert [len(a) for a in found[:6]] == [60, 60, 0, 0, 0, 0]
    for wrong in ({"test": 1}, {"validation": -0.1}, {"validation": 0.5, "test": 0.5}, {"test": float("nan")}):
        with pytest.raises(ShapeError, match="image_folder expected fractions validation and test >= 0, together below 1"):
            image_folder(pets, 2, **wrong)


def test_a_split_that_is_there_is_kept(tmp_path):
    for part, first, count in (("train", 0, 10), ("test", 100, 4), ("val", 200, 2)):
        for name in "ab":
            for k in range(count):
                image(tmp_path / part / name / f"{k}.png", first + 20 * (name == "b") + k)
    found = image_folder(tmp_path, 2)
    assert values(found.test_images) == [*range(100, 104), *range(120, 124)]
    assert values(found.validation_images) == [200, 201, 220, 221]
    assert found.counts == (16, 16)
    for file in (tmp_path / "val").rglob("*.png"):
        file.unlink()
    for folder in ("val/a", "val/b"):
        (tmp_path / folder).rmdir()
    found = image_folder(tmp_path, 2, validation=0.2)
    assert len(found.train_images) == 16 and (found.validation_images < 100).all() and len(found.test_images) == 8
    assert values(image_folder(tmp_path, 2, validation=0.2, seed=1).validation_images) != values(found.validation_images)
    (tmp_path / "test" / "c").mkdir()
    with pytest.raises(ValueError, match="expected the classes a, b in every part, got a, b, c in .*test"):
        image_folder(tmp_path, 2)


def test_images_that_cannot_be_read_are_named_and_left_out(pets):
    (pets / "dog" / "a text.png").write_text("hello")
    (pets / "dog" / "empty.jpg").write_bytes(b"")
    (pets / "cat" / "new.webp").write_bytes(b"RIFF")
    for unseen in ("cat/notes.txt", "cat/.hidden.png", "cat/Thumbs.db", "readme.md"):
        (pets / unseen).write_text("no image, and none is expected")
    done = []
    found = image_folder(pets, 2, progress=lambda *numbers: done.append(numbers))
    assert found.counts == (20, 40)
    assert [path.name for path, _ in found.skipped] == ["new.webp", "a text.png", "empty.jpg"]
    assert "another kind of file" in found.skipped[1][1] and "an empty file" in found.skipped[2][1]
    assert done == [(k + 1, 63) for k in range(63)]
    with pytest.raises(ImageError, match=r"read_image expected a PNG or JPEG image.*new.webp"):
        image_folder(pets, 2, strict=True)


def test_modes_and_orientations_may_be_mixed(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    half = np.zeros((8, 8, 3), np.uint8)
    half[:4] = 255                                                 # light above; turned to the right: light at the right
    for k, (mode, settings) in enumerate([("RGB", {}), ("L", {}), ("RGBA", {}), ("P", {}), ("RGB", {"exif": exif})]):
        (tmp_path / "a").mkdir(exist_ok=True)
        Image.fromarray(half).convert(mode).save(tmp_path / "a" / f"{k}.png", **settings)
    image(tmp_path / "b" / "0.png", 0)
    found = image_folder(tmp_path, 8, validation=0, test=0)
    np.testing.assert_array_equal(found.train_images[:5], [half] * 4 + [np.rot90(half, -1)])
    assert image_folder(tmp_path, 8, channels=1, validation=0, test=0).train_images.shape == (6, 8, 8, 1)
    with pytest.raises(ShapeError, match="image_folder expected channels 1 or 3, got 4"):
        image_folder(tmp_path, 8, channels=4)


def test_folders_that_are_no_data_set(tmp_path):
    with pytest.raises(FileNotFoundError, match="image_folder expected a folder .*nowhere, got nothing there"):
        image_folder(tmp_path / "nowhere", 2)
    (tmp_path / "file").write_text("")
    with pytest.raises(FileNotFoundError, match="got a file"):
        image_folder(tmp_path / "file", 2)
    with pytest.raises(ValueError, match="expected at least two folders in .*, one for each class, got none; put each"):
        image_folder(tmp_path, 2)
    image(tmp_path / "cat" / "0.png", 1)
    with pytest.raises(ValueError, match="got only cat; put each class's images into a folder of its own"):
        image_folder(tmp_path, 2)
    (tmp_path / "dog").mkdir()
    with pytest.raises(ValueError, match="expected PNG or JPEG files in .*dog, got none; put images there"):
        image_folder(tmp_path, 2)
    (tmp_path / "dog" / "0.png").write_bytes(b"")
    with pytest.raises(ValueError, match=r"got none that can be read, and 1 that cannot, such as .*0.png"):
        image_folder(tmp_path, 2)
    image(tmp_path / "dog" / "1.png", 1)
    with pytest.raises(ShapeError, match="split expected a fraction that leaves rows on both sides"):
        image_folder(tmp_path, 2)


def test_class_weights_make_all_classes_count_alike():
    labels = np.array([0] * 60 + [1] * 30 + [2] * 10)
    weights = class_weights(labels, ("a", "b", "c"))
    np.testing.assert_allclose(weights, [100 / 180, 100 / 90, 100 / 30])
    np.testing.assert_allclose(np.bincount(labels, weights[labels]), 100 / 3)
    np.testing.assert_array_equal(class_weights(labels, 3), weights)
    assert weights[labels].mean() == pytest.approx(1)
    with pytest.raises(ValueError, match="class_weights expected labels of every class, got none of d"):
        class_weights(labels, tuple("abcd"))
    for wrong in (labels + 1, labels - 1, labels / 1, labels[:, None]):
        with pytest.raises(ShapeError, match=r"class_weights expected labels \(N,\), integers from 0 to 2"):
            class_weights(wrong, 3)


def test_the_page_on_data_shows_code_that_runs(tmp_path, monkeypatch, capsys):
    for k in range(20):
        image(tmp_path / "my-pictures" / "ab"[k % 2] / f"{k}.png", 10 * k)
    monkeypatch.chdir(tmp_path)
    code = PAGE.read_text().split("```python\n")[1].split("```")[0]
    names = {}
    exec(code, names)
    assert names["x_batch"].shape == (14, 64, 64, 3) and names["weights"].tolist() == [1, 1]
    assert capsys.readouterr().out == "(10, 10) []\n"
