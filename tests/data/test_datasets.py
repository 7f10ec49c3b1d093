"""Where MNIST and Fashion-MNIST are looked for, what is read from there, and what is refused."""

import copy
import gzip
import os
import pickle
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from minicnn.data import Dataset, datasets, fashion_mnist, mnist
from minicnn.data.download import FILES, DownloadError, digest

LOADERS = {"mnist": mnist, "fashion-mnist": fashion_mnist}
REAL = Path(os.environ.get("MINICNN_DATA", "") or "no folder")


def idx_bytes(array):
    return bytes([0, 0, 0x08, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def arrays(train=6, test=4, seed=0):
    rng = np.random.default_rng(seed)
    return {
        "train-images-idx3-ubyte": rng.integers(0, 256, (train, 28, 28), np.uint8),
        "train-labels-idx1-ubyte": rng.integers(0, 10, train, np.uint8),
        "t10k-images-idx3-ubyte": rng.integers(0, 256, (test, 28, 28), np.uint8),
        "t10k-labels-idx1-ubyte": rng.integers(0, 10, test, np.uint8),
    }


def write(folder, files, compress=False):
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in files.items():
        content = array if isinstance(array, bytes) else idx_bytes(array)
        if compress:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name).write_bytes(content)


def same(dataset, files):
    """Whether a data set holds the arrays of these files."""
    return all(np.array_equal(got.squeeze(), array) for got, array in zip(dataset, files.values(), strict=True))


@pytest.fixture(autouse=True)
def no_other_data(monkeypatch):
    """No data but what a test writes: no environment variable, and downloads fail."""

    def fetch(name, searched=()):
        raise DownloadError(f"download of {name}, searched {searched}")

    monkeypatch.delenv("MINICNN_DATA", raising=False)
    monkeypatch.setattr(datasets, "fetch", fetch)


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("subfolder", [False, True])
def test_reads_data_dir(tmp_path, name, compress, subfolder):
    files = arrays()
    write(tmp_path / name if subfolder else tmp_path, files, compress)
    for data_dir in (tmp_path, str(tmp_path)):
        dataset = LOADERS[name](data_dir=data_dir)
        train_images, train_labels, test_images, test_labels = dataset
        assert same(dataset, files)
        assert train_images.shape == (6, 28, 28, 1) and test_images.shape == (4, 28, 28, 1)
        assert train_images.dtype == test_images.dtype == np.uint8
        assert train_labels.dtype == test_labels.dtype == np.int64
        assert len(dataset.classes) == 10


def test_classes_are_names():
    assert datasets.DIGITS == ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
    assert datasets.GARMENTS[0] == "T-shirt/top" and datasets.GARMENTS[5] == "Sandal" and len(datasets.GARMENTS) == 10


def test_a_home_folder_is_understood(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write(tmp_path / "data", arrays())
    assert same(mnist("~/data"), arrays())


def test_data_dir_comes_before_the_environment_and_the_environment_before_the_cache(tmp_path, monkeypatch):
    mine, shared, cached = arrays(seed=1), arrays(seed=2), arrays(seed=3)
    write(tmp_path / "mine", mine)
    write(tmp_path / "shared" / "mnist", shared)
    write(tmp_path / "cached", cached)
    monkeypatch.setattr(datasets, "fetch", lambda *_: {name: tmp_path / "cached" / name for name in cached})
    assert same(mnist(), cached)
    monkeypatch.setenv("MINICNN_DATA", str(tmp_path / "shared"))
    assert same(mnist(tmp_path / "mine"), mine)
    assert same(mnist(), shared)
    assert same(fashion_mnist(), cached)  # $MINICNN_DATA has no folder fashion-mnist


def test_data_dir_without_the_files_is_an_error_and_no_download(tmp_path, monkeypatch):
    write(tmp_path / "shared" / "mnist", arrays())
    monkeypatch.setenv("MINICNN_DATA", str(tmp_path / "shared"))
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(FileNotFoundError) as caught:
            mnist(data_dir=folder)
        text = str(caught.value)
        for part in (*arrays(), str(folder), str(folder / "mnist"), "digits()"):
            assert part in text
        assert "\n" not in text


@pytest.mark.parametrize("variable", [False, True])
def test_part_of_the_files_is_an_error_that_names_the_others(tmp_path, monkeypatch, variable):
    files = arrays()
    del files["t10k-labels-idx1-ubyte"]
    write(tmp_path / "mnist", files)
    if variable:
        monkeypatch.setenv("MINICNN_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"the files t10k-labels-idx1-ubyte, got .*with only train-"):
        mnist(None if variable else tmp_path)


def test_a_failed_download_knows_where_was_looked(tmp_path, monkeypatch):
    with pytest.raises(OSError, match=r"searched .*\$MINICNN_DATA \(not set\)"):
        mnist()
    monkeypatch.setenv("MINICNN_DATA", str(tmp_path))
    with pytest.raises(OSError) as caught:
        fashion_mnist()
    assert repr(str(tmp_path / "fashion-mnist")) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "wrong", "says"),
    [
        ("train-labels-idx1-ubyte", np.zeros(5, np.uint8), "as many labels as images, got 6 images in .* and 5 labels"),
        ("t10k-images-idx3-ubyte", np.zeros((3, 28, 28), np.uint8), "got 3 images in .* and 4 labels in"),
        ("train-images-idx3-ubyte", np.zeros((6, 28, 27), np.uint8), r"\(N, 28, 28\), got uint8 \(6, 28, 27\) in"),
        ("train-images-idx3-ubyte", np.zeros((6, 784), np.uint8), r"\(N, 28, 28\), got uint8 \(6, 784\) in"),
        ("train-labels-idx1-ubyte", np.full(6, 10, np.uint8), r"below 10, got uint8 \(6,\) with a maximum of 10"),
        ("train-labels-idx1-ubyte", np.zeros((6, 1), np.uint8), r"labels \(N,\) below 10, got uint8 \(6, 1\)"),
        ("t10k-labels-idx1-ubyte", b"\0\0\x0c\1\0\0\0\4" + bytes(16), r"labels \(N,\) below 10, got int32 \(4,\)"),
        ("t10k-images-idx3-ubyte", b"\0\0\x09\3\0\0\0\1\0\0\0\x1c\0\0\0\x1c" + bytes(784), r"uint8 images .* got int8"),
        ("t10k-images-idx3-ubyte", b"not idx", "an IDX file, which begins 00 00"),
    ],
)
def test_refuses_files_that_do_not_belong_together(tmp_path, name, wrong, says):
    write(tmp_path, {**arrays(), name: wrong})
    with pytest.raises(ValueError, match=says) as caught:
        mnist(tmp_path)
    assert str(tmp_path / name) in str(caught.value)


def test_a_dataset_unpacks_and_keeps_its_classes_when_copied():
    dataset = Dataset(*(np.full(2, k) for k in range(4)), classes=["cat", "dog"])
    train_images, _, _, test_labels = dataset
    assert train_images is dataset.train_images is dataset[0] and test_labels is dataset.test_labels
    assert isinstance(dataset, tuple) and len(dataset) == 4
    for other in (dataset, copy.copy(dataset), copy.deepcopy(dataset), pickle.loads(pickle.dumps(dataset))):
        assert other.classes == ("cat", "dog")
        np.testing.assert_array_equal(other.test_images, dataset.test_images)


@pytest.mark.parametrize("name", LOADERS)
def test_the_real_data(name):
    folder = REAL / name
    if not folder.is_dir():
        pytest.skip(f"the real data is not here: $MINICNN_DATA/{name} is no folder")
    for file in FILES[name]:
        (path,) = folder.glob(f"{file.name}*")
        with open(path, "rb") as content:
            assert digest(content, file.size) == file.sha256
    train_images, train_labels, test_images, test_labels = LOADERS[name](REAL)
    assert train_images.shape == (60000, 28, 28, 1) and test_images.shape == (10000, 28, 28, 1)
    assert np.unique(train_labels).tolist() == np.unique(test_labels).tolist() == list(range(10))
    mean = {"mnist": 0.1307, "fashion-mnist": 0.2860}[name]  # the figures that everyone normalises with
    assert train_images.mean() / 255 == pytest.approx(mean, abs=1e-4)


@pytest.mark.parametrize("file, sizes, most", [("train-images-idx3-ubyte", [500_000, 28, 28], 47040016),
                                               ("t10k-labels-idx1-ubyte", [392_000_000], 10008)])
def test_a_gzip_bomb_in_the_place_of_mnist_takes_no_memory(tmp_path, file, sizes, most):
    """400 kB that are 390 MB of correct IDX, such as 500,000 black images."""
    write(tmp_path, arrays())
    header = bytes([0, 0, 8, len(sizes)]) + np.array(sizes, ">u4").tobytes()
    black = gzip.compress(bytes(12_500 * 784))                     # 40 of them: the members of a gzip file are one stream
    (tmp_path / file).write_bytes(gzip.compress(header) + 40 * black)
    tracemalloc.start()
    with pytest.raises(ValueError, match=f"{file}.* expected at most {most} bytes of data, got 392000000 bytes"):
        mnist(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_what_is_no_folder_is_refused():
    with pytest.raises(TypeError, match="fashion-mnist expected data_dir, the path of a folder, got 5"):
        fashion_mnist(5)
