"""What a command line program needs around its loop: flags as people know them, progress, and errors of one line."""

import argparse
import contextlib
import difflib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import numpy as np
from tqdm import tqdm

from ..losses import NonFiniteError


def parser(description, epochs, batch_size=64, lr=1e-3, run="runs"):
    """An argument parser with the flags of a training: data, length, rate, seed, and what to expect."""
    flags = argparse.ArgumentParser(description=description)
    flags.add_argument("--epochs", type=at_least(1), default=epochs,
                       help="how often each training picture is seen (default: %(default)s)")
    flags.add_argument("--batch-size", type=at_least(1), default=batch_size, help="pictures per step (default: %(default)s)")
    flags.add_argument("--lr", type=positive, default=lr, help="learning rate at its highest (default: %(default)s)")
    flags.add_argument("--seed", type=at_least(0), default=0,
                       help="fixes weights, order and dropout: same seed, same bits (default: %(default)s)")
    flags.add_argument("--limit", type=at_least(20), metavar="N", default=None,
                       help="train on the first N pictures only (and test on as many at the most)")
    flags.add_argument("--expect-accuracy", type=share, metavar="A", default=None,
                       help="exit with status 1 if the test accuracy is below A, such as 0.98")
    flags.add_argument("--run", default=run, metavar="FOLDER",
                       help="where the model and the pictures go (default: %(default)s)")
    flags.add_argument("--resume", action="store_true", help="go on from FOLDER/last.npz, with the same flags as before")
    return flags


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


def share(text):
    """An argparse type: numbers in [0, 1]."""
    return _number(text, "a number from 0 to 1", lambda value: 0 <= value <= 1)


def between(low, high, open=False):
    """An argparse type: numbers in [low, high), or with `open` in (low, high)."""
    expected = f"a number above {low} and below {high}" if open else f"a number from {low} to below {high}"
    return lambda text: _number(text, expected, lambda value: low < value < high or (value == low and not open))


def one_of(*words):
    """An argparse type: one of the words; to another, the nearest is suggested."""
    def word(text):
        if text not in words:
            near = difflib.get_close_matches(text.lower().replace("-", "_"), words, 1) or \
                difflib.get_close_matches(text.lower(), words, 1)
            raise argparse.ArgumentTypeError(f"expected one of {', '.join(words)}, got {text!r}"
                                             + (f"; did you mean {near[0]}?" if near else ""))
        return text
    return word


def _number(text, expected, good):
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not good(value):
        raise argparse.ArgumentTypeError(f"expected {expected}, got {text!r}")
    return value


@contextlib.contextmanager
def one_line_errors():
    """Bad data, a bad file or a number gone bad: one clear line on stderr and exit status 2. Ctrl-C: status 130."""
    try:
        with np.errstate(all="ignore"):                            # no warnings before the one line: losses find NaN
            yield
    except BrokenPipeError:                                        # the reader of our output left, such as `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (OSError, ValueError, TypeError, NonFiniteError) as problem:
        if os.environ.get("MINICNN_DEBUG"):
            raise
        print(f"error: {' '.join(str(problem).split())}", file=sys.stderr)
        sys.exit(2)
    except MemoryError as problem:
        if os.environ.get("MINICNN_DEBUG"):
            raise
        print(f"error: not enough memory ({' '.join(str(problem).split())}); smaller pictures, a smaller batch or a smaller "
              "network need less", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        sys.exit(130)


class CtrlC:
    """Inside `with CtrlC() as ctrl_c:` the first Ctrl-C only sets `ctrl_c.pressed`, so that a step is never cut in two.

    The second one interrupts at once. A polite request to end (SIGTERM: `kill`, a shutdown) counts as Ctrl-C. Signals
    reach the main thread alone; in another one nothing is ever pressed.
    """

    pressed = False

    def __enter__(self):
        asked = (signal.SIGINT, signal.SIGTERM) if threading.current_thread() is threading.main_thread() else ()
        self.before = {number: signal.signal(number, self._press) for number in asked}
        return self

    def _press(self, *_):
        self.pressed = True
        for number in self.before:
            signal.signal(number, signal.default_int_handler)

    def __exit__(self, *_):
        for number, handler in self.before.items():
            signal.signal(number, handler)


def show(path):
    """Open a picture in the viewer of this desktop; where there is no display, nothing."""
    if sys.platform == "win32":
        os.startfile(path)
    elif sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        program = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
        if program:
            subprocess.Popen([program, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def sketch(images, captions, shades=" .:-=+*#%@"):
    """Pictures as text, side by side, each under its caption.

    Shapes: images (N, H, W, 1) floats in [0, 1], H and W even.
    """
    lines = ["".join(f"{caption:<{images.shape[2] // 2 + 2}}" for caption in captions)]
    for i in range(0, images.shape[1], 2):
        darkness = [image[i:i + 2, :, 0].reshape(2, -1, 2).mean(axis=(0, 2)) for image in images]      # (W / 2,)
        lines.append("".join("".join(shades[int(d * (len(shades) - 1) + 0.5)] for d in row) + "  " for row in darkness))
    return "\n".join(line.rstrip() for line in lines)


def counter(label):
    """A function progress(done, total) that counts on a terminal, and is silent elsewhere."""
    def progress(done, total):
        if sys.stdout.isatty() and (done % 100 == 0 or done == total):
            print(f"\r{label} {done:,} of {total:,}", end="\n" if done == total else "", flush=True)
    return progress


class Progress:
    """A line that fills up while an epoch runs: loss, accuracy, images per second, time left.

    On a terminal one line that moves; elsewhere a plain line every `every` seconds and one at the end. `done` says how
    many of the `total` images an epoch that is continued has behind it, `counts` what came of them.
    """

    def __init__(self, label, total, done=0, every=10.0, file=None, counts=(0, 0, 0.0)):
        self.label, self.total, self.every, self.file = label, total, every, file or sys.stdout
        self.start = self.spoken = time.perf_counter()
        self.done, self.now, (self.seen, self.correct, self.losses) = done, 0, counts
        self.bar = tqdm(total=total, initial=done, desc=label, file=self.file, unit=" image", leave=False,
                        bar_format="{desc} {percentage:3.0f}% |{bar:24}| {remaining} left, {rate_fmt}{postfix}"
                        ) if self.file.isatty() else None

    def update(self, loss, correct, images):
        """Count one batch: its mean loss, how many of its images were classified correctly."""
        self.done += images
        self.now += images
        self.seen += images
        self.losses += loss * images
        self.correct += correct
        now = time.perf_counter()
        if self.bar:
            self.bar.set_postfix_str(f"loss {self.loss:.4f}, accuracy {self.accuracy:.2%}", refresh=False)
            self.bar.update(images)
        elif now - self.spoken > self.every:
            self.spoken = now
            left = (self.total - self.done) * (now - self.start) / self.now
            print(f"{self.label} {self.done / self.total:4.0%}  {self.text()}, {left:.0f} s left", file=self.file, flush=True)

    def counts(self):
        """What a checkpoint must keep so that a continued epoch reports all of itself."""
        return int(self.seen), int(self.correct), self.losses

    @property
    def loss(self):
        return self.losses / max(self.seen, 1)

    @property
    def accuracy(self):
        return self.correct / max(self.seen, 1)

    def text(self):
        rate = self.now / max(time.perf_counter() - self.start, 1e-9)
        return f"loss {self.loss:.4f}, accuracy {self.accuracy:.2%}, {rate:,.0f} images/s"

    def close(self, more=""):
        """Leave one line behind that says how the epoch went."""
        self.leave()
        print(f"{self.label}  {self.text()}{more}", file=self.file, flush=True)

    def leave(self):
        """Clear the line that moves, for an epoch that ends too soon."""
        if self.bar:
            self.bar.close()
