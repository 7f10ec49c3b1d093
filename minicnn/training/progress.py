"""What a person at the terminal sees and presses while a training runs: progress lines, Ctrl-C."""

import signal
import sys
import threading
import time

from ..ops.compile_time import compiling


class Stopped(KeyboardInterrupt):
    """Ctrl-C was pressed, and the training was saved. The message says how to resume it."""


class CtrlC:
    """Inside `with CtrlC() as ctrl_c:` the first Ctrl-C only sets `ctrl_c.pressed`, so that a step is never cut in two.

    The second Ctrl-C interrupts at once. A request to end (SIGTERM: `kill`, a shutdown) counts as Ctrl-C. Signals reach
    only the main thread; in other threads `pressed` stays False.
    """

    pressed = False

    def __enter__(self):
        signals = (signal.SIGINT, signal.SIGTERM) if threading.current_thread() is threading.main_thread() else ()
        self.before = {number: signal.signal(number, self._press) for number in signals}
        return self

    def _press(self, *_):
        self.pressed = True
        for number in self.before:
            signal.signal(number, signal.default_int_handler)

    def __exit__(self, *_):
        for number, handler in self.before.items():
            signal.signal(number, handler)


class Clock:
    """Seconds since it was made, without those that Numba spent on compiling kernels.

    Kernels are compiled once on each machine, for 10 to 20 seconds. That says nothing about the speed of the training,
    so it must not enter the images per second or the time left.
    """

    def __init__(self):
        compiling.listen()
        self.start, self.compiled_before = time.perf_counter(), compiling.seconds

    def __call__(self):
        return time.perf_counter() - self.start - self.compile_seconds()

    def compile_seconds(self):
        """Seconds of compiling since this clock was made."""
        return compiling.seconds - self.compiled_before


def counter(label):
    """A function progress(done, total) that counts on a terminal, and is silent elsewhere."""
    def progress(done, total):
        if sys.stdout.isatty() and (done % 100 == 0 or done == total):
            print(f"\r{label} {done:,} of {total:,}", end="\n" if done == total else "", flush=True)
    return progress


class Progress:
    """A line that fills up while an epoch runs: loss, accuracy, images per second, time left.

    On a terminal one line that moves; elsewhere a plain line every `every` seconds and one at the end. If an epoch is
    resumed, `done` of its `total` images were seen before, with the sums `counts`.
    """

    def __init__(self, label, total, done=0, every=10.0, file=None, counts=(0, 0, 0.0)):
        self.label, self.total, self.every, self.file = label, total, every, file or sys.stdout
        self.clock, self.printed = Clock(), 0.0
        self.done, self.now, (self.seen, self.correct, self.losses) = done, 0, counts
        self.bar, self.bar_compiled = None, 0.0
        if self.file.isatty():
            from tqdm import tqdm  # here, because only a terminal needs it
            self.bar = tqdm(total=total, initial=done, desc=label, file=self.file, unit=" image", leave=False,
                            bar_format="{desc} {percentage:3.0f}% |{bar:24}| {remaining} left, {rate_fmt}{postfix}")

    def update(self, loss, correct, images):
        """Count one batch: its mean loss, how many of its images were classified correctly."""
        self.done += images
        self.now += images
        self.seen += images
        self.losses += loss * images
        self.correct += correct
        now = self.clock()
        if self.bar:
            compiled = self.clock.compile_seconds() - self.bar_compiled
            self.bar.start_t += compiled                           # the bar has a clock of its own
            self.bar.last_print_t += compiled
            self.bar_compiled += compiled
            self.bar.set_postfix_str(f"loss {self.loss:.4f}, accuracy {self.accuracy:.2%}", refresh=False)
            self.bar.update(images)
        elif now - self.printed > self.every:
            self.printed = now
            left = (self.total - self.done) * now / self.now
            print(f"{self.label} {self.done / self.total:4.0%}  {self.text()}, {left:.0f} s left", file=self.file, flush=True)

    def counts(self):
        """The sums that a checkpoint must hold, so that a resumed epoch reports on all of its images."""
        return int(self.seen), int(self.correct), self.losses

    @property
    def loss(self):
        """The mean loss of the images seen so far."""
        return self.losses / max(self.seen, 1)

    @property
    def accuracy(self):
        """The fraction of the images seen so far that was right."""
        return self.correct / max(self.seen, 1)

    def text(self):
        """Loss, accuracy and speed in words."""
        rate = self.now / max(self.clock(), 1e-9)
        return f"loss {self.loss:.4f}, accuracy {self.accuracy:.2%}, {rate:,.0f} images/s"

    def close(self, more=""):
        """Replace the moving line by a last one with the result of the epoch."""
        self.clear()
        print(f"{self.label}  {self.text()}{more}", file=self.file, flush=True)

    def clear(self):
        """Remove the moving line, for an epoch that ends too soon."""
        if self.bar:
            self.bar.close()
