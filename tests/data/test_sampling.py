"""A stratified sample has its fraction of every label, and nothing twice."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn import DtypeError, ShapeError
from minicnn.data import Augment, Batches, split
from minicnn.data.sampling import stratified

LABELS = np.random.default_rng(0).integers(0, 10, 300)


@given(counts=st.lists(st.integers(1, 30), min_size=1, max_size=6), count=st.integers(0, 200),
       rng=st.none() | st.integers(0, 3))
def test_every_label_has_its_fraction(counts, count, rng):
    labels = np.random.default_rng(5).permutation(np.repeat(np.arange(len(counts)), counts))
    rows = stratified(labels, count, rng)
    assert len(rows) == len(set(rows.tolist())) == min(count, len(labels))
    assert (np.diff(labels[rows]) >= 0).all()
    for label, n in enumerate(counts):
        assert abs((labels[rows] == label).sum() - n * len(rows) / len(labels)) < 1 + 1e-9


def test_only_a_generator_makes_it_random():
    np.testing.assert_array_equal(stratified(LABELS, 40), stratified(LABELS, 40))
    np.testing.assert_array_equal(stratified(LABELS, 40, 1), stratified(LABELS, 40, np.random.default_rng(1)))
    assert not np.array_equal(stratified(LABELS, 40, 1), stratified(LABELS, 40, 2))
    assert not np.array_equal(stratified(LABELS, 40, 1), stratified(LABELS, 40))


def test_split_sets_a_stratified_sample_apart():
    validation = split(np.arange(300), LABELS, 0.1, 7)[2]
    np.testing.assert_array_equal(validation, np.sort(stratified(LABELS, 30, 7)))


def test_rows_are_taken_from_the_middle_of_equal_pieces():
    assert stratified(np.zeros(10, int), 2).tolist() == [2, 7]
    assert stratified(np.array([1, 0, 1, 0, 1, 0, 1, 0]), 4).tolist() == [3, 7, 2, 6]


def test_without_rows_there_is_nothing_to_choose():
    assert stratified(np.zeros(0, int), 3).tolist() == []


@pytest.mark.parametrize("labels, count, says", [
    (np.eye(3), 2, "stratified expected labels (N,), got (3, 3); pass class numbers"),
    (LABELS, -1, "stratified expected count >= 0, got -1"), (LABELS, 2.5, "stratified expected count to be an integer")])
def test_what_is_refused(labels, count, says):
    with pytest.raises((ShapeError, DtypeError), match=re.escape(says)):
        stratified(labels, count)


@pytest.mark.parametrize("rng", ["seed", -1, 1.5, [[None]]])
@pytest.mark.parametrize("who, call", [
    ("stratified", lambda rng: stratified(LABELS, 2, rng)), ("split", lambda rng: split(LABELS, LABELS, 0.5, rng)),
    ("batches", lambda rng: Batches(LABELS, LABELS, rng=rng)), ("Augment", lambda rng: Augment(rng=rng))])
def test_what_is_no_generator_and_no_seed_is_refused(who, call, rng):
    with pytest.raises(DtypeError, match=f"{who} expected rng, a numpy.random.Generator, a seed .* or None, got"):
        call(rng)
