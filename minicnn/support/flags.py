"""Types for argparse: functions from a word of the command line to a value, with errors that say what was expected."""

import argparse
import difflib
import os


def at_least(minimum):
    """An argparse type: integers >= minimum."""
    def integer(text):
        try:
            value = int(text)
        except ValueError:
            value = minimum - 1
        if value < minimum:
            raise argparse.ArgumentTypeError(f"expected an integer >= {minimum}, got {text!r}")
        return value
    return integer


def positive(text):
    """An argparse type: finite numbers > 0."""
    return _number(text, "a number > 0", lambda value: 0 < value < float("inf"))


def fraction(text):
    """An argparse type: numbers in [0, 1]."""
    return _number(text, "a number from 0 to 1", lambda value: 0 <= value <= 1)


def between(low, high, open=False):
    """An argparse type: numbers in [low, high), or with `open` in (low, high)."""
    expected = f"a number above {low} and below {high}" if open else f"a number from {low} to below {high}"
    return lambda text: _number(text, expected, lambda value: low < value < high or (value == low and not open))


def one_of(*words):
    """An argparse type: one of the words. The error for another word suggests the nearest one."""
    def word(text):
        if text not in words:
            raise argparse.ArgumentTypeError(f"expected one of {', '.join(words)}, got {text!r}{did_you_mean(text, words)}")
        return text
    return word


def word_or_path(*words):
    """An argparse type: one of the words, or the path of a file or folder that exists."""
    def word(text):
        return text if os.path.exists(text) else one_of(*words)(text)
    return word


def path(text):
    """An argparse type: the name of a file or a folder."""
    if not text.strip() or "\0" in text:
        raise argparse.ArgumentTypeError(f"expected a name, got {text!r}")
    return text


def did_you_mean(text, words):
    """'; did you mean WORD?' for the word that is nearest to `text`, or '' if none is near."""
    words = list(words)
    near = difflib.get_close_matches(text.lower().replace("-", "_"), words, 1) or \
        difflib.get_close_matches(text.lower(), words, 1)
    return f"; did you mean {near[0]}?" if near else ""


def _number(text, expected, good):
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not good(value):
        raise argparse.ArgumentTypeError(f"expected {expected}, got {text!r}")
    return value
