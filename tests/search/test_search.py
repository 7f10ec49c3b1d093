"""A search: spaces, trials that are run once, failures, stopping, resuming; and the command on small trainings."""

import concurrent.futures
import functools
import importlib
import json
import math
import multiprocessing
import os
import threading

import pytest

from minicnn.__main__ import main
from minicnn.search import Choice, Range, SearchError, Stopped, draws, grid, parse, read_trials, search, trial_name
from minicnn.visualize.plots.search import search_results

command = importlib.import_module("minicnn.cli.search")
TRIALS = [{"a": a, "b": b} for a in (1, 2, 3) for b in ("x", "y")]


def product(settings):
    if settings["a"] == 2 and settings["b"] == "y":
        raise ArithmeticError("two y\nis too much")
    return {"value": settings["a"] * 10, "process": os.getpid()}


class Counting:
    """A function that records its calls."""

    def __init__(self, function=product):
        self.function, self.calls = function, []

    def __call__(self, settings):
        self.calls.append(dict(settings))
        return self.function(settings)


class AtOnce(concurrent.futures.Executor):
    """The smallest executor: it runs each call at once, in this process."""

    def submit(self, function, *arguments):
        future = concurrent.futures.Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(function(*arguments))
        except BaseException as problem:
            future.set_exception(problem)
        return future


# ------------------------------------------------------------------------------------------------------------ spaces

@pytest.mark.parametrize("text, expected", [
    ("lr=1e-4..1e-2:log", ("lr", Range(1e-4, 1e-2, True))), ("width=16..64", ("width", Range(16, 64))),
    ("lr=0.1..0.5:5", ("lr", Range(0.1, 0.5, False, 5))), ("dropout=0.3,0.5", ("dropout", Choice((0.3, 0.5)))),
    ("--batch-size=32,64,32", ("batch_size", Choice((32, 64)))), ("optimizer=adam,sgd", ("optimizer", Choice(("adam", "sgd")))),
    ("flip=true,false", ("flip", Choice((True, False)))), ("range=0..1,standard", ("range", Choice(("0..1", "standard")))),
    ("blocks=2,2;1,1,1", ("blocks", Choice(("2,2", "1,1,1"))))])
def test_parse(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize("text, word", [
    ("lr", "NAME=LOW..HIGH"), ("lr=", "NAME="), ("=1,2", "NAME="), ("lr=,", "NAME="), ("lr=1e-2..1e-4", "low end is below"),
    ("lr=1..1", "low end is below"), ("lr=0..1:log", "above 0"), ("lr=a..b", "range of numbers"),
    ("lr=1..2:lag", "range of numbers"),
    ("lr=1..2:1", "at least 2 points"), ("lr=1..inf", "range of numbers"), ("lr=..1", "range of numbers")])
def test_text_that_is_no_space(text, word):
    with pytest.raises(ValueError, match=word):
        parse(text)


@pytest.mark.parametrize("text, log", [("a=1e-4..1e-2:log", True), ("a=1e-4..1e-2", False), ("a=1e-4,1e-3,1e-2", True),
                                       ("a=32,64", False), ("a=0,1,100", False), ("a=adam,sgd", False)])
def test_which_settings_have_a_logarithmic_axis(text, log):
    assert parse(text)[1].spans_decades == log


def test_grid_is_every_combination_in_order():
    assert grid({"a": [1, 2, 3], "b": Choice(("x", "y"))}) == TRIALS
    assert [t["lr"] for t in grid({"lr": Range(1e-4, 1e-2, True, 3)})] == [1e-4, 1e-3, 1e-2]
    assert [t["n"] for t in grid({"n": Range(1, 4, False, 9)})] == [1, 2, 3, 4]           # whole numbers, each once
    with pytest.raises(ValueError, match="a number of points for lr"):
        grid({"lr": Range(0.1, 0.2)})


def test_draws_stay_in_their_ranges_and_do_not_depend_on_their_number():
    space = {"lr": Range(1e-4, 1e-2, log=True), "n": Range(1, 3), "p": Range(0.0, 1.0), "o": Choice(("adam", "sgd"))}
    drawn = draws(space, 300, rng=1)
    assert drawn[:20] == draws(space, 20, rng=1) != draws(space, 20, rng=2)
    assert all(1e-4 <= t["lr"] <= 1e-2 and 0 <= t["p"] <= 1 for t in drawn)
    assert {t["n"] for t in drawn} == {1, 2, 3} and {t["o"] for t in drawn} == {"adam", "sgd"}
    assert 110 < sum(t["lr"] < 1e-3 for t in drawn) < 190           # a decade is as likely as the next
    assert 110 < sum(t["p"] < 0.5 for t in drawn) < 190
    json.dumps(drawn)


@pytest.mark.parametrize("space", [{}, {"lr": []}])
def test_an_empty_space(space):
    for make in (grid, functools.partial(draws, n=2)):
        with pytest.raises(ValueError, match="at least one"):
            make(space)


# ------------------------------------------------------------------------------------------------------------ trials

def processes():
    return concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))


@pytest.mark.parametrize("make", [AtOnce, lambda: concurrent.futures.ThreadPoolExecutor(3), processes])
def test_any_executor(tmp_path, make):
    calls = []
    with make() as executor:
        results = search(product, TRIALS, executor, tmp_path, on_result=lambda row, done, total: calls.append((done, total)))
    assert [r["settings"] for r in results] == TRIALS              # in the order of the trials, whatever came first
    assert [r["result"] and r["result"]["value"] for r in results] == [10, 10, 20, None, 30, 30]
    assert results[3]["error"] == "ArithmeticError: two y is too much"
    assert calls == [(n, 6) for n in range(1, 7)]
    assert sorted(read_trials(tmp_path), key=str) == sorted(results, key=str)


def test_a_finished_trial_is_not_run_again(tmp_path):
    function = Counting()
    search(function, TRIALS[:4], AtOnce(), tmp_path)
    results = search(function, [*TRIALS, {"b": "x", "a": 1}], AtOnce(), tmp_path)
    assert function.calls == TRIALS and len(results) == 6          # each once, failures too
    search(function, TRIALS, AtOnce(), tmp_path, retry=True)
    assert function.calls[6:] == [TRIALS[3]]


@pytest.mark.parametrize("cut", range(1, 40, 6))
def test_a_line_that_was_cut_off_is_run_again(tmp_path, cut):
    search(product, TRIALS, AtOnce(), tmp_path)
    path, notes = tmp_path / "trials.jsonl", []
    path.write_bytes(path.read_bytes()[:-cut])
    function = Counting()
    before = read_trials(tmp_path, notes.append)
    results = search(function, TRIALS, AtOnce(), tmp_path)
    assert function.calls == ([] if cut == 1 else TRIALS[-1:])     # without its newline the line is whole
    assert len(before) + len(notes) == 6 == len(read_trials(tmp_path)) == len(results)
    assert all("run again" in note for note in notes)


def test_a_damaged_line_in_the_middle_is_an_error(tmp_path):
    search(product, TRIALS, AtOnce(), tmp_path)
    lines = (tmp_path / "trials.jsonl").read_text().splitlines()
    for line in ("{", "3", '{"settings": 3, "result": 1, "error": null, "seconds": 1}', ""):
        (tmp_path / "trials.jsonl").write_text("\n".join([*lines[:2], line, *lines[2:]]) + "\n")
        with pytest.raises(SearchError, match="line 3"):
            search(product, TRIALS, AtOnce(), tmp_path)


def test_stopping_keeps_finished_trials(tmp_path):
    asked = threading.Event()

    def stop():
        asked.set()
        return True

    function = Counting(lambda settings: (asked.wait(30), product(settings))[1])
    with concurrent.futures.ThreadPoolExecutor(1) as executor, pytest.raises(Stopped, match="1 trials done") as stopped:
        search(function, TRIALS, executor, tmp_path, stop=stop)    # the first has started when the others are cancelled
    assert stopped.value.results == read_trials(tmp_path) and function.calls == TRIALS[:1]
    search(function, TRIALS, AtOnce(), tmp_path)
    assert function.calls == TRIALS


def test_an_interrupted_trial_is_no_result(tmp_path):
    def interrupted(settings):
        raise KeyboardInterrupt

    with pytest.raises(Stopped, match="0 trials done"):
        search(interrupted, TRIALS[:1], AtOnce(), tmp_path)
    assert read_trials(tmp_path) == []


def test_trials_that_end_the_process_or_say_what_json_cannot_hold_are_failures(tmp_path):
    def function(settings):
        if settings["a"] == 1:
            raise SystemExit(3)
        return {1, 2} if settings["a"] == 2 else math.nan

    errors = [row["error"] for row in search(function, TRIALS[::2], AtOnce(), tmp_path)]
    assert [error.split(":")[0] for error in errors] == ["SystemExit", "TypeError", "ValueError"]


def test_the_folder_of_another_search(tmp_path):
    search(product, TRIALS[:1], AtOnce(), tmp_path / "a", about={"data": "digits", "n": 1})
    search(product, TRIALS[:2], AtOnce(), tmp_path / "a", about={"data": "digits", "n": 1})
    with pytest.raises(SearchError, match=r"differs in data \(digits\); choose another folder"):
        search(product, TRIALS, AtOnce(), tmp_path / "a", about={"data": "mnist", "n": 1})
    with pytest.raises(SearchError, match="with other files in it"):
        search(product, TRIALS, AtOnce(), tmp_path)
    assert os.listdir(tmp_path) == ["a"]                           # nothing is left in a folder that is not ours
    (tmp_path / "a" / "search.json").write_text("{")
    with pytest.raises(SearchError, match="damaged"):
        search(product, TRIALS, AtOnce(), tmp_path / "a")


def test_two_searches_in_one_folder(tmp_path):
    def again(settings):
        return search(product, TRIALS, AtOnce(), tmp_path)

    assert "another search in it" in search(again, TRIALS[:1], AtOnce(), tmp_path)[0]["error"]


# ------------------------------------------------------------------------------------------------------------ command

def run(folder, *arguments, capsys=None):
    status = main(["search", "--data", "digits", "--limit", "40", "--model", "lenet5", "--epochs", "1", "--run", str(folder),
                   *arguments])
    return status, capsys.readouterr().out if capsys else None


@pytest.fixture
def here(monkeypatch):
    """Trials run in this process."""
    monkeypatch.setattr(command, "workers", lambda processes, threads: AtOnce())


def test_the_command(tmp_path, capsys, here):
    line = ["--vary", "lr=1e-4..1e-2:log", "--vary", "batch_size=8,16", "--top", "2"]
    status, out = run(tmp_path, *line, "--draws", "2", capsys=capsys)
    assert status == 0 and "2 trials in " in out and out.count("\n[") == 2
    rows = read_trials(tmp_path)
    assert not any("test_accuracy" in row["result"] for row in rows)       # the test set is not used
    assert not list(tmp_path.glob("*/metrics.json")) and len(list(tmp_path.glob("*/log.jsonl"))) == 2
    assert (tmp_path / "search.png").stat().st_size > 5000
    status, out = run(tmp_path, *line, "--draws", "3", capsys=capsys)
    assert out.count("\n[") == 1 and "[3/3]" in out                # the first two stand
    table = out[out.index("validation accuracy    loss"):].splitlines()
    assert table[3].startswith("saved ")                          # two rows, the best first
    accuracies = [float(row.split()[2].rstrip("%")) for row in table[1:3]]
    assert accuracies == sorted(accuracies, reverse=True)
    assert "minicnn train --data digits --limit 40 --model lenet5 --epochs 1 --lr " in table[4]


def test_a_trial_that_was_cut_off_is_resumed(tmp_path, monkeypatch, here):
    calls = []

    def train(settings, resume=None, quiet=False, test=True):
        calls.append((sorted(settings), resume, quiet, test))
        return {"validation_accuracy": 0.5, "validation_loss": 1.0, "best_epoch": 1, "finished": len(calls) > 1}

    monkeypatch.setattr(command, "train", train)
    fixed, settings = {"data": "digits"}, {"lr": 0.1}
    folder = tmp_path / trial_name(settings)
    with pytest.raises(KeyboardInterrupt):
        command.trial(fixed, tmp_path, settings)
    folder.mkdir()
    (folder / "config.json").touch()
    assert command.trial(fixed, tmp_path, settings)["best_epoch"] == 1 and not folder.exists()
    folder.mkdir()
    (folder / "last.npz").touch()
    command.trial(fixed, tmp_path, settings)
    assert calls == [(["data", "lr", "run"], False, True, False)] * 2 + [(["run"], True, True, False)]


def test_failed_trials_and_ctrl_c(tmp_path, monkeypatch, capsys, here):
    def train(settings, **_):
        if settings["seed"] == 2:
            raise KeyboardInterrupt
        raise ValueError("no good")

    monkeypatch.setattr(command, "train", train)
    status, out = run(tmp_path, "--vary", "seed=0,1", "--grid", capsys=capsys)
    assert status == 1 and "failed: ValueError: no good" in out and "2 of 2 trials failed" in out
    status, out = run(tmp_path, "--vary", "seed=0,1,2", "--grid", capsys=capsys)
    assert status == 130 and "stopped with 2 trials done of 3; the same command continues" in out


def test_a_process_that_dies_ends_the_search_and_keeps_finished_trials(tmp_path, monkeypatch, here):
    def train(settings, **_):
        if settings["seed"] == 1:
            raise KeyboardInterrupt
        return {"validation_accuracy": 0.5, "validation_loss": 1.0, "best_epoch": 1, "finished": True}

    class Dies(AtOnce):
        def submit(self, function, *arguments):
            future = super().submit(function, *arguments)
            if future.exception():
                future = concurrent.futures.Future()
                future.set_exception(concurrent.futures.process.BrokenProcessPool("gone"))
            return future

    monkeypatch.setattr(command, "train", train)
    monkeypatch.setattr(command, "workers", lambda processes, threads: Dies())
    with pytest.raises(SearchError, match="a process died while it trained"):
        run(tmp_path, "--vary", "seed=0,1", "--grid")
    assert [row["settings"] for row in read_trials(tmp_path)] == [{"seed": 0}]


def test_workers_share_the_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    with command.workers(2) as executor:
        assert executor.submit(os.getenv, "NUMBA_NUM_THREADS").result(60) == "4"


@pytest.mark.parametrize("arguments, word", [
    (["--vary", "lrr=1,2", "--grid"], "did you mean lr?"), (["--vary", "lr=1,2"], "one of --draws N and --grid, got neither"),
    (["--vary", "lr=1,2", "--grid", "--draws", "3"], "got both"), (["--grid"], "at least one parameter"),
    (["--vary", "lr=2..1", "--draws", "3"], "low end is below"), (["--vary", "data=mnist,digits", "--grid"], "share data"),
    (["--vary", "lr=1,2", "--lr", "3", "--grid"], "leave one out"),
    (["--vary", "lr=1", "--vary", "lr=2", "--grid"], "two --vary"),
    (["--vary", "dropout=0.1,1.5", "--grid"], "--dropout"), (["--vary", "dropout=0.1,0.5", "--grid"], "lenet5"),
    (["--vary", "lr=1e-3..1e-2", "--grid"], "a number of points")])
def test_bad_input_is_refused_before_anything_runs(tmp_path, arguments, word):
    with pytest.raises(ValueError, match=word.replace("?", r"\?")):
        run(tmp_path / "new", *arguments)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("trials", [[{"seed": 3}], [{"a": v, "b": w, "c": b, "d": n} for v, w, b, n in
                                                     [(1e-4, "adam", True, 0), (0.1, "$sgd", False, 1)]]])
def test_the_picture_of_anything_that_can_vary(tmp_path, trials):
    search_results(tmp_path / "search.png", trials, [0.9, 0.5][:len(trials)], ["a"])
    assert (tmp_path / "search.png").read_bytes().startswith(b"\x89PNG")
