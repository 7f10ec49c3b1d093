"""An epoch is a permutation, can be resumed, and a validation split keeps the fraction of each label."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn.data import Batches, as_float, batches, split

sizes = st.integers(min_value=1, max_value=40)


def data(N):
    """Images (N, 2, 3, 1) and labels (N,) that show which row they are."""
    images = np.arange(N * 6, dtype=np.float32).reshape(N, 2, 3, 1)
    return images, np.arange(N)


@settings(deadline=None)
@given(N=sizes, batch_size=sizes, seed=st.integers(0, 5), shuffle=st.booleans())
def test_an_epoch_hands_out_every_row_once_with_its_label(N, batch_size, seed, shuffle):
    images, labels = data(N)
    epoch = batches(images, labels, batch_size, rng=seed, shuffle=shuffle)
    pairs = list(epoch)
    assert len(epoch) == len(pairs)
    assert [len(x) for x, _ in pairs[:-1]] == [batch_size] * (len(pairs) - 1)
    assert len(pairs[-1][0]) == (N - 1) % batch_size + 1
    seen = np.concatenate([y for _, y in pairs])
    np.testing.assert_array_equal(np.sort(seen), labels)
    np.testing.assert_array_equal(np.concatenate([x for x, _ in pairs]), images[seen])
    if not shuffle:
        np.testing.assert_array_equal(seen, labels)


def test_the_order_comes_from_the_generator():
    images, labels = data(100)
    order = np.random.default_rng(3).permutation(100)
    rng = np.random.default_rng(3)
    first, second = batches(images, labels, rng=rng), batches(images, labels, rng=rng)
    np.testing.assert_array_equal(np.concatenate([y for _, y in first]), order)
    assert not np.array_equal(np.concatenate([y for _, y in second]), order)
    np.testing.assert_array_equal(np.concatenate([y for _, y in batches(images, labels, rng=3)]), order)


def test_a_finished_epoch_is_finished():
    epoch = batches(*data(10), batch_size=4)
    assert len(list(epoch)) == 3
    assert list(epoch) == []


def test_batches_are_copies():
    images, labels = data(6)
    for x, y in batches(images, labels, batch_size=4, shuffle=False):
        x[:], y[:] = -1, -1
    np.testing.assert_array_equal(images, data(6)[0])
    np.testing.assert_array_equal(labels, data(6)[1])


def test_transform_sees_each_batch_of_images():
    images, labels = data(10)
    seen = []

    def negative(x):
        seen.append(len(x))
        return -x

    pairs = list(batches(images, labels, batch_size=4, shuffle=False, transform=negative))
    assert seen == [4, 4, 2]
    np.testing.assert_array_equal(np.concatenate([x for x, _ in pairs]), -images)


@settings(deadline=None)
@given(N=sizes, batch_size=sizes, stop=st.integers(0, 40), seed=st.integers(0, 5))
def test_an_epoch_continues_where_it_stood(N, batch_size, stop, seed):
    images, labels = data(N)
    whole = [y for _, y in batches(images, labels, batch_size, rng=seed)]
    stop = min(stop, len(whole))
    interrupted = batches(images, labels, batch_size, rng=seed)
    before = [next(interrupted)[1] for _ in range(stop)]
    state = interrupted.state()
    list(interrupted)  # what happens afterwards must not reach the state
    continued = batches(images, labels, batch_size, rng=seed + 1)
    continued.load_state(state)
    after = [y for _, y in continued]
    assert len(before) + len(after) == len(whole)
    for got, expected in zip(before + after, whole, strict=True):
        np.testing.assert_array_equal(got, expected)


def test_the_state_is_arrays_of_its_own():
    epoch = batches(*data(10), batch_size=4, rng=0)
    next(epoch)
    state = epoch.state()
    assert set(state) == {"order", "position"}
    assert state["order"].dtype == np.int64 and state["order"].shape == (10,)
    assert state["position"].dtype == np.int64 and state["position"].shape == () and state["position"] == 4
    state["order"][:] = 0
    np.testing.assert_array_equal(np.sort(epoch.state()["order"]), np.arange(10))
    other = batches(*data(10), batch_size=4, rng=1)
    taken = epoch.state()
    other.load_state(taken)
    taken["order"][:] = 0
    np.testing.assert_array_equal(other.state()["order"], epoch.state()["order"])


ORDER = np.arange(10)[::-1].copy()


@pytest.mark.parametrize(
    "state",
    [
        None,
        {},
        {"order": ORDER},
        {"order": ORDER, "position": np.array(0), "epoch": np.array(1)},
        {"order": ORDER[:9], "position": np.array(0)},
        {"order": np.array(3), "position": np.array(0)},
        {"order": ORDER - 1, "position": np.array(0)},
        {"order": np.zeros(10, int), "position": np.array(0)},
        {"order": ORDER.astype(float), "position": np.array(0)},
        {"order": ORDER.reshape(2, 5), "position": np.array(0)},
        {"order": ORDER, "position": np.array(-1)},
        {"order": ORDER, "position": np.array(11)},
        {"order": ORDER, "position": np.array(4.0)},
        {"order": ORDER, "position": np.array([4])},
        {"order": ORDER, "position": np.array(True)},
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(state):
    epoch = batches(*data(10), batch_size=4, rng=0)
    next(epoch)
    before = epoch.state()
    with pytest.raises(ValueError, match=r"Batches.load_state expected .*, got .*; "):
        epoch.load_state(state)
    np.testing.assert_array_equal(epoch.state()["order"], before["order"])
    assert epoch.state()["position"] == 4


@pytest.mark.parametrize("position", [0, 10])
def test_the_ends_of_an_epoch_are_states_too(position):
    epoch = batches(*data(10), batch_size=4)
    epoch.load_state({"order": ORDER, "position": np.array(position)})
    assert sum(len(y) for _, y in epoch) == 10 - position


@pytest.mark.parametrize("who", [batches, lambda images, labels: split(images, labels, 0.5)])
@pytest.mark.parametrize(
    ("images", "labels", "error", "says"),
    [
        ([[1.0]], np.zeros(1, int), TypeError, "expected images, an array (N, ...), got list; np.asarray(images)"),
        (np.zeros((1, 1)), [0], TypeError, "expected labels, an array (N, ...), got list; np.asarray(labels)"),
        (np.float32(1), np.zeros(1, int), TypeError, "expected images, an array (N, ...), got"),
        (np.array(1.0), np.zeros(1, int), TypeError, "expected images, an array (N, ...), got"),
        (np.zeros((0, 2, 2, 1)), np.zeros(0, int), ValueError, "expected at least one image, got images (0, 2, 2, 1);"),
        (np.zeros((3, 1)), np.zeros(2, int), ValueError, "as many labels as images, got 3 images and 2 labels;"),
    ],
)
def test_refuses_data_that_is_none(who, images, labels, error, says):
    with pytest.raises(error, match=re.escape(says)):
        who(images, labels)


@pytest.mark.parametrize("batch_size", [0, -1, 2.0, "64", None, True, np.float64(3)])
def test_refuses_a_batch_size_that_is_no_positive_integer(batch_size):
    with pytest.raises((TypeError, ValueError), match=r"batches expected batch_size .*, got"):
        batches(*data(4), batch_size=batch_size)


def test_takes_a_numpy_integer_as_batch_size():
    assert len(Batches(*data(4), batch_size=np.int32(3))) == 2


@settings(deadline=None)
@given(
    counts=st.lists(st.integers(1, 30), min_size=1, max_size=6),
    fraction=st.floats(0.05, 0.95),
    seed=st.integers(0, 3),
)
def test_a_split_is_a_partition_with_the_fraction_of_each_label(counts, fraction, seed):
    labels = np.random.default_rng(seed + 10).permutation(np.repeat(np.arange(len(counts)), counts))
    N = len(labels)
    V = round(fraction * N)
    if not 0 < V < N:
        with pytest.raises(ValueError, match="split expected a fraction that leaves rows on both sides"):
            split(np.arange(N), labels, fraction, seed)
        return
    train, train_labels, validation, validation_labels = split(np.arange(N), labels, fraction, seed)
    assert len(validation) == V
    np.testing.assert_array_equal(np.sort(np.concatenate([train, validation])), np.arange(N))
    np.testing.assert_array_equal(train_labels, labels[train])
    np.testing.assert_array_equal(validation_labels, labels[validation])
    for label, count in enumerate(counts):
        assert abs((validation_labels == label).sum() - count * V / N) < 1 + 1e-9


def test_a_split_is_random_and_repeatable():
    images, labels = np.arange(200), np.arange(200) % 10
    first, again, other = (split(images, labels, 0.2, rng)[2] for rng in (0, np.random.default_rng(0), 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, 0.001, 0.999, float("nan"), float("inf")])
def test_a_split_leaves_rows_on_both_sides(fraction):
    with pytest.raises(ValueError, match=r"split expected a fraction .*, got fraction = .* of 10; "):
        split(np.zeros((10, 1)), np.arange(10), fraction)


def test_a_split_refuses_one_hot_labels():
    with pytest.raises(ValueError, match=re.escape("split expected labels (N,), got (3, 3); ")):
        split(np.zeros((3, 1)), np.eye(3), 0.5)


def test_as_float_maps_every_byte_to_its_fraction_of_255():
    x = as_float(np.arange(256, dtype=np.uint8).reshape(16, 16))
    assert x.dtype == np.float32 and x.shape == (16, 16)
    np.testing.assert_allclose(x.ravel(), np.arange(256) / 255, rtol=1e-6)
    assert x.min() == 0 and x.max() == 1


@pytest.mark.parametrize("images", [np.zeros(3, np.float32), np.zeros(3, np.int64), [1, 2]])
def test_as_float_refuses_what_is_no_bytes(images):
    with pytest.raises(TypeError, match=r"as_float expected a uint8 array, got .*; "):
        as_float(images)
