"""Running the trials: each finished one is a line of folder/trials.jsonl, and what stands there is not run again."""

import concurrent.futures
import contextlib
import hashlib
import json
import os
import time
from pathlib import Path

from ..shapes import message
from ..training.run_folder import RunError, open_run

LINES, ABOUT = "trials.jsonl", "search.json"


class SearchError(ValueError):
    """The folder is another search's, is in use, or is damaged. The message has four parts."""


class Stopped(Exception):
    """The search was stopped before its end; `results` are those that are there."""

    def __init__(self, results):
        super().__init__(f"stopped with {len(results)} trials done")
        self.results = results


def search(function, trials, executor, folder, about=None, on_result=None, stop=None, at_once=None, retry=False):
    """Call function(settings) for each settings dict in `trials` on the executor; return a list of results, in order.

    `function` can be pickled and returns a dict (or a number) that JSON can hold. A result is a dict: settings, result
    (None where the trial failed), error (None where it did not), seconds. A failure is a result like others; with
    `retry` those that stand in the folder are tried once more. `about` (JSON-ready) says which search this is: a folder
    that says something else is refused. `on_result(result, done, total)` is called after each trial; once `stop()` is true
    no further trial is begun. `at_once` trials are handed to the executor at a time (default: all, and it keeps the queue).

    with ProcessPoolExecutor() as executor:
        results = search(train, draws({"lr": Range(1e-4, 1e-2, log=True)}, 20), executor, "runs/search")

    Raises: SearchError; Stopped where stop() or an interrupted trial left some undone; what breaks the executor.
    """
    wanted = {trial_name(settings): settings for settings in trials}
    with _held(folder):
        _claim(folder, json.loads(json.dumps(about)))
        _mend(folder)
        done = {trial_name(row["settings"]): row for row in read_trials(folder) if not (retry and row["error"])}
        missing = [name for name in wanted if name not in done]
        with open(Path(folder, LINES), "a", encoding="utf-8") as file:
            for name, row in _outcomes(function, {name: wanted[name] for name in missing}, executor, stop, at_once):
                done[name] = row
                _append(file, row)
                if on_result:
                    on_result(row, sum(other in done for other in wanted), len(wanted))
    results = [done[name] for name in wanted if name in done]
    if len(results) < len(wanted):
        raise Stopped(results)
    return results


def _outcomes(function, wanted, executor, stop, at_once):
    """(name, row) of each trial as it ends. After stop(), or where a trial was interrupted, no further one is begun."""
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
                except KeyboardInterrupt:                          # inside the trial, which is no result
                    stopped = True
            if stopped or (stop and stop()):
                stopped, waiting = True, []
                running = {future: name for future, name in running.items() if not future.cancel()}
    finally:
        for future in running:
            future.cancel()


def trial_name(settings):
    """A short name that equal settings share, whatever their order: fit for a folder."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:10]


def read_trials(folder, on_note=None):
    """The results that stand in a folder. A last line that was cut off is left out; `on_note(text)` hears of it.

    Raises: SearchError where another line is damaged.
    """
    path, rows = Path(folder, LINES), []
    lines = path.read_bytes().splitlines() if path.exists() else []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            if not isinstance(row["settings"], dict) or not {"result", "error", "seconds"} <= set(row):
                raise ValueError
        except (ValueError, KeyError, TypeError):
            if number < len(lines):
                raise SearchError(message("search", "a trial on each line", f"line {number} of {path}: {line[:40]!r}",
                                          "it is damaged: take the line out, and the trial is run again")) from None
            if on_note:
                on_note(f"the last line of {path} was cut off, so that trial is run again")
            break
        rows.append(row)
    return rows


def _run(function, settings):
    """What happens on the executor: the trial, its time, and its failure if it fails."""
    start = time.perf_counter()
    try:
        result, error = function(dict(settings)), None
        json.dumps(result, allow_nan=False)                        # better here, where it is the trial that failed
    except (Exception, SystemExit) as problem:
        result, error = None, f"{type(problem).__name__}: {' '.join(str(problem).split())[:1000]}"
    return {"result": result, "error": error, "seconds": round(time.perf_counter() - start, 3)}


def _append(file, row):
    file.write(json.dumps(row) + "\n")
    file.flush()
    os.fsync(file.fileno())


def _mend(folder):
    """Take what was cut off out of the file, so that the next line begins on a line of its own."""
    path = Path(folder, LINES)
    content = path.read_bytes() if path.exists() else b""
    if not content or content.endswith(b"\n"):
        return
    start = content.rfind(b"\n") + 1
    with open(path, "r+b") as file:
        try:
            json.loads(content[start:])
            file.seek(0, os.SEEK_END)
            file.write(b"\n")
        except ValueError:
            file.truncate(start)


@contextlib.contextmanager
def _held(folder):
    """The folder, made if there is none, for this process alone."""
    names = os.listdir(folder) if os.path.isdir(folder) else []
    if ABOUT not in names and any(not name.startswith(".") and not name.endswith(".part") for name in names):
        raise SearchError(message("search", "a new or empty folder", f"{folder}, with other files in it", "choose another"))
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(open_run(folder))
        except RunError:
            raise SearchError(message("search", f"{folder} for itself alone", "another search in it", "wait for its end, or "
                                      "choose another folder")) from None
        yield


def _claim(folder, about):
    """Write down which search this folder is, or refuse it where it is another."""
    path = Path(folder, ABOUT)
    if not path.exists():
        temporary = Path(f"{path}.{os.getpid()}.part")
        temporary.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        os.replace(temporary, path)
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
