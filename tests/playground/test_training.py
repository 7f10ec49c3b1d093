"""A training that the playground starts is one of minicnn train: the same folder, the same bits; and it can be stopped."""

import time

import numpy as np
import pytest

from minicnn.playground import training
from minicnn.playground.routes import Refused
from minicnn.playground.session import FIRST_SETTINGS, Session
from minicnn.playground.training import LIMITS, checked_settings
from minicnn.training.run_folder import held, read_run
from minicnn.training.train import train
from tests.playground import slow

SMALL = {"data": "digits", "limit": 400, "epochs": 3, "batch_size": 4, "width": 2}


def wait(running, condition, seconds=120):
    """Wait until the report fulfils a condition, and return it."""
    end = time.monotonic() + seconds
    while not condition(report := running.report()):
        assert time.monotonic() < end, report
        time.sleep(0.02)
    return report


def stopped(report):
    return report["status"] not in ("running", "pausing")


def weights(folder, name):
    with np.load(folder / name) as archive:
        return {key: archive[key] for key in archive.files if key.startswith("model/parameters/")}


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """A session without a network, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    session = Session()
    yield session
    session.close()


@pytest.fixture
def slow_process(monkeypatch):
    """A training takes three seconds longer than it needs, so that a test can pause it."""
    monkeypatch.setattr(training, "main", slow.main)


def test_paused_and_resumed_here_and_in_the_terminal_gives_the_same_bits(empty, tmp_path, slow_process):
    train({**SMALL, "pictures": False, "run": "never-stopped"}, quiet=True)
    empty.train(SMALL)
    begun = wait(empty.training, lambda report: report["points"] and report["snapshots"])
    assert begun["facts"]["steps"] == 3 * 90 and begun["snapshot"]["filters"]["shape"] == [2, 3, 3]
    assert len(begun["snapshot"]["maps"]) == 5
    with pytest.raises(Refused, match="one that is running"):
        empty.train(SMALL)
    empty.training.pause()
    paused = wait(empty.training, stopped)
    assert paused["status"] == "paused", paused
    folder = tmp_path / paused["facts"]["folder"]
    assert not held(folder) and (folder / "last.npz").exists() and not (folder / "model.npz").exists()
    assert paused["facts"]["resume"] == f"minicnn train --resume {paused['facts']['folder']}"

    assert train({}, resume=str(folder), quiet=True)["finished"]   # what minicnn train --resume does
    for name in ("model.npz", "last.npz", "best.npz"):
        ours, theirs = weights(folder, name), weights(tmp_path / "never-stopped", name)
        assert ours.keys() == theirs.keys()
        for key in ours:
            np.testing.assert_array_equal(ours[key], theirs[key])
    without_time = [[{key: row[key] for key in row if "second" not in key} for row in read_run(where)["log"]]
                    for where in (folder, tmp_path / "never-stopped")]
    assert without_time[0] == without_time[1]


def test_without_a_run_one_is_trained_kept_and_opened_again_and_its_curves_are_those_of_the_log(empty, tmp_path, monkeypatch):
    for name, value in SMALL.items():
        monkeypatch.setitem(FIRST_SETTINGS, name, value)
    with pytest.raises(Refused, match="no trained network yet"):
        empty.network_or_refuse()
    empty.train_first()
    begun = wait(empty.training, lambda report: len(report["points"]) > 91)
    assert begun["epochs"] and begun["epochs"][0]["epoch"] == 1, "an epoch is reported when it ends"
    report = wait(empty.training, stopped)
    assert report["status"] == "finished"
    state = empty.state()
    assert state["network"]["folder"] == "playground" and state["network"]["data"] == "digits"
    again = Session()
    again.train_first()
    assert again.training.status == "idle" and again.network.classes == tuple("0123456789")

    log, points = read_run(tmp_path / report["facts"]["folder"])["log"], report["points"]
    assert [point["step"] for point in points] == list(range(1, 271))
    for n, (row, shown) in enumerate(zip(log, report["epochs"], strict=True)):
        for name in ("loss", "accuracy"):                          # a point is a step, and each step has four images
            mean = np.mean([point[name] for point in points[90 * n:90 * (n + 1)]])
            assert mean == pytest.approx(row[name]) and shown[name] == row[name]


@pytest.mark.long
def test_the_playground_resumes_what_it_paused(empty, tmp_path, slow_process):
    train({**SMALL, "pictures": False, "run": "never-stopped"}, quiet=True)
    empty.train(SMALL)
    for points in (3, 100, 160):
        wait(empty.training, lambda report, points=points: len(report["points"]) >= points)
        empty.training.pause()
        assert wait(empty.training, stopped)["status"] == "paused"
        empty.training.resume()
    report = wait(empty.training, stopped)
    assert report["status"] == "finished", report
    steps = [point["step"] for point in report["points"]]
    assert steps == sorted(set(steps)) and steps[-1] == 270
    assert [row["epoch"] for row in report["epochs"]] == [1, 2, 3]
    ours, theirs = weights(tmp_path / report["facts"]["folder"], "model.npz"), weights(tmp_path / "never-stopped", "model.npz")
    for key in ours:
        np.testing.assert_array_equal(ours[key], theirs[key])
    empty.open_trained()
    assert empty.state()["network"]["folder"] == "digits-two_conv"


def test_a_first_network_that_the_page_cannot_show_is_an_error_and_another_leaves_a_checkpoint_if_closed(
        empty, tmp_path, monkeypatch):
    def refuse(folder):
        raise ValueError(f"{folder} is not for this page")

    monkeypatch.setitem(FIRST_SETTINGS, "limit", 200)
    monkeypatch.setitem(FIRST_SETTINGS, "epochs", 1)
    monkeypatch.setattr(empty, "open", refuse)
    empty.train_first()
    report = wait(empty.training, stopped)
    assert (report["status"], report["facts"]["error"]) == ("failed", "runs/playground is not for this page")

    empty.train(SMALL | {"epochs": 50})
    wait(empty.training, lambda report: report["points"])
    empty.close()
    report = empty.training.report()
    assert report["status"] == "paused"
    assert (tmp_path / report["facts"]["folder"] / "last.npz").exists()
    assert not empty.training.process.is_alive()


def test_a_bug_is_trained_beside_the_right_line(empty):
    empty.train_broken({"bug": "dense-gradient-transposed"})
    wait(empty.training, lambda report: any(point["series"] == "healthy" for point in report["points"]))
    empty.training.pause()
    assert wait(empty.training, stopped)["status"] == "paused"
    with pytest.raises(Refused, match="Resume expected a paused training, got one that saves nothing"):
        empty.training.resume()


@pytest.mark.parametrize("asked", [
    {"data": "../../etc"}, {"data": "runs"}, {"data": "fashion-mnist"}, {"data": ["digits"]}, {"data": "digits", "run": "x"},
    {"data": "digits", "data_dir": "/etc"}, {"data": "digits", "epochs": 1000}, {"data": "digits", "epochs": 1.5},
    {"data": "digits", "epochs": True}, {"data": "digits", "epochs": "5"}, {"data": "digits", "width": 10**9},
    {"data": "digits", "lr": float("nan")}, {"data": "digits", "lr": 0}, {"data": "digits", "limit": -1},
    {"data": "digits", "model": "../x"}, {"data": "digits", "model": "lenet5", "width": 8}, {"data": "digits", "resume": True},
    {"data": "digits", "threads": 99}, {"data": "digits", "pictures": True}, {"data": "digits", "size": 10**6},
    {"data": "digits", "seed": {"a": 1}}, {"data": "digits", "strict": None}, {"": ""}, {},
])
def test_settings_outside_the_limits_are_refused(asked):
    with pytest.raises((Refused, ValueError)):
        checked_settings(asked)


def test_every_setting_of_the_limits_is_one_of_train():
    for name, limit in LIMITS.items():
        for value in limit:
            checked_settings({"data": "digits", name: value})
