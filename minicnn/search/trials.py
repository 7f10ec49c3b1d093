"""Run trials. Each finished trial is a line of folder/trials.jsonl, and a trial that is there is not run again."""

import concurrent.futures
import contextlib
import hashlib
import json
import os
import time
from pathlib import Path

from ..shapes import message
from ..support.files import delete_stale, locked, write_text
from ..support.jsonl import DamagedLine, append_jsonl, read_jsonl

LINES, ABOUT, LOCK = "trials.jsonl", "search.json", ".lock"


class SearchError(ValueError):
    """The folder belongs to another search, is in use, or is damaged. The message has four parts."""


class Stopped(Exception):
    """The search was stopped before its end. `results` are those of the finished trials."""

    def __init__(self, results):
        super().__init__(f"stopped with {len(results)} trials done")
        self.results = results


def search(function, trials, executor, folder, about=None, on_result=None, stop=None, at_once=None, retry=False):
    """Call function(settings) for each settings dict in `trials` on the executor; return a list of results, in order.

        with ProcessPoolExecutor() as executor:
            results = search(train, draws({"lr": Range(1e-4, 1e-2, log=True)}, 20), executor, "runs/search")

    `function` can be pickled and returns a dict or a number that JSON can hold. A result is a dict: settings, result
    (None if the trial failed), error (None if it did not), seconds. A failed trial is a result like the others; with
    `retry` failed trials in the folder are run once more. `about` (JSON-ready) describes this search: a folder with another
    description is an error. `on_result(result, done, total)` is called after each trial. When `stop()` is true, no further
    trial starts. The executor gets `at_once` trials at a time (default: all of them).

    Raises: SearchError; Stopped if stop() or an interrupted trial left some trials undone; errors of the executor.
    """
    wanted = {trial_name(settings): settings for settings in trials}
    with _held(folder):
        _claim(folder, json.loads(json.dumps(about)))
        done = {trial_name(row["settings"]): row for row in read_trials(folder) if not (retry and row["error"])}
        missing = {name: settings for name, settings in wanted.items() if name not in done}
        for name, row in _outcomes(function, missing, executor, stop, at_once):
            done[name] = row
            append_jsonl(Path(folder, LINES), row)                 # on the disk before the next trial starts
            if on_result:
                on_result(row, sum(other in done for other in wanted), len(wanted))
    results = [done[name] for name in wanted if name in done]
    if len(results) < len(wanted):
        raise Stopped(results)
    return results


def _outcomes(function, wanted, executor, stop, at_once):
    """(name, row) of each trial when it ends. After stop(), or if a trial was interrupted, no further trial starts."""
    waiting, running, stopped = list(wanted.items()), {}, False
    try:
        while running or waiting:
            while waiting and len(running) < (at_once or len(wanted)):
                name, settings = waiting.pop(0)
                running[executor.submit(_run, function, settings)] = name
            ended, _ = concurrent.futures.wait(running, 0.2, concurrent.futures.FIRST_COMPLETED)
            for future in [future for future in running if future in ended]:
                name = running.pop(future)
                try:
                    yield name, {"settings": wanted[name], **future.result()}
                except KeyboardInterrupt:                          # inside the trial: it has no result
                    stopped = True
            if stopped or (stop and stop()):
                stopped, waiting = True, []
                running = {future: name for future, name in running.items() if not future.cancel()}
    finally:
        for future in running:
            future.cancel()


def trial_name(settings):
    """A short name, fit for a folder. Equal settings have equal names, whatever their order."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:10]


def read_trials(folder, on_note=None):
    """The results in a folder. A last line that was cut off is left out, and `on_note(text)` is told about it.

    Raises: SearchError if another line is damaged.
    """
    path = Path(folder, LINES)
    try:
        rows, cut_off = read_jsonl(path, _is_row)
    except DamagedLine as problem:
        raise SearchError(message("search", "a trial on each line", f"line {problem.number} of {path}: {problem.text!r}",
                                  "it is damaged: remove the line, and the trial is run again")) from None
    if cut_off and on_note:
        on_note(f"the last line of {path} was cut off, so that trial is run again")
    return rows


def _is_row(value):
    return (isinstance(value, dict) and isinstance(value.get("settings"), dict)
            and {"result", "error", "seconds"} <= set(value))


def _run(function, settings):
    """A trial as it runs on the executor: its result, its error, its time."""
    start = time.perf_counter()
    try:
        result, error = function(dict(settings)), None
        json.dumps(result, allow_nan=False)                        # a result that JSON cannot hold is this trial's error
    except (Exception, SystemExit) as problem:
        result, error = None, f"{type(problem).__name__}: {' '.join(str(problem).split())[:1000]}"
    return {"result": result, "error": error, "seconds": round(time.perf_counter() - start, 3)}


@contextlib.contextmanager
def _held(folder):
    """Lock the folder, which is made if there is none, for this process alone."""
    names = os.listdir(folder) if os.path.isdir(folder) else []
    if ABOUT not in names and any(not name.startswith(".") and not name.endswith(".part") for name in names):
        raise SearchError(message("search", "a new or empty folder", f"{folder}, with other files in it", "choose another"))
    os.makedirs(folder, exist_ok=True)
    with locked(Path(folder, LOCK)) as got_it:
        if not got_it:
            raise SearchError(message("search", f"a folder {folder} that nothing else uses", "another search in it",
                                      "wait for its end, or choose another folder"))
        delete_stale(folder)
        yield


def _claim(folder, about):
    """Write down which search this folder belongs to. Raise SearchError if it belongs to another one."""
    path = Path(folder, ABOUT)
    if not path.exists():
        write_text(path, json.dumps(about, indent=2) + "\n")
        return
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise SearchError(message("search", f"the {ABOUT} of a search", f"{path}, damaged", "choose another folder")) from None
    if before != about:
        raise SearchError(message("search", f"{folder} to be a new folder or this search's own",
                                  f"that of another, which differs in {_difference(before, about)}", "choose another folder"))


def _difference(before, about):
    if not isinstance(before, dict) or not isinstance(about, dict):
        return f"being {json.dumps(before)[:80]}"
    return ", ".join(f"{name} ({before.get(name)})" for name in {**before, **about} if before.get(name) != about.get(name))
