"""Misuse: hostile calls of the public functions and layers, as a learner might make them by mistake.

A call passes if it works as documented, or if it raises one error of ours: 'WHO expected EXPECTED, got GOT; FIX' on one line.
An error of Python, NumPy or Numba is a failure, and so is a call that changes what it was given, or that is accepted although
its arguments mean nothing. Each batch of calls runs in a process of its own, so a crash is a failure of one call.
"""

import os
import random
import re
import resource
import subprocess
import sys
import traceback
import warnings

from tests.attack.misuse_calls import all_calls
from tests.test_bad_input import bits

CASES = 6000                                                       # more than there are: each call is made once
OURS = (ValueError, TypeError, RuntimeError, AttributeError, FloatingPointError)
FOUR_PARTS = re.compile(r"[^\n]{1,100}? expected [^\n]+, got [^\n]+")
SIGNATURE = re.compile(r"(\w+\.)*\w+\(\) (missing|takes|got an unexpected|got multiple)")
LONGEST = 400
MOST_MEMORY = 6 * 2**30                                            # bytes of addresses: more is a MemoryError, a failure


def fault(call):
    """What is wrong with how the library answers this call, as a sentence; or None."""
    function, arguments = call.make()
    before = bits([arguments[name] for name in sorted(arguments)])
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            function(**arguments)
    except Exception as problem:
        wrong = None if call.refused else "is refused"
        wrong = wrong or unclear(problem)
        if wrong:
            return f"{wrong}: {type(problem).__name__}: {str(problem)[:LONGEST]}"
    else:
        if call.refused:
            return "is accepted"
        if warned:
            return f"warns: {warned[0].message}"
    after = bits([arguments[name] for name in sorted(arguments)])
    return "changes what it was given" if call.pure and after != before else None


def unclear(problem):
    """Why an error does not help its reader, or None."""
    text = str(problem)
    if isinstance(problem, OSError) and problem.filename is not None:
        return None                                                # the operating system names the file
    if not isinstance(problem, OURS):
        return "is no error of ours"
    if isinstance(problem, TypeError) and SIGNATURE.match(text):   # Python itself names our function and the argument
        inner = traceback.extract_tb(problem.__traceback__)[-1].filename
        return None if "attack" in inner else "a wrong call inside the library"
    if not FOUR_PARTS.fullmatch(text):
        return "has not the four parts"
    return "is too long" if len(text) > LONGEST else None


def chosen(cases, seed):
    calls = all_calls()
    return sorted(random.Random(seed).sample(range(len(calls)), min(cases, len(calls))))


def run(cases, seed):
    """(number of calls, their faults)."""
    numbers, faults = chosen(cases, seed), []
    waiting = numbers
    while waiting:
        done = subprocess.run([sys.executable, "-m", "tests.attack.misuse"], input=" ".join(map(str, waiting)), text=True,
                              capture_output=True, timeout=1800, env=os.environ | {"PYTHONFAULTHANDLER": "1"})
        lines = done.stdout.splitlines()
        faults += [line.removeprefix("fault ") for line in lines if line.startswith("fault ")]
        begun = sum(line.startswith("call ") for line in lines)
        if done.returncode == 0 and begun == len(waiting):
            break
        name = all_calls()[waiting[begun - 1]].name if begun else "the first call"
        faults.append(f"{name}: the process ended with {done.returncode}: {done.stderr[-1000:]}")
        waiting = waiting[max(begun, 1):]
    return len(numbers), faults


def main(cases, seed):
    """The long form; returns the number of failures."""
    count, faults = run(cases, seed)
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"misuse: {count} cases, {len(faults)} failures")
    return len(faults)


def answer(numbers):
    """Make these calls, and print what is wrong with them."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    calls = all_calls()
    for number in numbers:
        print("call", number, flush=True)
        found = fault(calls[number])
        if found:
            print("fault", calls[number].name, " ".join(found.split()), flush=True)


if __name__ == "__main__":
    answer(map(int, sys.stdin.read().split()))
