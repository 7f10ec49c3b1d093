"""Write the parts of a CNN yourself: exercises to the course, and a checker that says where and why an answer is wrong.

    minicnn learn start [FOLDER]    write the exercises, a small Python file each
    minicnn learn                   check the first unsolved one each time its file is saved; Ctrl-C ends it
    minicnn learn check [N]         check exercise N (default: the first unsolved one), or all of them
    minicnn learn hint [N]          the next hint: there are three, and each says more
    minicnn learn solution N        a solution, with its explanation
    minicnn learn reset N           write the task again; your file is kept in the folder backups
    minicnn learn list              your progress
    minicnn learn train             train a network on your own functions

Exit status 1 if an answer is wrong. docs/learn.md tells more.
"""

import argparse
import re
import shlex
import textwrap

from ..learn.folder import Folder, FolderError, start
from ..learn.report import all_solved, report
from ..learn.watch import watch
from ..shapes import message
from ..support.flags import one_of, path

ACTIONS = ("start", "watch", "check", "hint", "solution", "reset", "list", "train")
DATA = ("digits", "mnist")


def arguments(parser):
    """Add the flags of the command."""
    parser.add_argument("action", nargs="?", type=one_of(*ACTIONS), default="watch", metavar="ACTION",
                        help=", ".join(ACTIONS) + " (default: watch)")
    parser.add_argument("what", nargs="?", type=path, metavar="N",
                        help="the number of an exercise; for start and train, a folder")
    parser.add_argument("--folder", type=path,
                        help="the folder with the exercises (default: this one, or minicnn-exercises in it)")
    parser.add_argument("--exercises", type=numbers, metavar="LIST", help="start: only these, such as 1-8,11,13")
    parser.add_argument("--data", type=one_of(*DATA), default="digits", help="train: digits or mnist (default: digits)")
    parser.add_argument("--resume", action="store_true", help="train: resume the run in the folder that --run names")
    parser.add_argument("--run", type=path, metavar="FOLDER",
                        help="train: the run folder (default: a fresh one, such as runs/learn-digits)")


def run(options):
    """Run the command and return its exit status."""
    if options.action == "start":
        return begin(options)
    if options.resume and not options.run:
        raise FolderError(message("minicnn learn train --resume", "--run FOLDER, the run to resume", "none"))
    if options.action == "train":
        from ..learn.train import train  # it needs the engine, which takes its time
        train(open_folder(options.what or options.folder), options.data, options.run, options.resume)
        return 0
    if options.action in ("solution", "reset") and options.what is None:
        raise FolderError(message(f"minicnn learn {options.action}", "the number of an exercise", "none",
                                  f"such as minicnn learn {options.action} 5"))
    if options.action in ("watch", "list") and options.what is not None:
        raise FolderError(message(f"minicnn learn {options.action}", "no further word", repr(options.what),
                                  "--folder FOLDER names another folder"))
    folder = open_folder(options.folder)
    if options.action == "watch":
        return watch(folder)
    if options.action == "list":
        return show_list(folder)
    if options.action == "check" and options.what == "all":
        return check_all(folder)
    exercise = folder.first_unsolved() if options.what is None else folder.named(options.what)
    if exercise is None:
        print(all_solved(folder))
        return 0
    return {"check": check, "hint": hint, "solution": solution, "reset": reset}[options.action](folder, exercise)


def open_folder(place):
    """The Folder, after its notes are printed."""
    folder = Folder(place)
    for note in folder.notes:
        print(textwrap.fill(f"note: {note}", 116, subsequent_indent="    ", break_on_hyphens=False))
    return folder


def begin(options):
    """Write the exercises and say how to go on."""
    folder, written = start(options.what or options.folder, options.exercises)
    here = shlex.quote(str(folder.path))
    print(f"{written} exercises written to {here}" if written else f"{here} has all its exercises: nothing was written")
    change = "" if here == "." else f"cd {here}, then "
    print(f"next: {change}minicnn learn; and open {(folder.first_unsolved() or folder.all[0]).file} in an editor")
    return 0


def check(folder, exercise):
    """Check one exercise."""
    verdict = folder.check(exercise)
    print(report(folder, exercise, verdict))
    return 0 if verdict.solved else 1


def check_all(folder):
    """A line for each exercise: solved, or the first line of what is wrong."""
    solved = 0
    for exercise in folder.all:
        try:
            verdict = folder.check(exercise)
            said, solved = verdict.fault, solved + verdict.solved
        except FolderError as problem:
            said = str(problem)
        print(f"{exercise.name:<28} " + ("solved" if said is None else said.splitlines()[0]), flush=True)
    print(f"{solved} of {len(folder.all)} pass")
    return 0 if solved == len(folder.all) else 1


def hint(folder, exercise):
    """The next hint."""
    k, count, text = folder.next_hint(exercise)
    print(f"{exercise.name}, hint {k} of {count}\n\n{text}\n")
    print(f"next: minicnn learn hint {exercise.number} says more" if k < count else
          f"that was the last hint; minicnn learn solution {exercise.number} shows a solution")
    return 0


def solution(folder, exercise):
    """The reference answer."""
    print(exercise.read("solution.py"), end="")
    return 0


def reset(folder, exercise):
    """Write the task again."""
    kept = folder.reset(exercise)
    print(f"{folder.file(exercise)} is the task again" + (f"; your file is kept as {kept}" if kept else ""))
    return 0


def show_list(folder):
    """The progress."""
    for exercise in folder.all:
        entry, there = folder.progress.entries[exercise.name], folder.file(exercise).is_file()
        state = "the file is not there" if not there else "not yet" if not folder.solved(exercise) else \
            "solved, changed since" if folder.changed(exercise) else "solved"
        hints = f"{entry['hints']} hint{'s' * (entry['hints'] > 1)}" if entry["hints"] else ""
        print(f"{exercise.number:>3}  {exercise.file:<32} {state:<22} {hints}".rstrip())
    following = folder.first_unsolved()
    print(f"{sum(map(folder.solved, folder.all))} of {len(folder.all)} solved. " +
          (f"Next: {following.file}" if following else "Next: minicnn learn train"))
    return 0


def numbers(text):
    """An argparse type: 1-8,11 -> {1, 2, ..., 8, 11}."""
    parts = [re.fullmatch(r"\s*(\d{1,3})(?:-(\d{1,3}))?\s*", part) for part in text.split(",")]
    ranges = [range(int(part[1]), int(part[2] or part[1]) + 1) for part in parts if part]
    if not all(parts) or not all(ranges):                          # an empty range, such as 8-1, is false
        raise argparse.ArgumentTypeError(f"expected numbers such as 1-8,11,13, got {text!r}")
    return set().union(*ranges)
