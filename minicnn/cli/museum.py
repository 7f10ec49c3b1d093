"""A museum of bugs. Each is a small patch on one function of this engine, and most were found in public code.

    minicnn museum                 the list of exhibits
    minicnn museum NAME            one exhibit: its card, its patch, and what the check says about it
    minicnn museum run             break the engine with every one of them and see what catches it (half a minute)
    minicnn museum quiz            find the bug, with the gradient check as your only tool

Exit status 1 if an exhibit is not caught."""

import sys
import textwrap

import numpy as np

from ..museum import EXHIBITS, LAX, caught, misses
from ..museum.quiz import rounds
from ..support.flags import at_least, did_you_mean


def arguments(parser):
    """Add the flags of the command."""
    parser.add_argument("what", nargs="?", default="list", metavar="WHAT",
                        help="the name of an exhibit, or run, or quiz (default: the list)")
    parser.add_argument("--seed", type=at_least(0), default=0, help="draws the checks' numbers, and the quiz (default: 0)")
    parser.add_argument("--rounds", type=at_least(1), default=5, help="how many bugs a quiz asks for (default: 5)")


def run(options):
    """Run the command and return its exit status."""
    if options.what == "list":
        return show_list()
    if options.what == "run":
        return run_all(options.seed)
    if options.what == "quiz":
        return quiz(options.seed, options.rounds)
    if options.what not in EXHIBITS:
        near = did_you_mean(options.what, [*EXHIBITS, "run", "quiz"]) or "; minicnn museum lists them"
        print(f"minicnn museum expected the name of an exhibit, run or quiz, got {options.what!r}{near}", file=sys.stderr)
        return 2
    return show(EXHIBITS[options.what], options.seed)


def show_list():
    """A line for each exhibit: its name and what it breaks."""
    for exhibit in EXHIBITS.values():
        print(f"  {exhibit.name:<36} {exhibit.target}")
    print(f"{len(EXHIBITS)} exhibits. minicnn museum NAME shows one, minicnn museum quiz asks you to find some")
    return 0


def show(exhibit, seed):
    """The card, and the exhibit's check with the bug in place."""
    print(f"{exhibit.name}\n")
    for title, text in (("symptom", exhibit.symptom), ("fix", exhibit.fix), ("seen", exhibit.seen or "in drafts of our own")):
        print(textwrap.fill(f"{title + ':':<9}{text}", 110, subsequent_indent=" " * 9))
    print(f"\n{exhibit.patch()}\n\nwhat the {exhibit.guard} check says, with the bug in place:\n")
    verdict = caught(exhibit, seed)
    print(verdict.text)
    return 0 if verdict.found else 1


def run_all(seed):
    """Break the engine with each bug, and count the bugs that our check catches, and those that weaker checks miss."""
    print(f"{'exhibit':<36} {'caught by':<16} {'a check with':<14} {'a check of':<12} first hint")
    print(f"{'':<36} {'':<16} {'dy = 1':<14} one entry")
    found, visible, lax = 0, 0, dict.fromkeys(LAX, 0)
    for exhibit in EXHIBITS.values():
        verdict, overlooked = caught(exhibit, seed), misses(exhibit, seed)
        words = {name: "misses it" if missing else "sees it" for name, missing in overlooked.items()}
        print(f"{exhibit.name:<36} {exhibit.guard if verdict.found else 'NOTHING':<16} {words['dy = 1']:<14} "
              f"{words['one entry']:<12} {verdict.patterns[0] if verdict.patterns else ''}", flush=True)
        found += verdict.found
        if exhibit.guard == "gradcheck":
            visible += 1
            lax = {name: lax[name] + overlooked[name] for name in LAX}
    print(f"{found} of {len(EXHIBITS)} caught. Of the {visible} that a gradient check can see, "
          f"one with dy = 1 misses {lax['dy = 1']}, one of a single entry {lax['one entry']}")
    return 0 if found == len(EXHIBITS) else 1


def quiz(seed, count):
    """Ask on standard input; h shows the hints, q ends it."""
    score = asked = 0
    print("One line of the engine was changed. The gradient check says where it hurts. Which change was it?\n"
          "Answer with a number, h for the check's own hints, q to stop.")
    for _, this in zip(range(count), rounds(np.random.default_rng(seed), seed)):
        print("\n" + "\n".join(this.lines))
        for k, choice in enumerate(this.choices, 1):
            print(f"\n{k}  {choice.patch()}")
        answer = ask(this)
        if answer is None:
            break
        bug, asked = this.choices[this.answer], asked + 1
        score += answer == this.answer
        print(("right" if answer == this.answer else f"no, it was {this.answer + 1}") + f": {bug.name}. {bug.fix}")
    print(f"\n{score} of {asked} found")
    return 0


def ask(this):
    """The number that was chosen, from 0, or None to stop."""
    while True:
        try:
            word = input("> ").strip().lower()
        except (EOFError, RuntimeError):                           # RuntimeError: there is no standard input
            return None
        if word in ("q", "quit"):
            return None
        if word in ("h", "hint"):
            print("\n".join(this.hints) or "the check has no name for this pattern")
        elif word.isdecimal() and 1 <= int(word) <= len(this.choices):
            return int(word) - 1
        else:
            print(f"a number from 1 to {len(this.choices)}, h or q")
