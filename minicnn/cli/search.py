"""Train with many settings, in several processes, and compare them on the validation set.

    minicnn search --data digits --vary lr=1e-4..1e-1:log --vary dropout=0.2,0.5 --draws 20
    minicnn search --data mnist --epochs 2 --vary lr=1e-3,3e-3 --vary batch_size=32,64,128 --grid
    minicnn search --data digits --vary width=8..64 --vary lr=1e-3..1e-1:log:5 ...

--vary NAME=LOW..HIGH draws numbers (integers if both ends are integers); NAME=LOW..HIGH:log draws their logarithms; a
number of points at the end (:5, :log:5) makes a grid of them; NAME=A,B,C takes these values. The other flags are those of
minicnn train and hold for every trial. The test set is never used. A trial that is done is not repeated: after Ctrl-C, a
crash or with more --draws, the same command continues.
"""

import contextlib
import functools
import multiprocessing
import os
import shlex
import shutil
import signal
import threading
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor

from ..search import SearchError, Stopped, draws, grid, parse, read_trials, search, trial_name
from ..shapes import message
from ..support.cores import available_cores
from ..support.flags import at_least, did_you_mean
from ..support.tables import table
from ..training.progress import CtrlC
from ..training.settings import SETTINGS, add_flags, as_words, complete, flag, model_settings
from ..training.train import train
from ..visualize.plots.search import search_results

FIXED = ("data", "data_dir", "validation", "strict", "run", "threads", "pictures", "show")    # --vary does not take these
UNCOMPARED = ("data_dir", "run", "threads", "pictures", "show")         # settings that change no result


def arguments(parser):
    """Add the flags of the command."""
    add_flags(parser)
    flags = parser.add_argument_group("search")
    flags.add_argument("--vary", action="append", metavar="NAME=VALUES", default=[],
                       help="a setting to vary; --vary again for the next")
    flags.add_argument("--draws", type=at_least(1), metavar="N", help="try N random settings")
    flags.add_argument("--grid", action="store_true", help="try every combination")
    flags.add_argument("--processes", type=at_least(1), default=1, metavar="N",
                       help="train N at once, each with an equal number of cores (default: %(default)s)")
    flags.add_argument("--top", type=at_least(1), default=10, metavar="N", help="show the N best (default: %(default)s)")
    flags.add_argument("--retry", action="store_true", help="try once more what failed")


def run(options):
    """Run the command and return its exit status."""
    fixed = {name: value for name, value in vars(options).items() if name in SETTINGS}
    trials = planned(options, fixed)
    folder = fixed.pop("run", None) or os.path.join("runs", f"search-{os.path.basename(os.path.abspath(fixed['data']))}")
    about = {name: value for name, value in complete(fixed).items() if name not in UNCOMPARED} | {"vary": sorted(trials[0])}
    for name in trials[0]:
        about.pop(name)
    print(f"{len(trials)} trials in {folder}, {options.processes} at a time; the test set is not used", flush=True)
    if os.path.isdir(folder):
        read_trials(folder, print)
    settings = {"on_result": print_trial, "about": about, "retry": options.retry}
    function = functools.partial(trial, fixed, folder)
    with workers(options.processes, fixed.get("threads")) as executor, CtrlC() as ctrl_c:
        try:
            rows = search(function, trials, executor, folder, stop=lambda: ctrl_c.pressed,
                          at_once=options.processes, **settings)
        except Stopped as stopped:
            print(f"{stopped} of {len(trials)}; the same command continues")
            show(stopped.results, folder, options, fixed)
            return 130
        except BrokenExecutor:
            raise SearchError("a process died while it trained, perhaps because memory was full; finished trials are kept, and "
                              "the same command continues; fewer --processes need less memory") from None
    return show(rows, folder, options, fixed)


def planned(options, fixed):
    """The settings of every trial, each checked.

    Raises: ValueError for names that cannot vary, values that train would not take, and not exactly one of --grid, --draws.
    """
    if bool(options.draws) == options.grid:
        raise ValueError(message("search", "one of --draws N and --grid", "both" if options.grid else "neither",
                                 "if several settings vary, random draws find more in the same time"))
    space = {}
    for text in options.vary:
        name, values = parse(text)
        if name not in SETTINGS:
            near = did_you_mean(name, sorted(set(SETTINGS) - set(FIXED))) or "; minicnn train --help lists them"
            raise ValueError(message("--vary", "a setting of minicnn train", repr(name)) + near)
        if name in FIXED:
            raise ValueError(message("--vary", "a setting of the training itself", name, "trials must share data and folder"))
        if name in space or name in fixed:
            raise ValueError(message("search", f"one source of {name}", "two --vary" if name in space else
                                     f"{flag(name)} and --vary {name}", "leave one out"))
        space[name] = values
    complete(fixed)                                                # complains about --data first
    trials = grid(space) if options.grid else draws(space, options.draws, fixed.get("seed", 0))
    checked = {}
    for settings in trials:
        model_settings(complete(fixed | settings))
        checked[trial_name(settings)] = settings
    return list(checked.values())


def trial(fixed, folder, settings):
    """Train with these settings in a run folder of its own, or resume a training that was cut off."""
    run = os.path.join(folder, trial_name(settings))
    resume = os.path.exists(os.path.join(run, "last.npz"))
    if not resume and os.path.isdir(run):
        shutil.rmtree(run)                                         # cut off before its first checkpoint
    asked = {"run": run} if resume else {**fixed, **settings, "run": run}
    before = signal.signal(signal.SIGINT, signal.default_int_handler)      # before Run handles Ctrl-C, there is nothing to save
    try:
        result = train(asked, resume=resume, quiet=True, test=False)
    finally:
        signal.signal(signal.SIGINT, before)
    if not result.pop("finished"):
        raise KeyboardInterrupt
    return result


@contextlib.contextmanager
def workers(processes, threads=None):
    """New processes (a forked one would have no threads), each with an equal number of cores."""
    threads = threads or max(1, available_cores() // processes)
    executor = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), begin_worker, (threads,))
    try:
        yield executor
        executor.shutdown()
    except BaseException:                                          # the second Ctrl-C, or an error: do not wait
        executor.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()
        raise


def begin_worker(threads):
    """Prepare a process before its first trial."""
    os.environ["NUMBA_NUM_THREADS"] = str(threads)                 # Numba is not imported before the first kernel
    signal.signal(signal.SIGINT, signal.SIG_IGN)                   # an idle worker leaves Ctrl-C to the parent
    threading.Thread(target=follow, daemon=True).start()


def follow():
    """Exit when the parent exits. An orphaned worker would keep its run folder locked."""
    multiprocessing.parent_process().join()
    os._exit(1)


def print_trial(row, done, total):
    """Print a line for a trial that ended."""
    result = row["result"] or {}
    outcome = f"validation accuracy {result['validation_accuracy']:.2%}" if result else f"failed: {row['error']}"
    print(f"[{done}/{total}] {as_text(row['settings'])}: {outcome} ({row['seconds']:.1f} s)", flush=True)


def as_text(settings):
    """Settings as name=value, for a line of output."""
    return " ".join(f"{name}={value}" for name, value in settings.items())


def show(rows, folder, options, fixed):
    """Print the table of the best and how to train with the best; draw the plot of all. Return the exit status."""
    good = sorted((row for row in rows if row["error"] is None),
                  key=lambda row: (-row["result"]["validation_accuracy"], row["result"]["validation_loss"]))
    failed = len(rows) - len(good)
    if failed:
        print(f"{failed} of {len(rows)} trials failed; {os.path.join(folder, 'trials.jsonl')} says why, --retry tries again")
    if not good:
        return 1
    print(results_table(good[:options.top]))
    picture = os.path.join(folder, "search.png")
    search_results(picture, [row["settings"] for row in good], [row["result"]["validation_accuracy"] for row in good],
                   [name for name, values in map(parse, options.vary) if values.spans_decades])
    print(f"saved {picture}")
    print("to train and test the best: " + shlex.join(["minicnn", "train", *as_words({**fixed, **good[0]["settings"]})]))
    return 0


def results_table(rows):
    """The varied settings of each row with its results."""
    lines = [[*rows[0]["settings"], "validation accuracy", "loss", "best epoch", "seconds"]]
    for row in rows:
        result = row["result"]
        lines.append([*map(str, row["settings"].values()), f"{result['validation_accuracy']:.2%}",
                      f"{result['validation_loss']:.4f}", str(result["best_epoch"]), f"{row['seconds']:.1f}"])
    return table(lines, ">" * len(lines[0]))
