"""The short form of `python -m tests.attack data`, and that the attack sees what it is there for."""

import re

import numpy as np
import pytest

from tests.attack import data, hostile_images


@pytest.mark.parametrize("number", range(78))
def test_hostile_files_end_in_success_or_one_clear_error(number, tmp_path):
    assert data.run(number, seed=7, folder=tmp_path)["failure"] is None


def test_the_cases_run_in_child_processes(capsys):
    assert data.main(13, seed=1) == []
    assert "data: 13 cases, 0 failures" in capsys.readouterr().out


def hog(path, *_):
    kept = np.ones(400_000_000, np.uint8)
    raise ValueError(f"read_idx({path}) expected little memory, got {kept.nbytes}")


def wrong(error):
    def read(path, *_, **__):
        raise error
    return read


@pytest.mark.parametrize("read, failure", [
    (wrong(TypeError("unhashable type")), "TypeError"), (wrong(MemoryError()), "MemoryError"),
    (wrong(ValueError("maximum supported dimension for an ndarray is currently 64")), "is not a clear error"),
    (wrong(ValueError("read_idx expected a file, got none")), "is not a clear error"),         # no name in it
    (hog, "took [34].. MB for 0 MB")])
def test_the_attack_sees_errors_that_are_not_ours_and_memory(read, failure, tmp_path, monkeypatch):
    if read is hog and not data.start_of_peak():
        pytest.skip("the peak of the memory cannot be measured on this system")
    monkeypatch.setattr(data, "read_idx", read)
    number = next(n for n in range(100) if data.run(n, 7, fresh(tmp_path, n))["kind"].startswith("IDX"))
    found = data.run(number, 7, fresh(tmp_path, "again"))["failure"]
    assert found and re.search(failure, found), found


def fresh(tmp_path, name):
    folder = tmp_path / str(name)
    folder.mkdir()
    return folder


def test_a_dead_child_is_a_failure_and_the_others_go_on(monkeypatch):
    monkeypatch.setattr(data, "PART", 3)
    monkeypatch.setattr(data.sys, "executable", "false")
    failures = data.main(6, seed=0)
    assert len(failures) == 6 and all("the process ended with 1" in failure for failure in failures)


def test_bombs_are_small_files():
    assert all(len(hostile_images.bomb(name)) < 1_000_000 for name in hostile_images.BOMBS[:2])
