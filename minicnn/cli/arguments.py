"""Command lines: a parser whose errors are one line, and the flags that all training examples have."""

import argparse
import re
import sys

from ..support.flags import at_least, did_you_mean, fraction, path, positive
from .errors import one_line_errors


class Parser(argparse.ArgumentParser):
    """argparse's parser with errors of one line, a suggestion for an unknown flag, and values such as -1..1."""

    def error(self, text):
        """Print one line and exit with status 2."""
        self.exit(2, f"{self.prog}: error: {text}\n")

    def parse_known_args(self, args=None, namespace=None):
        """As argparse does, but -1..1 can be a value."""
        return super().parse_known_args(join_negative(sys.argv[1:] if args is None else args), namespace)

    def parse_args(self, args=None, namespace=None):
        """As argparse does, but an unknown flag gets a suggestion."""
        options, unknown = self.parse_known_args(args, namespace)
        if unknown:
            self.unknown(unknown[0])
        return options

    def unknown(self, word):
        """Stop because of a word that is not known: a flag, or one word too many."""
        if word.startswith("-"):
            flags = [flag for flag in self._option_string_actions if flag.startswith("--")]
            near = did_you_mean(word.split("=")[0], flags) or f"; {self.prog} --help lists them"
            self.error(f"expected a flag of {self.prog}, got {word}{near}")
        self.error(f"expected no further word, got {word!r}; {self.prog} --help says what it takes")


def join_negative(words):
    """--range -1..1 -> --range=-1..1, because argparse takes every word that starts with a dash for a flag."""
    joined = []
    for word in words:
        if joined and re.fullmatch(r"--[a-z-]+", joined[-1]) and re.match(r"-[.\d]", word):
            joined[-1] += "=" + word
        else:
            joined.append(word)
    return joined


def training_flags(description, name, epochs, lr=None, batch_size=None, data_dir=False):
    """A parser with the flags that all training examples have. Without lr, batch_size or data_dir it lacks these flags."""
    flags = Parser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--epochs", type=at_least(1), default=epochs,
                       help="how often each training image is seen (default: %(default)s)")
    if batch_size:
        flags.add_argument("--batch-size", type=at_least(1), default=batch_size, help="images per step (default: %(default)s)")
    if lr:
        flags.add_argument("--lr", type=positive, default=lr, help="the highest learning rate (default: %(default)s)")
    flags.add_argument("--seed", type=at_least(0), default=0,
                       help="fixes weights, order and dropout: same seed, same bits (default: %(default)s)")
    flags.add_argument("--limit", type=at_least(20), metavar="N", help="train on N images, and test on at most N")
    if data_dir:
        flags.add_argument("--data-dir", type=path, metavar="FOLDER", help="where the files of the data set are")
    flags.add_argument("--expect-accuracy", type=fraction, metavar="A", default=0,
                       help="exit with status 1 if the test accuracy is below A, such as 0.98")
    flags.add_argument("--run", type=path, metavar="FOLDER", help=f"the run folder (default: a fresh one, runs/{name})")
    flags.add_argument("--resume", action="store_true", help="resume the run in the folder, with the same flags as before")
    return flags


def run_example(flags, train, arguments=None):
    """Parse the flags, train, and exit as a command does. `train(options)` returns the test accuracy, or None."""
    options = flags.parse_args(arguments)
    with one_line_errors():
        reached = train(options)
    if reached is not None and reached < options.expect_accuracy:
        raise SystemExit(f"expected a test accuracy of at least {options.expect_accuracy:.2%}, got {reached:.2%}")
